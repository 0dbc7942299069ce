"""What a person has to know about the numbers and people of a dossier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from dossier.document import Document
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.identity import (
    Identity,
    IdentityVerdict,
    RegisterAnswer,
    RegisterOutcome,
    Witness,
    WitnessSource,
)
from dossier.masking import mask_numbers
from dossier.text import differs_in_marks_only, same_name
from models.titles import CARD_KINDS
from validators.births import birth_of, check_births
from validators.card_codes import about_codes
from validators.evidence import place_of, places_of
from validators.number_structure import BASIS, contradictions, structure_faults, year_born

_REGISTER_BASIS = "NĐ 104/2022/NĐ-CP Đ14(2)"


def check_identities(
    answers: Sequence[tuple[Identity, RegisterAnswer | None]], documents: Sequence[Document]
) -> tuple[Finding, ...]:
    """Judge the people of a dossier, each with the register's answer, None where it was not asked.

    Every number in a finding is masked. An unreachable register is NOT_CHECKED, never silence.
    """
    findings = [
        finding
        for identity, answer in answers
        for finding in (
            *_about_number(identity, documents),
            *_about_structure(identity, documents),
            *_about_names(identity, documents),
            *check_births(identity, documents),
            *_about_register(identity, answer, documents),
        )
    ]
    findings += _unreadable(documents)
    findings += about_codes(documents)
    return tuple(findings)


def _about_number(identity: Identity, documents: Sequence[Document]) -> Iterator[Finding]:
    evidence = _evidence(identity, documents)
    subject = mask_numbers(identity.personal_number)
    if identity.verdict is IdentityVerdict.CONFLICT:
        differing = f"digits {_differing_places(identity)}"
        detail = "old number" if identity.old_number_differs else differing
        yield Finding(Rule.NUMBER_CONFLICT, Severity.BLOCKING, Outcome.FAIL, subject, evidence, "", detail)
    elif identity.verdict is IdentityVerdict.SINGLE_WITNESS:
        yield Finding(Rule.NUMBER_NOT_CONFIRMED, Severity.WARNING, Outcome.NOT_CHECKED, subject, evidence, "")
    if identity.unread:
        yield _about_unread(identity, documents)
    if len(identity.personal_number) == 12 and not identity.old_number_differs:
        yield from _about_old_numbers(identity, documents)


def _about_unread(identity: Identity, documents: Sequence[Document]) -> Finding:
    """Where a clerk has to compare the number by eye; told beside whatever else the verdict is."""
    by_number = {document.number: document for document in documents}
    places = [place_of(by_number[u.document].pages[u.page - 1]) for u in identity.unread]
    return Finding(
        Rule.NUMBER_NOT_COMPARED,
        Severity.WARNING,
        Outcome.NOT_CHECKED,
        mask_numbers(identity.personal_number),
        tuple(dict.fromkeys(places)),
        "",
    )


def _about_old_numbers(identity: Identity, documents: Sequence[Document]) -> Iterator[Finding]:
    """Papers that name the person by an old number (CMND) alone, where no card tells that it is theirs."""
    own = identity.card.old_number if identity.card else ""
    named = {
        w.document for w in identity.witnesses if len(w.personal_number) == 12 or w.personal_number == own
    }
    old = [w for w in identity.witnesses if w.document not in named]
    by_number = {document.number: document for document in documents}
    if old:
        yield Finding(
            Rule.OLD_NUMBER_NOT_COMPARED,
            Severity.INFO,
            Outcome.NOT_CHECKED,
            mask_numbers(identity.personal_number),
            tuple(sorted({_sighting(w, by_number[w.document]) for w in old})),
            "",
        )


def _about_structure(identity: Identity, documents: Sequence[Document]) -> Iterator[Finding]:
    faults = dict.fromkeys(structure_faults(identity.personal_number, identity.card))
    if identity.card is None:
        beside = [contradictions(w.personal_number, year_born(w), w.sex) for w in identity.witnesses]
        faults |= dict.fromkeys(fault for found in beside for fault in found)
    if faults:
        yield Finding(
            Rule.NUMBER_STRUCTURE,
            Severity.WARNING,
            Outcome.FAIL,
            mask_numbers(identity.personal_number),
            _evidence(identity, documents),
            BASIS,
            ", ".join(faults),
        )


def _about_names(identity: Identity, documents: Sequence[Document]) -> Iterator[Finding]:
    """How the papers spell the name: letters that differ are worth a look, marks worth knowing."""
    pairs = [
        (one, other)
        for one, other in combinations([w for w in identity.witnesses if w.full_name], 2)
        if not same_name(one.full_name, other.full_name)
    ]
    if not pairs:
        return
    marks_only = all(differs_in_marks_only(one.full_name, other.full_name) for one, other in pairs)
    by_number = {document.number: document for document in documents}
    places = {place_of(by_number[w.document].pages[w.page - 1]) for pair in pairs for w in pair}
    yield Finding(
        Rule.NAME_DIFFERS,
        Severity.INFO if marks_only else Severity.WARNING,
        Outcome.NOTE if marks_only else Outcome.FAIL,
        mask_numbers(identity.personal_number),
        tuple(sorted(places)),
        "",
        "marks only" if marks_only else "letters",
    )


def _about_register(
    identity: Identity, answer: RegisterAnswer | None, documents: Sequence[Document]
) -> Iterator[Finding]:
    if answer is None:
        yield from _not_asked(identity, documents)
        return
    judged = {
        RegisterOutcome.DIFFERS: (Rule.REGISTER_DIFFERS, Severity.BLOCKING, Outcome.FAIL),
        RegisterOutcome.NO_MATCH_OR_NAME_DIFFERS: (Rule.REGISTER_NO_MATCH, Severity.WARNING, Outcome.FAIL),
        RegisterOutcome.NOT_CHECKED: (Rule.REGISTER_NOT_CHECKED, Severity.WARNING, Outcome.NOT_CHECKED),
    }.get(answer.outcome)
    if answer.differing and set(answer.differing) <= _no_obstacle(identity):
        judged = (Rule.REGISTER_DIFFERS, Severity.WARNING, Outcome.FAIL)
    if judged is not None:
        detail = ", ".join(answer.differing) or answer.reason
        yield Finding(
            *judged,
            mask_numbers(identity.personal_number),
            _evidence(identity, documents),
            _REGISTER_BASIS,
            mask_numbers(detail),
        )


def _no_obstacle(identity: Identity) -> set[str]:
    """What may differ from the register and is worth a look, and no obstacle.

    People move, and the register knows it before the card does. A birth that only print tells may be misread.
    """
    born = birth_of(identity)
    is_printed = born is not None and born.source is WitnessSource.PRINT
    return {"residence", "date_of_birth"} if is_printed else {"residence"}


def _not_asked(identity: Identity, documents: Sequence[Document]) -> Iterator[Finding]:
    """A number that nobody asked about; one in dispute or not read is reported as that already."""
    if identity.verdict in (IdentityVerdict.CONFLICT, IdentityVerdict.UNREADABLE):
        return
    askable = bool(identity.full_name) and len(identity.personal_number) == 12
    yield Finding(
        Rule.REGISTER_NOT_CHECKED,
        Severity.WARNING if askable else Severity.INFO,
        Outcome.NOT_CHECKED,
        mask_numbers(identity.personal_number),
        _evidence(identity, documents),
        _REGISTER_BASIS,
        "not asked" if askable else "no full name with a 12-digit number",
    )


def _unreadable(documents: Sequence[Document]) -> Iterator[Finding]:
    for document in documents:
        if document.kind.code in CARD_KINDS and not document.values("personal_number"):
            yield Finding(
                Rule.NUMBER_UNREADABLE,
                Severity.WARNING,
                Outcome.NOT_CHECKED,
                document.kind.code,
                places_of(document),
                "",
            )


def _evidence(identity: Identity, documents: Sequence[Document]) -> tuple[str, ...]:
    """Which paper says what, through which reader, masked; in the order of the file names."""
    by_number = {document.number: document for document in documents}
    return tuple(sorted({_sighting(witness, by_number[witness.document]) for witness in identity.witnesses}))


def _sighting(witness: Witness, document: Document) -> str:
    place = place_of(document.pages[witness.page - 1])
    return f"{place}: {mask_numbers(witness.personal_number)} ({witness.source}:{witness.engine})"


def _differing_places(identity: Identity) -> str:
    """Which digits differ, counted from 1: the mask hides them, and a person has to find them."""
    length = len(identity.personal_number)
    numbers = {w.personal_number for w in identity.witnesses if len(w.personal_number) == length}
    columns = zip(*sorted(numbers), strict=True)
    return ", ".join(str(place) for place, column in enumerate(columns, start=1) if len(set(column)) > 1)
