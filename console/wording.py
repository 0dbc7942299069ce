"""Every sentence that people read, Vietnamese first, English by setting."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from console.wording_audit import AUDIT_TERMS
from console.wording_causes import cause_words
from console.wording_details import LISTED, failed_words, listed_words, unchecked_words
from console.wording_errors import ERRORS
from console.wording_language import Language
from console.wording_rules import ACCEPTED, DETAILS, RULES
from console.wording_terms import TERMS as SCREEN_TERMS
from dossier.errors import SohoaError
from dossier.finding import Rule, Severity
from models.titles import title_of

__all__ = [
    "ACCEPTED",
    "DETAILS",
    "ERRORS",
    "RULES",
    "SEVERITIES",
    "TERMS",
    "Language",
    "error_message",
    "finding_message",
    "place_words",
    "plain_message",
    "term",
]

_PAGE: Final = re.compile(r" p\.(\d+)(?=$|[,;:])")
_MAY_BE_ACCEPTED: Final = frozenset({Rule.RESIDENCE_PAPER, Rule.PAPER_OUTSIDE_RULES})

TERMS: Final = {**SCREEN_TERMS, **AUDIT_TERMS}

SEVERITIES: Final[dict[Severity, dict[Language, str]]] = {
    Severity.INFO: {"vi": "Ghi chú", "en": "Note"},
    Severity.WARNING: {"vi": "Lưu ý", "en": "Warning"},
    Severity.BLOCKING: {"vi": "Cần xử lý", "en": "To be settled"},
}


def finding_message(finding: Mapping[str, Any], language: Language) -> str:
    """What a finding means, in a sentence that a clerk can read out."""
    rule = Rule(finding["rule"])
    is_accepted = rule in _MAY_BE_ACCEPTED and finding["severity"] == Severity.INFO
    sentence = (ACCEPTED if is_accepted else RULES[rule])[language]
    title = title_of(finding["subject"])
    named = " ".join(title.lines[: title.essential]) if title else finding["subject"]
    named, subject = place_words(named, language), place_words(str(finding["subject"]), language)
    return sentence.format_map(
        {
            **finding,
            "subject": subject,
            "title": named,
            "detail": _detail_of(rule, finding["detail"], language, is_accepted),
        }
    ).strip()


def place_words(place: str, language: Language) -> str:
    """A file and its page as people write them: "scan1.jpg tr. 2"; what names no page stays as it is."""
    return _PAGE.sub(r" tr. \1", place) if language == "vi" else place


def _detail_of(rule: Rule, said: str, language: Language, is_accepted: bool) -> str:
    if is_accepted:
        return failed_words(said, language)
    if rule in LISTED:
        return listed_words(rule, said, language)
    if rule is Rule.REGISTER_NOT_CHECKED and said not in DETAILS:
        return unchecked_words(said, language)
    return _detail(said, language)


def _detail(said: str, language: Language) -> str:
    """A detail in words: "digits 9" is the ninth digit, "SourceEmpty: ..." what that error says.

    An error's cause is English for the log, and left out for who reads Vietnamese.
    """
    if said in DETAILS:
        return DETAILS[said][language]
    error, _, cause = said.partition(":")
    if error in ERRORS:
        return _plain(error, cause.strip(), language)
    first, _, rest = said.partition(" ")
    return f"{DETAILS[first][language]} {rest}" if first in DETAILS and rest[:1].isdigit() else said


def error_message(error: SohoaError, language: Language) -> str:
    """One line: what it is about, what happened, what to do."""
    sentence = ERRORS[type(error).__name__][language]
    if (whole := _whole(sentence, error)) is not None:
        return whole
    cause = cause_words(error.cause, language) or error.cause
    return f"{error.subject}: {sentence}" + (f" ({cause})" if cause else "")


def plain_message(error: SohoaError, language: Language, about: str | None = None) -> str:
    """The same for who has paper in hand and no log to compare: no English cause in Vietnamese.

    Args:
        error: what happened.
        language: of the words.
        about: what it is about in words; None for the error's own subject, empty for nothing.
    """
    if (whole := _whole(ERRORS[type(error).__name__][language], error)) is not None:
        return whole
    subject = error.subject if about is None else about
    return (f"{subject}: " if subject else "") + f"{_plain(type(error).__name__, error.cause, language)}"


def _whole(sentence: str, error: SohoaError) -> str | None:
    """A sentence that has places for what it is about; None for one that stands after it."""
    if "{" not in sentence:
        return None
    return sentence.format_map({"subject": error.subject, "cause": error.cause})


def _plain(error: str, cause: str, language: Language) -> str:
    why = cause_words(cause, language)
    return ERRORS[error][language] + (f" ({why})" if why else "")


def term(name: str, language: Language) -> str:
    """A word of the screen."""
    return TERMS[name][language]
