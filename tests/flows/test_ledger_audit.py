"""The ledger is proven whole, or the first broken entry is named, whatever was done to it."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from dossier.archive import LedgerEntry
from dossier.errors import LedgerBroken, StorageError, StoreUnreachable
from flows.ledger_audit import LedgerRoom, audit_ledger, keep_head
from pipeline.seal_raise import SealServices
from storage.ledger import BEGINNING, SqlLedger, sealed
from storage.ledger_heads import head_key, stamp_key
from storage.memory import MemoryArchive
from storage.plain_audit import PlainAuditor
from tests.authority import Authority, authority

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
COLUMNS = [field.name for field in fields(LedgerEntry)]
Entries = list[LedgerEntry]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "sohoa.sqlite"


@pytest.fixture
def room(database: Path) -> LedgerRoom:
    archive = MemoryArchive(retention_days=100, clock=lambda: NOW)
    return LedgerRoom(SqlLedger(f"sqlite:///{database}"), archive, PlainAuditor(archive), None)


def write(room: LedgerRoom, entries: int) -> None:
    for number in range(entries):
        room.ledger.append("cán bộ MẪU", "page-read", f"H56.101-250715-{number:04d}", "{}")


def replace_all(database: Path, change: Callable[[Entries], Entries]) -> None:
    """What somebody with the database in hands can do: take everything away, write something else."""
    with closing(sqlite3.connect(database)) as connection, connection:
        names = ", ".join(COLUMNS)
        rows = connection.execute(f"SELECT {names} FROM ledger ORDER BY number").fetchall()  # noqa: S608
        for trigger in ("ledger_refuses_update", "ledger_refuses_delete"):
            connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        connection.execute("DELETE FROM ledger")
        marks = ", ".join("?" * len(COLUMNS))
        for entry in change([LedgerEntry(*row) for row in rows]):
            values = [getattr(entry, name) for name in COLUMNS]
            connection.execute(f"INSERT INTO ledger ({names}) VALUES ({marks})", values)  # noqa: S608


def chained(entries: Entries) -> Entries:
    """The entries numbered and chained anew, as if they had always been so."""
    made: Entries = []
    for number, entry in enumerate(entries, 1):
        previous = made[-1].sha256 if made else BEGINNING
        made.append(sealed(replace(entry, number=number, previous_sha256=previous)))
    return made


def changed(entries: Entries) -> Entries:
    return [replace(e, actor="ai đó") if e.number == 4 else e for e in entries]


def changed_and_sealed(entries: Entries) -> Entries:
    return [sealed(replace(e, actor="ai đó")) if e.number == 4 else e for e in entries]


def removed(entries: Entries) -> Entries:
    return [e for e in entries if e.number != 4]


def inserted(entries: Entries) -> Entries:
    made = replace(entries[0], action="archived")
    return chained([*entries[:3], made, *entries[3:]])


def reordered(entries: Entries) -> Entries:
    swapped = [*entries[:3], entries[4], entries[3], *entries[5:]]
    return [replace(e, number=n) for n, e in enumerate(swapped, 1)]


def reordered_and_chained(entries: Entries) -> Entries:
    return chained([*entries[:3], entries[4], entries[3], *entries[5:]])


def truncated(entries: Entries) -> Entries:
    return entries[:3]


def rewritten(entries: Entries) -> Entries:
    return chained([replace(e, detail='{"x": 1}') if e.number == 4 else e for e in entries])


def emptied(_entries: Entries) -> Entries:
    return []


@pytest.mark.parametrize(
    ("change", "number"),
    [
        (changed, 4),
        (changed_and_sealed, 4),
        (removed, 4),
        (inserted, 4),
        (reordered, 4),
        (reordered_and_chained, 4),
        (truncated, 4),
        (rewritten, 4),
        (emptied, 1),
    ],
)
def test_every_tampering_is_found_at_its_entry(
    room: LedgerRoom, database: Path, change: Callable[[Entries], Entries], number: int
) -> None:
    write(room, 8)
    (head,) = keep_head(room, NOW)
    write(room, 3)
    whole = audit_ledger(room, NOW)
    assert (whole.entries, whole.broken, whole.troubles, whole.locked_to) == (12, None, (), 8)
    assert head.key == head_key(8)
    replace_all(database, change)
    found = audit_ledger(room, NOW)
    assert found.broken is not None
    assert found.broken.number == number
    # What is broken is not put under lock as if it were right.
    with pytest.raises(LedgerBroken, match=f"ledger entry {number}"):
        keep_head(room, NOW + timedelta(days=1))
    assert room.archive.list("ledger/") == (head.key,)


def test_what_lies_under_no_lock_yet_is_proven_by_the_chain_alone(room: LedgerRoom, database: Path) -> None:
    write(room, 4)
    keep_head(room, NOW)
    write(room, 4)
    assert audit_ledger(room, NOW).locked_to == 4
    replace_all(database, lambda entries: [e for e in entries if e.number != 7])
    broken = audit_ledger(room, NOW).broken
    assert broken is not None
    assert (broken.number, "missing" in broken.reason) == (7, True)


def test_heads_follow_one_another_and_none_can_be_left_out(room: LedgerRoom) -> None:
    archive = cast(MemoryArchive, room.archive)
    write(room, 3)
    keep_head(room, NOW)
    write(room, 2)
    keep_head(room, NOW + timedelta(days=1))
    write(room, 2)
    keep_head(room, NOW + timedelta(days=2))
    audited = audit_ledger(room, NOW)
    assert (audited.heads, audited.locked_to, audited.entries) == (3, 9, 10)
    assert audited.troubles == ()
    taken = dict(archive._kept)
    for key, said in ((head_key(6), "is gone or was changed"), (head_key(9), "is not in the store as entry")):
        archive._kept = {k: v for k, v in taken.items() if k != key}
        assert any(said in trouble for trouble in audit_ledger(room, NOW).troubles), key
    # A head whose bytes changed is none.
    kept, data = taken[head_key(6)]
    archive._kept = {**taken, head_key(6): (kept, data.replace(b"sohoa", b"other"))}
    assert any(head_key(6) in trouble for trouble in audit_ledger(room, NOW).troubles)


def test_a_lock_that_has_ended_is_told(room: LedgerRoom) -> None:
    write(room, 2)
    keep_head(room, NOW)
    assert audit_ledger(room, NOW + timedelta(days=99)).troubles == ()
    (trouble,) = audit_ledger(room, NOW + timedelta(days=101)).troubles
    assert "its lock ended" in trouble


def test_a_store_that_is_down_is_not_checked_and_no_pass(room: LedgerRoom) -> None:
    write(room, 2)

    class Down(MemoryArchive):
        def list(self, prefix: str) -> tuple[str, ...]:
            raise StoreUnreachable("store", "refused")

    down = replace(room, archive=Down(), auditor=PlainAuditor(Down()))
    audited = audit_ledger(down, NOW)
    assert (audited.broken, audited.troubles) == (None, ())
    assert "refused" in audited.not_checked[0]
    with pytest.raises(StoreUnreachable):
        keep_head(down, NOW)


def test_a_ledger_file_that_was_half_written_is_named_at_its_entry(
    room: LedgerRoom, database: Path, tmp_path: Path
) -> None:
    write(room, 300)
    keep_head(room, NOW)
    cast(SqlLedger, room.ledger).close()
    whole = database.read_bytes()
    torn = tmp_path / "torn.sqlite"
    torn.write_bytes(whole[: len(whole) // 8192 * 4096])
    try:
        ledger: Any = SqlLedger(f"sqlite:///{torn}")
    except StorageError as e:
        assert "malformed" in str(e)  # noqa: PT017
        return
    audited = audit_ledger(replace(room, ledger=ledger), NOW)
    assert audited.broken is not None
    assert 1 <= audited.broken.number <= 300


def test_heads_are_stamped_and_openssl_agrees(room: LedgerRoom, office: Authority, tmp_path: Path) -> None:
    roots = (office.certificate("root"),)
    down = replace(room, services=SealServices("http://127.0.0.1:9/tsa", roots))
    write(room, 3)
    keep_head(down, NOW)
    audited = audit_ledger(down, NOW)
    assert (audited.stamped_to, audited.stamped_at, audited.troubles) == (0, None, ())
    # The service is back: the head of yesterday is stamped too.
    stamped = replace(room, services=SealServices(office.timestamp_url, roots))
    write(room, 1)
    keep_head(stamped, NOW + timedelta(days=1))
    audited = audit_ledger(stamped, NOW)
    assert (audited.stamped_to, audited.locked_to, audited.troubles) == (5, 5, ())
    assert audited.stamped_at is not None
    # Somebody else's judgement.
    head, token = (tmp_path / name for name in ("head.json", "head.tst"))
    head.write_bytes(room.archive.get(head_key(5)))
    token.write_bytes(room.archive.get(stamp_key(head_key(5))))
    (tmp_path / "root.pem").write_bytes(roots[0].public_bytes(Encoding.PEM))
    (tmp_path / "issuer.pem").write_bytes(office.certificate("issuer").public_bytes(Encoding.PEM))
    command = [
        *("openssl", "ts", "-verify", "-token_in", "-in", str(token), "-data", str(head)),
        *("-CAfile", str(tmp_path / "root.pem"), "-untrusted", str(tmp_path / "issuer.pem")),
    ]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    # Every flipped byte of a stamp is found.
    archive = cast(MemoryArchive, room.archive)
    kept, data = archive._kept[stamp_key(head_key(5))]
    for place in range(0, len(data), max(1, len(data) // 12)):
        flipped = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        archive._kept[kept.key] = kept, flipped
        assert audit_ledger(stamped, NOW).troubles, place
    # A stamp over another head proves nothing.
    archive._kept[kept.key] = kept, archive.get(stamp_key(head_key(3)))
    assert any("other data" in trouble for trouble in audit_ledger(stamped, NOW).troubles)
    # Without roots nothing is proven.
    archive._kept[kept.key] = kept, data
    assert audit_ledger(replace(stamped, services=None), NOW).stamped_to == 0
