"""Every alarm is over figures that there are, goes off when it should and not before, and has its cure."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import REPOSITORY

RULES = REPOSITORY / "deploy" / "alerts.yml"
PROMTOOL = shutil.which("promtool") or shutil.which(str(REPOSITORY / ".venv" / "promtool"))
DAY = 86400
I = 'instance="xa",job="sohoa"'  # noqa: E741 - where it comes from
CASES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "SohoaDown": ({f"up{{{I}}}": "0x130"}, {f"up{{{I}}}": "1x130"}),
    "SohoaFiguresMissing": (
        {f'sohoa_unanswered{{{I},group="work"}}': "1x130"},
        {f'sohoa_unanswered{{{I},group="work"}}': "0x130"},
    ),
    "SohoaDatabaseAway": (
        {f'sohoa_part_up{{{I},part="database"}}': "0x130"},
        {f'sohoa_part_up{{{I},part="database"}}': "1x130", f'sohoa_part_up{{{I},part="store"}}': "0x130"},
    ),
    "SohoaPrefectAway": (
        {f'sohoa_part_up{{{I},part="prefect"}}': "0x130"},
        {f'sohoa_part_up{{{I},part="prefect"}}': "1x130"},
    ),
    "SohoaDiskLow": (
        {f"sohoa_disk_free_bytes{{{I}}}": "5x130", f"sohoa_disk_total_bytes{{{I}}}": "100x130"},
        {f"sohoa_disk_free_bytes{{{I}}}": "50x130", f"sohoa_disk_total_bytes{{{I}}}": "100x130"},
    ),
    "SohoaDiskFull": (
        {f"sohoa_disk_free_bytes{{{I}}}": "500000000x130"},
        {f"sohoa_disk_free_bytes{{{I}}}": "5000000000x130"},
    ),
    "SohoaMemoryGrows": (
        {f'sohoa_memory_bytes{{{I},part="resident"}}': "3000000000x130"},
        {f'sohoa_memory_bytes{{{I},part="readers"}}': "3000000000x130"},
    ),
    "SohoaFilesLeak": ({f"sohoa_open_files{{{I}}}": "900x130"}, {f"sohoa_open_files{{{I}}}": "200x130"}),
    "SohoaCounterWaits": (
        {f'sohoa_work_oldest_seconds{{{I},state="queued",lane="counter",awaits=""}}': "0+60x130"},
        {f'sohoa_work_oldest_seconds{{{I},state="queued",lane="backlog",awaits=""}}': "0+60x130"},
    ),
    "SohoaBacklogStalls": (
        {f'sohoa_work_oldest_seconds{{{I},state="queued",lane="backlog",awaits=""}}': "50000x130"},
        {f'sohoa_work_oldest_seconds{{{I},state="queued",lane="backlog",awaits=""}}': "4000x130"},
    ),
    "SohoaWorkStalls": (
        {
            f"sohoa_under_way{{{I}}}": "1x130",
            f'sohoa_pages_total{{{I},outcome="read"}}': "7x130",
        },
        {
            f"sohoa_under_way{{{I}}}": "1x130",
            f'sohoa_pages_total{{{I},outcome="read"}}': "7x100 8x30",
        },
    ),
    "SohoaWorkerStarves": (
        {f'sohoa_worker_asked_seconds{{{I},pool="counter"}}': "0+60x130"},
        {f'sohoa_worker_asked_seconds{{{I},pool="counter"}}': "2x130"},
    ),
    "SohoaWorkWaits": (
        {
            f'sohoa_work{{{I},state="waiting",lane="counter",awaits="store"}}': "1x130",
            f'sohoa_work{{{I},state="waiting",lane="backlog",awaits="store"}}': "4x130",
        },
        {f'sohoa_work{{{I},state="queued",lane="backlog",awaits=""}}': "4x130"},
    ),
    "SohoaDossiersFailed": (
        {f'sohoa_dossiers{{{I},state="failed"}}': "1x130"},
        {f'sohoa_dossiers{{{I},state="review"}}': "9x130"},
    ),
    "SohoaPagesUnread": (
        {f'sohoa_pages_total{{{I},outcome="unread"}}': "0+1x130"},
        {f'sohoa_pages_total{{{I},outcome="read"}}': "0+9x130"},
    ),
    "SohoaReadingDear": (
        {
            f'sohoa_core_seconds_total{{{I},stage="reading"}}': "0+10x130",
            f'sohoa_pages_total{{{I},outcome="read"}}': "0+1x130",
        },
        {
            f'sohoa_core_seconds_total{{{I},stage="reading"}}': "0+10x130",
            f'sohoa_pages_total{{{I},outcome="read"}}': "0+9x130",
        },
    ),
    "SohoaStoreAway": (
        {f'sohoa_part_up{{{I},part="store"}}': "0x130"},
        {f'sohoa_part_up{{{I},part="store"}}': "1x130"},
    ),
    "SohoaStoreSlow": (
        {
            f'sohoa_store_seconds_bucket{{{I},operation="put",le="5.0"}}': "0x130",
            f'sohoa_store_seconds_bucket{{{I},operation="put",le="15.0"}}': "0+9x130",
            f'sohoa_store_seconds_bucket{{{I},operation="put",le="+Inf"}}': "0+9x130",
        },
        {
            f'sohoa_store_seconds_bucket{{{I},operation="put",le="0.1"}}': "0+9x130",
            f'sohoa_store_seconds_bucket{{{I},operation="put",le="+Inf"}}': "0+9x130",
        },
    ),
    "SohoaStoreConflicts": (
        {f'sohoa_store_failures_total{{{I},error="StoreConflict"}}': "0x110 1x30"},
        {f'sohoa_store_failures_total{{{I},error="StoreUnreachable"}}': "0+1x130"},
    ),
    "SohoaRegisterAway": (
        {f'sohoa_part_up{{{I},part="register"}}': "0x130"},
        {f'sohoa_part_up{{{I},part="register"}}': "1x130"},
    ),
    "SohoaRegisterWaitsLong": (
        {f"sohoa_register_waiting_oldest_seconds{{{I}}}": f"{2 * DAY}x130"},
        {f"sohoa_register_waiting_oldest_seconds{{{I}}}": "3000x130"},
    ),
    "SohoaStampsAway": (
        {f'sohoa_part_up{{{I},part="stamps"}}': "0x130"},
        {f'sohoa_part_up{{{I},part="stamps"}}': "1x130"},
    ),
    "SohoaEventsGivenUp": (
        {f'sohoa_events{{{I},state="dead"}}': "1x130"},
        {f'sohoa_events{{{I},state="due"}}': "9x130"},
    ),
    "SohoaEventsLate": (
        {f'sohoa_events_oldest_seconds{{{I},state="due"}}': "4000x130"},
        {f'sohoa_events_oldest_seconds{{{I},state="dead"}}': "4000x130"},
    ),
    "SohoaFixityFailed": ({f"sohoa_fixity_failed{{{I}}}": "1x130"}, {f"sohoa_fixity_failed{{{I}}}": "0x130"}),
    "SohoaFixityOverdue": (
        {f"sohoa_fixity_age_seconds{{{I}}}": f"{46 * DAY}x130"},
        {f"sohoa_fixity_age_seconds{{{I}}}": f"{31 * DAY}x130"},
    ),
    "SohoaLedgerHeadOverdue": (
        {
            f"sohoa_ledger_head_age_seconds{{{I}}}": f"{3 * DAY}x130",
            f'sohoa_dossiers_run_total{{{I},state="archived"}}': "0+1x130",
        },
        # A holiday: nothing new, and nothing to put under lock.
        {
            f"sohoa_ledger_head_age_seconds{{{I}}}": f"{9 * DAY}x130",
            f'sohoa_dossiers_run_total{{{I},state="archived"}}': "7x130",
        },
    ),
    "SohoaCertificateEnds": (
        {f"sohoa_certificate_ends_timestamp_seconds{{{I}}}": f"{20 * DAY}x130"},
        {f"sohoa_certificate_ends_timestamp_seconds{{{I}}}": "0x130"},
    ),
    "SohoaBackupOverdue": (
        {f"sohoa_backup_age_seconds{{{I}}}": f"{3 * DAY}x130"},
        {f"sohoa_backup_age_seconds{{{I}}}": f"{DAY}x130"},
    ),
}
"""By alarm: figures of each minute that set it off within two hours, and figures that never do."""


@pytest.fixture(scope="module")
def alarms() -> dict[str, dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def test_every_alarm_is_over_figures_that_there_are(alarms: dict[str, dict[str, Any]]) -> None:
    written = "".join(
        (REPOSITORY / "flows" / name).read_text("utf-8")
        for name in ("metrics.py", "metrics_now.py", "worker_life.py")
    )
    there = set(re.findall(r'"(sohoa_[a-z_]+)"', written))
    for name, rule in alarms.items():
        asked = set(re.findall(r"\bsohoa_[a-z_]+", rule["expr"]))
        assert asked or name == "SohoaDown"
        assert {each.removesuffix("_bucket").removesuffix("_total") for each in asked} <= there, name


def test_every_alarm_is_told_in_both_languages_and_says_how_urgent_it_is(
    alarms: dict[str, dict[str, Any]],
) -> None:
    assert set(alarms) == set(CASES)
    for name, rule in alarms.items():
        assert rule["labels"]["severity"] in ("now", "today")
        assert rule["annotations"]["runbook"] == f"docs/runbook.md#{name.lower()}"
        assert len(rule["annotations"]["summary"]) > 20
        assert len(rule["annotations"]["summary_en"]) > 20


@pytest.mark.skipif(
    PROMTOOL is None, reason="promtool of Debian's prometheus is not there; scripts/setup --dev"
)
def test_every_alarm_goes_off_when_it_should_and_not_before(tmp_path: Path) -> None:
    tests = [
        {
            "name": f"{name} {'bad' if goes_off else 'good'}",
            "interval": "1m",
            "input_series": [{"series": each, "values": values} for each, values in series.items()],
            "promql_expr_test": [
                {
                    "expr": f'count(ALERTS{{alertname="{name}",alertstate="firing"}})',
                    "eval_time": "2h",
                    "exp_samples": [{"labels": "{}", "value": 1}] if goes_off else [],
                }
            ],
        }
        for name, cases in CASES.items()
        for series, goes_off in zip(cases, (True, False), strict=True)
    ]
    file = tmp_path / "alerts_test.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "5m", "tests": tests}))
    assert PROMTOOL is not None
    for asked in (("check", "rules", str(RULES)), ("test", "rules", str(file))):
        done = subprocess.run((PROMTOOL, *asked), capture_output=True, text=True, timeout=400, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
