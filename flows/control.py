"""What the office that controls procedures sees: dossiers by centre, procedure and month."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from dossier.archive import DossierState
from dossier.errors import InputRefused
from dossier.finding import Outcome, Rule, Severity
from flows.settings import Settings
from flows.wiring import open_keys
from storage.index import SqlIndex
from storage.judgements import SqlJudgements

MEASURES: Final = (
    "dossiers",
    "digitised",
    "at_counter",
    "papers",
    "not_digitised",
    "outside_rules",
    "residence_asked",
    "late_returns",
    "unstamped",
    "reuse",
)
"""Columns of a report, in their order."""
_RULES: Final = {
    Rule.NOT_DIGITISED: "not_digitised",
    Rule.PAPER_OUTSIDE_RULES: "outside_rules",
    Rule.NOTICE_ASKS_TOO_MUCH: "outside_rules",
    Rule.RESIDENCE_PAPER: "residence_asked",
    Rule.SUPPLEMENT_LATE: "late_returns",
    Rule.NOTICE_AFTER_DEADLINE: "late_returns",
    Rule.APOLOGY_MISSING: "late_returns",
    Rule.LATE_AFTER_APOLOGY: "late_returns",
    Rule.NOTICE_WITHOUT_SEAL: "unstamped",
    Rule.ALREADY_DIGITISED: "reuse",
    Rule.PAGE_IN_ARCHIVE: "reuse",
}
_AT_COUNTER: Final = (DossierState.NEEDS_ATTENTION, DossierState.HELD)
_CENTRE: Final = re.compile(r"^(?P<centre>.+?)-\d{6}-\d{4,5}$")
"""The part of a dossier code before day and serial number names the centre (TT 01/2018/TT-VPCP)."""


@dataclass(frozen=True, slots=True)
class ControlRow:
    """One centre, one procedure, one month."""

    centre: str
    procedure: str
    month: str
    """YYYY-MM of reception."""
    counts: Mapping[str, int]
    """By measure."""

    @property
    def share_digitised(self) -> float:
        """Of the dossiers, 0.0 to 1.0, that are digitised and archived."""
        return self.counts["digitised"] / self.counts["dossiers"]


def control_rows(settings: Settings, begin: date, end: date) -> tuple[ControlRow, ...]:
    """Rows over all dossiers that were judged, both days of reception included.

    Raises InputRefused where the first day is later than the last one, StorageError.
    """
    if begin > end:
        raise InputRefused(begin.isoformat(), "is later than the last day")
    archived, judged = SqlIndex(settings.database, keys=open_keys(settings)), SqlJudgements(settings.database)
    try:
        return rows_of(_of_each_dossier(archived.summaries(), judged.summaries()), begin, end)
    finally:
        archived.close()
        judged.close()


def _of_each_dossier(archived: Iterable[str], judged: Iterable[str]) -> tuple[str, ...]:
    """One report for each dossier: the newest judgement, for those from before judgements were kept that of
    the archive."""
    newest: dict[str, str] = {}
    for summary in (*archived, *judged):
        newest[str(json.loads(summary)["dossier"])] = summary
    return tuple(newest.values())


def rows_of(summaries: Iterable[str], begin: date, end: date) -> tuple[ControlRow, ...]:
    """Rows over reports as JSON; a report without a day of reception belongs to no month and is left out."""
    counts: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(MEASURES, 0))
    for summary in summaries:
        report = json.loads(summary)
        received = str(report.get("received_on", ""))
        if not begin.isoformat() <= received <= end.isoformat():
            continue
        found = counts[centre_of(str(report["dossier"])), str(report["procedure"]), received[:7]]
        found["dossiers"] += 1
        found["at_counter" if report.get("state") in _AT_COUNTER else "digitised"] += 1
        found["papers"] += len(report.get("documents", ()))
        for finding in report.get("findings", ()):
            measure = measure_of(finding)
            if measure:
                found[measure] += 1
    return tuple(ControlRow(*place, counts[place]) for place in sorted(counts))


def measure_of(finding: Mapping[str, Any]) -> str:
    """The column that a finding counts in; what was excused or not checked counts nowhere."""
    rule = next((r for r in _RULES if r == finding["rule"]), None)
    if rule is None or finding["outcome"] == Outcome.NOT_CHECKED:
        return ""
    measure = _RULES[rule]
    return measure if measure == "reuse" or finding["severity"] != Severity.INFO else ""


def centre_of(dossier: str) -> str:
    """The centre that a dossier's code names; "-" where it names none."""
    found = _CENTRE.match(dossier)
    return found["centre"] if found else "-"
