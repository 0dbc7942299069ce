"""A killed process run again ends in the same archive, and reads no finished page twice."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter as Count
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Counter

SAMPLE = "khai-sinh-day-du"
PAGES, KEPT = 3, 2


@pytest.fixture
def shaky(tmp_path: Path, samples: Path) -> Iterator[Counter]:
    """A counter of its own, whose resident process is killed."""
    here = Counter(tmp_path / "state", samples)
    yield here
    here.kill()


def entries(here: Counter, action: str) -> list[Any]:
    database = here.state / "sohoa.sqlite"
    if not database.exists():
        return []
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        try:
            rows = connection.execute(
                "SELECT detail FROM ledger WHERE action = ? ORDER BY number", (action,)
            ).fetchall()
        except sqlite3.OperationalError:
            return []
    return [json.loads(row[0]) for row in rows]


def kill_with_a_page_read(here: Counter) -> None:
    """Every other moment is the fault suite's, see `flows/chaos.py`."""
    run = here.begin(*here.order(SAMPLE, here.truth(SAMPLE)["dossier"]))
    deadline = time.monotonic() + 300
    while not entries(here, "page-read") and run.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    assert entries(here, "page-read"), "the moment never came"
    here.kill()
    run.wait(timeout=60)
    assert run.returncode != 0, "the clerk is told"


def contents(here: Counter, to: Path) -> dict[str, str]:
    """Path and role of every file of the package, originals by their bytes."""
    dossier = here.truth(SAMPLE)["dossier"]
    assert here.sohoa("export", dossier, "--to", to).exit_code == 0
    manifest = json.loads((to / "data" / "manifest.json").read_text("utf-8"))
    return {f["path"]: f["sha256"] if f["role"] == "original" else f["role"] for f in manifest["files"]}


def test_killed_while_reading_it_ends_in_the_same_archive(
    shaky: Counter, counter: Counter, tmp_path: Path
) -> None:
    kill_with_a_page_read(shaky)
    report = shaky.digitise(SAMPLE)
    assert report.exit_code == 0, report.stderr
    undisturbed = counter.digitise(SAMPLE)
    assert undisturbed.exit_code == 0, undisturbed.stderr
    assert contents(shaky, tmp_path / "shaky") == contents(counter, tmp_path / "calm")
    keys = [kept["key"] for kept in report.data["archive"]]
    assert keys == [kept["key"] for kept in undisturbed.data["archive"]]
    read = Count(entry["picture"] for entry in entries(shaky, "page-read"))
    assert len(read) == PAGES
    assert set(read.values()) == {1}, "no finished page is read twice"
    assert len({entry["sha256"] for entry in entries(shaky, "sealed")}) == KEPT
    assert shaky.sohoa("verify", "--dossier", report.data["dossier"]).exit_code == 0
