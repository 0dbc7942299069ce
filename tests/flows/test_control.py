"""The report of the office that controls procedures: what counts, where, and a page without requests."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from console.control import page, table
from console.output import Output
from flows.control import rows_of

BEGIN, END = date(2026, 11, 1), date(2026, 12, 31)


def summary(dossier: str, received_on: str, *findings: tuple[str, str, str], papers: int = 2) -> str:
    told: list[dict[str, Any]] = [{"rule": r, "severity": s, "outcome": o} for r, s, o in findings]
    return json.dumps(
        {
            "dossier": dossier,
            "procedure": "1.001193",
            "received_on": received_on,
            "documents": [{}] * papers,
            "findings": told,
        }
    )


SUMMARIES = [
    summary("000.00.17.H42-261102-0001", "2026-11-02", ("notice_asks_too_much", "warning", "fail")),
    summary("000.00.17.H42-261103-0002", "2026-11-30", ("residence_paper", "info", "note"), papers=1),
    summary("000.00.17.H42-261201-0003", "2026-12-01", ("supplement_late", "warning", "fail")),
    summary("H56.101-261102-0001", "2026-11-02", ("notice_without_seal", "warning", "fail")),
    summary("H56.101-261102-0002", "2026-11-02", ("already_digitised", "info", "note")),
    summary("TAM-<b>", "2026-11-02", ("expired_paper", "info", "not_checked")),
    summary("000.00.17.H42-261001-0009", "2026-10-31", ("supplement_late", "warning", "fail")),
]


def test_dossiers_are_counted_by_centre_procedure_and_month() -> None:
    rows = rows_of(SUMMARIES, BEGIN, END)
    assert table(rows).splitlines() == [
        "centre,procedure,month,dossiers,papers,outside_rules,residence_asked,late_returns,unstamped,reuse",
        "-,1.001193,2026-11,1,2,0,0,0,0,0",
        "000.00.17.H42,1.001193,2026-11,2,3,1,0,0,0,0",
        "000.00.17.H42,1.001193,2026-12,1,2,0,0,1,0,0",
        "H56.101,1.001193,2026-11,2,4,0,0,0,1,1",
    ]
    assert rows_of(reversed(SUMMARIES), BEGIN, END) == rows
    assert rows_of([], BEGIN, END) == ()


def test_residence_paper_counts_unless_a_failed_look_up_excused_it() -> None:
    asked = summary("H56.101-261102-0002", "2026-11-02", ("residence_paper", "blocking", "fail"))
    (row,) = rows_of([asked], BEGIN, END)
    assert row.counts["residence_asked"] == 1


def test_page_shows_charts_and_asks_no_other_machine() -> None:
    shown = page(rows_of(SUMMARIES, BEGIN, END), "2026-11-01", "<2026-12-31>", Output("vi", as_json=False))
    assert shown.count("<svg") == 6
    assert "&lt;2026-12-31&gt;" in shown
    assert not re.search(r"https?://|src=|href=|@import|url\(|<script", shown)
    assert "Giấy tờ cư trú dù tra cứu được: 0" in shown
