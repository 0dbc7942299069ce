"""Papers whose time of validity had passed when the dossier was received."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from dossier.document import Document
from dossier.finding import Finding, Outcome, Rule, Severity
from validators.catalogue_schema import parsed
from validators.evidence import places_of
from validators.issue_days import issue_day

_FILE: Final = Path(__file__).parent / "data" / "paper_validity.yaml"


@dataclass(frozen=True, slots=True)
class Validity:
    """How long a kind of paper is valid."""

    kind: str
    months: int
    """Calendar months from the day of issue."""
    citation: str
    valid_from: date
    valid_to: date | None

    def last_day(self, issued_on: date) -> date:
        """The same day of the month, so many months later; the last day of a shorter month."""
        month = issued_on.month - 1 + self.months
        year, month = issued_on.year + month // 12, month % 12 + 1
        return date(year, month, min(issued_on.day, monthrange(year, month)[1]))


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    kind: str
    months: int
    citation: str
    valid_from: date
    valid_to: date | None = None


@lru_cache(maxsize=1)
def validities() -> tuple[Validity, ...]:
    """The built-in times of validity. Raises CatalogueInvalid."""
    entries = parsed(_FILE, list[_Entry])
    return tuple(Validity(e.kind, e.months, e.citation, e.valid_from, e.valid_to) for e in entries)


def check_validity(
    documents: Sequence[Document], on: date, handed_back: Collection[int] = ()
) -> tuple[Finding, ...]:
    """Papers that were no longer valid on the day of reception.

    Args:
        documents: the papers, in any order.
        on: the day of reception.
        handed_back: numbers of papers that are returned for another reason anyway.
    """
    rules = {
        v.kind: v for v in validities() if v.valid_from <= on and (v.valid_to is None or on <= v.valid_to)
    }
    found: list[Finding] = []
    for document in documents:
        rule = rules.get(document.kind.code)
        if rule is not None and document.number not in handed_back:
            found += _judge(document, rule, on)
    return tuple(sorted(found, key=lambda f: (f.subject, f.evidence)))


def _judge(document: Document, rule: Validity, on: date) -> Iterator[Finding]:
    issued_on = issue_day(document, on)
    if issued_on is None:
        severity, outcome, detail = (
            Severity.INFO,
            Outcome.NOT_CHECKED,
            f"{rule.months} tháng, chưa đọc được ngày cấp",
        )
    elif rule.last_day(issued_on) < on:
        severity, outcome = Severity.BLOCKING, Outcome.FAIL
        detail = f"{issued_on:%d/%m/%Y} + {rule.months} tháng = {rule.last_day(issued_on):%d/%m/%Y}"
    else:
        return
    places = places_of(document)
    yield Finding(Rule.EXPIRED_PAPER, severity, outcome, document.kind.code, places, rule.citation, detail)
