"""The report of the office that controls procedures: what counts, where, and a page without requests."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from console.control import page, table
from console.output import Output
from dossier.archive import ArchivePackage
from dossier.errors import InputRefused
from flows.control import control_rows, rows_of
from flows.settings import Settings
from storage.index import SqlIndex
from storage.judgements import SqlJudgements

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
    summary(
        "000.00.17.H42-261201-0003",
        "2026-12-01",
        ("supplement_late", "warning", "fail"),
        ("not_digitised", "warning", "fail"),
    ),
    summary("H56.101-261102-0001", "2026-11-02", ("notice_without_seal", "warning", "fail")),
    summary(
        "H56.101-261102-0002",
        "2026-11-02",
        ("already_digitised", "info", "note"),
        ("page_in_archive", "info", "note"),
        ("may_be_digitised", "info", "note"),
    ),
    summary("TAM-<b>", "2026-11-02", ("expired_paper", "info", "not_checked")),
    summary("000.00.17.H42-261001-0009", "2026-10-31", ("supplement_late", "warning", "fail")),
]


def test_dossiers_are_counted_by_centre_procedure_and_month() -> None:
    rows = rows_of(SUMMARIES, BEGIN, END)
    head, *lines = table(rows, Output("vi")).splitlines()
    assert head.startswith("Trung tâm,Thủ tục,Tháng,Hồ sơ,")
    assert table(rows, Output("en")).startswith("Centre,Procedure,Month,Dossiers,")
    assert lines == [
        "-,1.001193,2026-11,1,1,0,2,0,0,0,0,0,0,100.0",
        "000.00.17.H42,1.001193,2026-11,2,2,0,3,0,1,0,0,0,0,100.0",
        "000.00.17.H42,1.001193,2026-12,1,1,0,2,1,0,0,1,0,0,100.0",
        "H56.101,1.001193,2026-11,2,2,0,4,0,0,0,0,1,2,100.0",
    ]
    assert rows_of(reversed(SUMMARIES), BEGIN, END) == rows
    assert rows_of([], BEGIN, END) == ()


def test_residence_paper_counts_unless_a_failed_look_up_excused_it() -> None:
    asked = summary("H56.101-261102-0002", "2026-11-02", ("residence_paper", "blocking", "fail"))
    (row,) = rows_of([asked], BEGIN, END)
    assert row.counts["residence_asked"] == 1


def test_days_in_the_wrong_order_are_no_empty_report(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="is later than the last day"):
        control_rows(Settings(state=tmp_path), END, BEGIN)


def test_dossier_stopped_at_the_counter_is_counted_with_what_stopped_it(tmp_path: Path) -> None:
    """It never reaches the archive, and it is the one that control has to see."""
    settings = Settings(state=tmp_path)
    kept = SqlJudgements(settings.database)
    stopped = json.loads(
        summary("H56.101-261102-0002", "2026-11-02", ("residence_paper", "blocking", "fail"))
    )
    kept.judged(stopped["dossier"], json.dumps(stopped | {"state": "needs_attention"}))
    (row,) = control_rows(settings, BEGIN, END)
    assert (row.counts["dossiers"], row.counts["at_counter"], row.counts["digitised"]) == (1, 1, 0)
    assert row.counts["residence_asked"] == 1
    kept.judged(stopped["dossier"], json.dumps(stopped | {"state": "archived", "findings": []}))
    kept.close()
    (row,) = control_rows(settings, BEGIN, END)
    assert (row.counts["dossiers"], row.counts["at_counter"], row.counts["digitised"]) == (1, 0, 1)
    assert row.counts["residence_asked"] == 0


def test_dossier_archived_before_judgements_were_kept_is_counted_once(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    old = summary("H56.101-261102-0001", "2026-11-02", ("notice_without_seal", "warning", "fail"))
    index = SqlIndex(settings.database)
    index.record(ArchivePackage("H56.101-261102-0001", "dossiers/a", "0" * 64, ()), (), old)
    (row,) = control_rows(settings, BEGIN, END)
    assert (row.counts["dossiers"], row.counts["digitised"], row.counts["unstamped"]) == (1, 1, 1)
    kept = SqlJudgements(settings.database)
    kept.judged("H56.101-261102-0001", old)
    kept.close()
    index.close()
    (row,) = control_rows(settings, BEGIN, END)
    assert row.counts["dossiers"] == 1


def test_page_shows_charts_and_asks_no_other_machine() -> None:
    shown = page(rows_of(SUMMARIES, BEGIN, END), "2026-11-01", "<2026-12-31>", Output("vi", as_json=False))
    assert shown.count("<svg") == 3 * 9, "nine measures that are not 0, each by centre, procedure and month"
    assert "&lt;2026-12-31&gt;" in shown
    assert not re.search(r"https?://|src=|href=|@import|url\(|<script", shown)
    assert "Giấy tờ cư trú dù tra cứu được: 0" in shown
    months = shown.split("<h2>Trả, yêu cầu bổ sung quá hạn")[1].split("<h3>Tháng</h3>")[1].split("</svg>")[0]
    assert re.findall(r">([^<>]+)</text>", months) == ["2026-11", "0", "2026-12", "1"]


def test_share_of_digitised_dossiers_is_over_all_that_were_judged() -> None:
    stopped = json.loads(summary("H56.101-261102-0003", "2026-11-03")) | {"state": "needs_attention"}
    rows = rows_of([*SUMMARIES, json.dumps(stopped)], BEGIN, END)
    assert [round(row.share_digitised, 3) for row in rows if row.centre == "H56.101"] == [0.667]
    shown = page(rows, "2026-11-01", "2026-12-31", Output("vi", as_json=False))
    assert "Tỷ lệ hồ sơ đã số hóa (%): 85.7" in shown
    assert page([], "2026-11-01", "2026-12-31", Output("vi", as_json=False)).count("<svg") == 0
