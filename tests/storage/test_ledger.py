"""The ledger's chain: it grows under many hands and shows every tampering."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dossier.errors import LedgerBroken, StorageError
from storage.ledger import BEGINNING, SqlLedger

REPOSITORY = Path(__file__).resolve().parents[2]
MOMENT = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "sohoa.sqlite"


@pytest.fixture
def ledger(database: Path) -> SqlLedger:
    return SqlLedger(f"sqlite:///{database}", lambda: MOMENT)


def fill(ledger: SqlLedger, entries: int) -> None:
    for number in range(entries):
        ledger.append("cán bộ MẪU", "page-read", "H56.101-250715-0001", json.dumps({"page": number}))


def tamper(database: Path, *statements: str) -> None:
    """What somebody with the file in hands can do: take the triggers away first."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for name in ("ledger_refuses_update", "ledger_refuses_delete"):
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)


def test_entries_are_chained(ledger: SqlLedger) -> None:
    assert ledger.verify() == 0
    assert ledger.head() is None
    first = ledger.append("cán bộ MẪU", "archived", "H56.101-250715-0001", "{}")
    second = ledger.append("cán bộ MẪU", "exported", "H56.101-250715-0002", "{}")
    assert (first.number, first.previous_sha256) == (1, BEGINNING)
    assert (second.number, second.previous_sha256) == (2, first.sha256)
    assert first.at == "2026-11-22T00:30:00.000+07:00"
    assert ledger.verify() == 2
    assert ledger.head() == second
    assert ledger.entries() == (second, first)
    assert ledger.entries(limit=1) == (second,)
    assert ledger.entries(subject="H56.101-250715-0001") == (first,)


def test_it_goes_on_after_being_opened_again(ledger: SqlLedger, database: Path) -> None:
    fill(ledger, 2)
    ledger.close()
    again = SqlLedger(f"sqlite:///{database}")
    assert again.append("a", "b", "c", "{}").number == 3
    assert again.verify() == 3


@pytest.mark.parametrize("change", ["UPDATE ledger SET detail = 'x'", "DELETE FROM ledger"])
def test_the_database_itself_refuses_changes(ledger: SqlLedger, database: Path, change: str) -> None:
    fill(ledger, 2)
    with closing(sqlite3.connect(database)) as connection, pytest.raises(sqlite3.Error, match="append-only"):
        connection.execute(change)
    assert ledger.verify() == 2


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE ledger SET actor = 'x' WHERE number = 3", "entry 3: was changed"),
        ("UPDATE ledger SET at = '2020-01-01' WHERE number = 1", "entry 1: was changed"),
        ("DELETE FROM ledger WHERE number = 2", "entry 2: is missing"),
        ("DELETE FROM ledger WHERE number = 1", "entry 1: is missing"),
        ("UPDATE ledger SET number = 9 WHERE number = 5", "entry 5: is missing"),
        ("UPDATE ledger SET sha256 = 'x' WHERE number = 2", "entry 2: was changed"),
        (
            "INSERT INTO ledger SELECT 0, at, actor, action, subject, detail, 'p', 's' FROM ledger LIMIT 1",
            "entry 1: is missing",
        ),
    ],
)
def test_tampering_is_found_and_named(ledger: SqlLedger, database: Path, statement: str, says: str) -> None:
    fill(ledger, 5)
    assert ledger.verify() == 5
    tamper(database, statement)
    with pytest.raises(LedgerBroken, match=says):
        ledger.verify()


def test_a_whole_chain_put_in_its_place_is_found_by_the_kept_head(ledger: SqlLedger, database: Path) -> None:
    fill(ledger, 5)
    head = ledger.head()
    assert head is not None
    assert ledger.holds(head.number, head.sha256)
    tamper(database, "DELETE FROM ledger WHERE number > 3")
    assert ledger.verify() == 3
    assert not ledger.holds(head.number, head.sha256)
    ledger.append("x", "y", "z", "{}")
    ledger.append("x", "y", "z", "{}")
    assert ledger.verify() == 5
    assert not ledger.holds(head.number, head.sha256)


def test_threads_take_turns(ledger: SqlLedger) -> None:
    with ThreadPoolExecutor(6) as pool:
        entries = list(pool.map(lambda n: ledger.append("a", "b", str(n), "{}"), range(60)))
    assert sorted(entry.number for entry in entries) == list(range(1, 61))
    assert ledger.verify() == 60


def test_processes_make_the_tables_in_the_same_moment_and_take_turns(database: Path) -> None:
    script = (
        "import sys\nfrom storage.ledger import SqlLedger\nledger = SqlLedger(sys.argv[1])\n"
        "for n in range(20): ledger.append('a', 'b', sys.argv[2], '{}')\n"
    )
    arguments = [sys.executable, "-c", script, f"sqlite:///{database}"]
    writers = [subprocess.Popen([*arguments, name], cwd=REPOSITORY) for name in ("one", "two", "three")]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    ledger = SqlLedger(f"sqlite:///{database}")
    assert ledger.verify() == 60
    assert len(ledger.entries(subject="two")) == 20


def test_personal_numbers_never_enter(ledger: SqlLedger, database: Path) -> None:
    detail = json.dumps({"number": "001099000000", "size": 123456789, "inner": [{"k": "cũ 123456789"}]})
    entry = ledger.append("001099000000", "register-asked", "hồ sơ 001 099 000 000", detail)
    assert json.loads(entry.detail) == {
        "number": "001•••••••00",
        "size": 123456789,
        "inner": [{"k": "cũ 123••••89"}],
    }
    assert entry.subject == "hồ sơ 001 ••• ••• •00"
    assert ledger.entries(subject="hồ sơ 001 099 000 000") == (entry,)
    assert ledger.append("a", "b", "c", "no JSON: 001099000000").detail == "no JSON: 001•••••••00"
    assert ledger.verify() == 2
    ledger.close()
    assert b"001099000000" not in database.read_bytes()


def test_fingerprints_and_codes_stay_whole(ledger: SqlLedger) -> None:
    detail = json.dumps(
        {"sha256": "123456789012" * 5 + "abcd", "prefix": "dossiers/000.00.17.H56-250715-0001/x"}
    )
    entry = ledger.append("cán bộ MẪU", "archived", "000.00.17.H56-250715-0001", detail)
    assert (entry.subject, entry.detail) == ("000.00.17.H56-250715-0001", detail)


def test_a_database_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "no.sqlite").write_bytes(b"this is no database, but it is long enough to be looked at" * 9)
    for url in (f"sqlite:///{tmp_path}/no.sqlite", "nonsense://x", "nonsense"):
        with pytest.raises(StorageError, match="database"):
            SqlLedger(url)


def test_a_step_that_was_said_is_not_said_again(ledger: SqlLedger) -> None:
    """A killed process may have finished a step without saying so; the next run says it, once."""
    first = ledger.append_once("Cán bộ", "page-read", "H42-1", '{"number": 1}')
    assert ledger.append_once("Cán bộ khác", "page-read", "H42-1", '{"number": 1}') == first
    assert ledger.append_once("Cán bộ", "page-read", "H42-1", '{"number": 2}') != first
    assert ledger.append_once("Cán bộ", "page-read", "H42-2", '{"number": 1}') != first
    assert ledger.append_once("Cán bộ", "sealed", "H42-1", '{"number": 1}') != first
    assert ledger.verify() == 4
    with ThreadPoolExecutor(4) as threads:
        said = list(threads.map(lambda _: ledger.append_once("a", "archived", "H42-3", "{}"), range(8)))
    assert len({entry.number for entry in said}) == 1
    assert ledger.verify() == 5


def test_letters_of_a_detail_stand_as_they_are(tmp_path: Path) -> None:
    ledger = SqlLedger(f"sqlite:///{tmp_path / 'a.sqlite'}")
    reason = "Công văn 5/TAND-MẪU\u00a0"
    entry = ledger.append("a", "hold-ordered", "H", json.dumps({"reason": reason, "person": "001099000000"}))
    assert reason in entry.detail
    assert "001099000000" not in entry.detail
    half = ledger.append("a", "viewed", "H", json.dumps({"why": "\ud83d"}))
    assert json.loads(half.detail) == {"why": "\ud83d"}
    plain = json.dumps({"objects": 3})
    assert ledger.append("a", "held", "H", plain).detail == plain
    # As docs/audit.md says that a digest is made.
    fields = {name: getattr(entry, name) for name in entry.__slots__ if name != "sha256"}
    said = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(said.encode()).hexdigest() == entry.sha256
    assert ledger.verify() == 3
    ledger.close()
