"""What the office that controls procedures looks at: figures over dossiers, and the dossiers behind a figure.

Every figure is a sum over dossiers that can be named, so a figure leads to its dossiers and a dossier to the
findings and pages that prove it. What nobody knows is left out and counted as left out: a dossier without a
known due day is neither on time nor late.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from statistics import median
from typing import Any, Final

from dossier.archive import DossierState
from dossier.desk import DeskState
from flows.control import centre_of, measure_of
from flows.wiring import Workshop
from storage.desk_days import DeskDay, desk_days
from storage.ledger_search import Span, SqlLedgerSearch

NO_COUNTER: Final = "-"
"""Where nobody said which counter received a dossier."""
_SECONDS: Final = 60.0


class Group(StrEnum):
    """What figures are set side by side by."""

    CENTRE = "centre"
    COUNTER = "counter"
    PROCEDURE = "procedure"
    MONTH = "month"


class Figure(StrEnum):
    """What is counted or measured."""

    DOSSIERS = "dossiers"
    ON_TIME = "on_time"
    """Of the dossiers that are done and whose due day is known, per cent done by that day."""
    RETURNED = "returned"
    SHARE_DIGITISED = "share_digitised"
    """Per cent of the dossiers that are digitised and archived."""
    OUTSIDE_RULES = "outside_rules"
    RESIDENCE_ASKED = "residence_asked"
    MINUTES = "minutes"
    """Median of the minutes from the first page to the archive."""
    LATE_RETURNS = "late_returns"
    NOT_DIGITISED = "not_digitised"
    UNSTAMPED = "unstamped"
    REUSE = "reuse"


COUNTED: Final = frozenset(
    {
        *(Figure.OUTSIDE_RULES, Figure.RESIDENCE_ASKED, Figure.LATE_RETURNS),
        *(Figure.NOT_DIGITISED, Figure.UNSTAMPED, Figure.REUSE),
    }
)
"""Figures that count findings."""
SHARES: Final = frozenset({Figure.ON_TIME, Figure.SHARE_DIGITISED})
"""Figures in per cent."""


@dataclass(frozen=True, slots=True)
class ControlledDossier:
    """One dossier, as the office that controls procedures counts it."""

    code: str
    centre: str
    counter: str
    procedure: str
    received_on: date
    is_digitised: bool
    """Digitised and archived."""
    is_returned: bool
    is_on_time: bool | None
    """None where it is not done, or nobody knows when it was due."""
    minutes: float | None
    """From the first page to the archive; None where it is not there."""
    counts: Mapping[str, int]
    """Findings by figure."""

    @property
    def month(self) -> str:
        """YYYY-MM of reception."""
        return self.received_on.isoformat()[:7]

    def place(self, group: Group) -> str:
        """In which bar of a chart it is."""
        return str(getattr(self, group.value))


@dataclass(frozen=True, slots=True)
class ControlQuestion:
    """Which dossiers are looked at; what is empty is not asked about."""

    begin: date
    """First day of reception."""
    end: date
    """Last day of reception."""
    centre: str = ""
    counter: str = ""
    procedure: str = ""
    month: str = ""

    def takes(self, dossier: ControlledDossier) -> bool:
        """Whether a dossier is one of them; its day is not looked at again."""
        return all(getattr(self, g.value) in ("", dossier.place(g)) for g in Group)


def controlled(workshop: Workshop, begin: date, end: date) -> tuple[ControlledDossier, ...]:
    """Every dossier received between two days, both included, by code. Raises StorageError."""
    # 1. The newest judgement of each dossier; for those from before judgements were kept that of the archive.
    reports: dict[str, Mapping[str, Any]] = {}
    known: set[str] = set()
    for summary in workshop.judgements.summaries():
        report = json.loads(summary)
        known.add(str(report["dossier"]))
        _take(reports, report, begin, end)
    for code in workshop.index.dossiers():
        if code not in known and (kept := workshop.index.summary(code)) is not None:
            _take(reports, json.loads(kept), begin, end)
    # 2. What the desk knows, dossiers that nobody has judged yet among them.
    entries = {each.code: each for each in desk_days(workshop.settings.database, begin, end)}
    # 3. How long each took, from the ledger.
    codes = sorted(reports.keys() | entries.keys())
    search = SqlLedgerSearch(workshop.settings.database)
    try:
        spans = search.spans(codes, "archived")
    finally:
        search.close()
    return tuple(_controlled(code, reports.get(code), entries.get(code), spans.get(code)) for code in codes)


def _take(reports: dict[str, Mapping[str, Any]], report: Mapping[str, Any], begin: date, end: date) -> None:
    """Keep a report of these days; one without a day of reception belongs to none."""
    if begin.isoformat() <= str(report.get("received_on", "")) <= end.isoformat():
        reports[str(report["dossier"])] = report


def figure_of(dossiers: Sequence[ControlledDossier], figure: Figure) -> float | None:
    """One figure over some dossiers; None where no dossier says anything about it."""
    match figure:
        case Figure.DOSSIERS:
            return float(len(dossiers))
        case Figure.RETURNED:
            return float(sum(each.is_returned for each in dossiers))
        case Figure.SHARE_DIGITISED:
            return _share([each.is_digitised for each in dossiers])
        case Figure.ON_TIME:
            return _share([each.is_on_time for each in dossiers if each.is_on_time is not None])
        case Figure.MINUTES:
            told = [each.minutes for each in dossiers if each.minutes is not None]
            return round(median(told), 1) if told else None
        case _:
            return float(sum(each.counts.get(figure, 0) for each in dossiers))


def side_by_side(
    dossiers: Iterable[ControlledDossier], group: Group
) -> dict[str, tuple[ControlledDossier, ...]]:
    """The dossiers of each bar, by its name."""
    found: dict[str, list[ControlledDossier]] = {}
    for each in dossiers:
        found.setdefault(each.place(group), []).append(each)
    return {name: tuple(found[name]) for name in sorted(found)}


def behind(dossiers: Iterable[ControlledDossier], figure: Figure) -> tuple[ControlledDossier, ...]:
    """The dossiers that prove a figure: of findings those that have one, of on time those that were late."""
    tests: Mapping[Figure, Callable[[ControlledDossier], bool]] = {
        Figure.RETURNED: lambda d: d.is_returned,
        Figure.SHARE_DIGITISED: lambda d: not d.is_digitised,
        Figure.ON_TIME: lambda d: d.is_on_time is False,
        Figure.MINUTES: lambda d: d.minutes is not None,
    }
    if figure is Figure.DOSSIERS:
        return tuple(dossiers)
    chosen = tests.get(figure)
    found = [d for d in dossiers if (chosen(d) if chosen else d.counts.get(figure, 0) > 0)]
    if figure is Figure.MINUTES:
        found.sort(key=lambda each: -(each.minutes or 0.0))
    return tuple(found)


def counts_of(workshop: Workshop, code: str) -> Mapping[str, int]:
    """Findings of one dossier by figure, as judged; nothing where nobody judged it. Raises StorageError."""
    return _counts(json.loads(workshop.judgements.summary(code) or "{}"))


def _counts(report: Mapping[str, Any]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for finding in report.get("findings", ()):
        measure = measure_of(finding)
        if measure:
            counts[measure] = counts.get(measure, 0) + 1
    return counts


def _controlled(
    code: str, report: Mapping[str, Any] | None, entry: DeskDay | None, span: Span | None
) -> ControlledDossier:
    said = report or {}
    received = entry.received_on if entry is not None else date.fromisoformat(said["received_on"])
    ended = _moment(span.ended_at) if span is not None else None
    begun = _moment(span.begun_at) if span is not None else None
    is_digitised = ended is not None or said.get("state") == DossierState.ARCHIVED
    return ControlledDossier(
        code=code,
        centre=centre_of(code),
        counter=(entry.counter if entry is not None else "") or NO_COUNTER,
        procedure=entry.procedure if entry is not None else str(said.get("procedure", "")),
        received_on=received,
        is_digitised=is_digitised,
        is_returned=entry is not None and entry.state is DeskState.RETURNED,
        is_on_time=_is_on_time(entry, ended),
        minutes=(ended - begun).total_seconds() / _SECONDS if ended and begun else None,
        counts=_counts(said),
    )


def _is_on_time(entry: DeskDay | None, ended: datetime | None) -> bool | None:
    if entry is None or entry.due_on is None or ended is None:
        return None
    return ended.date() <= entry.due_on


def _share(told: Sequence[bool | None]) -> float | None:
    return round(100 * sum(map(bool, told)) / len(told), 1) if told else None


def _moment(at: str) -> datetime | None:
    return datetime.fromisoformat(at) if at else None
