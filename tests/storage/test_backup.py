"""Backups in their parts: sealed pieces, tables of any database at one moment, keys apart."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from dossier.archive import ArchivedObject, ArchivePackage
from dossier.errors import (
    BackupDamaged,
    BackupNewer,
    BackupNotFound,
    KeyMissing,
    SohoaError,
    SourceNotFound,
    TargetNotEmpty,
)
from storage import backup_keys
from storage.backup_blobs import PIECE_BYTES, BlobFolder
from storage.backup_keys import read_key_copy, write_key_copy
from storage.backup_set import BackupSet, KeptTable, SetFolder
from storage.backup_tables import Snapshot, SqlTables
from storage.clock import vietnam_now
from storage.desk import SqlDesk
from storage.holds import SqlHolds
from storage.index import SqlIndex
from storage.keyring import DataKey, Keyring, new_key
from storage.ledger import SqlLedger
from storage.people import SqlPeople
from storage.schema import NEWEST
from tests.databases import Databases

KEYS = Keyring([DataKey(b"k" * 32)])
NUMBER = "001190005678"
RELEASED = Path(__file__).with_name("released_before_revisions.sql")
"""A database that the last release made, from before tables had revisions: two dossiers and a hold."""


@pytest.fixture
def blobs(tmp_path: Path) -> BlobFolder:
    return BlobFolder(tmp_path / "backup" / "pieces", KEYS)


@pytest.fixture
def released(tmp_path: Path) -> str:
    """The database of the last release, as it lies there before the update."""
    with closing(sqlite3.connect(tmp_path / "released.sqlite")) as connection:
        connection.executescript(RELEASED.read_text("utf-8"))
    return f"sqlite:///{tmp_path / 'released.sqlite'}"


def kept(url: str, blobs: BlobFolder) -> tuple[str, tuple[KeptTable, ...]]:
    with closing(SqlTables(url)) as tables, tables.at_one_moment() as moment:
        return moment.schema, moment.keep(blobs)


def says_the_same(url: str, other: str) -> bool:
    """Whether two databases hold the same rows."""
    counts = []
    for each in (url, other):
        ledger, index, people, holds = (
            SqlLedger(each),
            SqlIndex(each, keys=KEYS),
            SqlPeople(each, KEYS),
            SqlHolds(each, KEYS),
        )
        codes = index.dossiers()
        counts.append(
            (
                ledger.verify(),
                ledger.digests(0, 100),
                [(index.packages(code), index.files(code), index.summary(code)) for code in codes],
                people.dossiers_of(NUMBER),
                holds.standing(),
            )
        )
        for part in (ledger, index, people, holds):
            part.close()
    return counts[0] == counts[1]


def test_pieces_lie_once_and_tell_nothing(blobs: BlobFolder, tmp_path: Path) -> None:
    long = b"Nguyen Van Mau" * (PIECE_BYTES // 10)
    names = blobs.put(long)
    assert len(names) == 2
    assert blobs.get(names) == long
    written = blobs.written_bytes
    assert blobs.put(long) == names
    assert blobs.written_bytes == written
    assert blobs.get(blobs.put(b"")) == b""
    lying = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"Nguyen" in path.read_bytes() for path in lying)
    assert hashlib.sha256(long[:PIECE_BYTES]).hexdigest() not in names


def test_a_changed_cut_or_swapped_piece_is_told_and_written_anew(blobs: BlobFolder, tmp_path: Path) -> None:
    (name,), (other,) = blobs.put(b"one"), blobs.put(b"two")
    path = next(tmp_path.rglob(name))
    whole = path.read_bytes()
    another = next(tmp_path.rglob(other)).read_bytes()
    for damaged in (whole[:-1], whole[:40] + bytes([whole[40] ^ 1]) + whole[41:], b"one", b"", another):
        path.write_bytes(damaged)
        with pytest.raises(BackupDamaged):
            blobs.get((name,))
    blobs.put_aside(name)
    assert not blobs.is_there((name,))
    assert blobs.put(b"one") == (name,)
    assert blobs.get((name,)) == b"one"
    with pytest.raises(KeyMissing):
        BlobFolder(tmp_path / "backup" / "pieces", Keyring([new_key()])).get((name,))
    with pytest.raises(BackupDamaged):
        blobs.get(("../../etc/passwd",))


def test_a_list_of_contents_is_whole_of_its_key_and_not_newer(tmp_path: Path) -> None:
    sets = SetFolder(tmp_path / "backups", KEYS)
    table = KeptTable("ledger", ("number",), 1, (("a",),))
    made = BackupSet(
        "20261122T090000Z", "", "0.1.0", NEWEST, 1, "", (), (table,), (), 0, (), 0, has_archive=True
    )
    path = sets.write(made)
    assert sets.read(made.name) == made
    assert sets.names() == (made.name,)
    whole = path.read_bytes()
    with pytest.raises(KeyMissing):
        SetFolder(tmp_path / "backups", Keyring([new_key()])).read(made.name)
    path.write_bytes(whole.replace(b"sohoa-backup 1", b"sohoa-backup 2"))
    with pytest.raises(BackupNewer):
        sets.read(made.name)
    for torn in (whole[:-5], whole[:20], b"", b"something else\n"):
        path.write_bytes(torn)
        with pytest.raises(BackupDamaged):
            sets.read(made.name)
    for name in ("20261122T100000Z", "../20261122T090000Z"):
        with pytest.raises(BackupNotFound):
            sets.read(name)


def test_the_database_is_kept_as_it_was_at_one_moment(
    tmp_path: Path, database_url: str, blobs: BlobFolder
) -> None:
    ledger = SqlLedger(database_url)
    ledger.append("MẪU", "tried", "H1", "")
    with closing(SqlTables(database_url)) as tables:
        with tables.at_one_moment() as moment:
            head = moment.ledger_head()
            ledger.append("MẪU", "tried", "H2", "")
            (table,) = [each for each in moment.keep(blobs) if each.name == "ledger"]
        assert (head[0], table.rows) == (1, 1)
        assert ledger.verify() == 2, "nobody waited"
        with pytest.raises(TargetNotEmpty, match="ledger"):
            tables.check_empty()
    ledger.close()


def test_what_sqlite_kept_goes_into_postgresql_and_back(
    released: str, databases: Databases, blobs: BlobFolder, tmp_path: Path
) -> None:
    schema, rows = kept(released, blobs)
    assert schema == NEWEST, "opened by this release, it was brought forward"
    server, back = databases.bare(), f"sqlite:///{tmp_path / 'back.sqlite'}"
    for url in (server, back):
        with closing(SqlTables(url)) as tables:
            tables.check_empty()
            assert tables.load(rows, schema, blobs) == sum(
                t.rows for t in rows if t.name != "alembic_version"
            )
        assert says_the_same(released, url)
        schema, rows = kept(url, blobs)
    # Numbers go on after those that were put back, and the ledger still refuses changes.
    index, ledger = SqlIndex(server, keys=KEYS), SqlLedger(server)
    anew = ArchivedObject("dossiers/MẪU-9/a/1.jpg", "v1", "0" * 64, 1, vietnam_now())
    index.record(ArchivePackage("MẪU-9", "dossiers/MẪU-9/a", "0" * 64, (anew,)), (), "{}")
    assert index.dossiers() == ("MẪU-1", "MẪU-2", "MẪU-9")
    ledger.append("MẪU", "tried", "H2", "")
    assert ledger.verify() == 4
    index.close()
    ledger.close()


def test_a_database_of_the_last_release_is_opened_and_its_backup_restored(
    released: str, tmp_path: Path, blobs: BlobFolder
) -> None:
    # 0. What a backup of that release has in it: its own tables and columns.
    lying = sa.create_engine(released)
    with lying.connect() as connection:
        moment = Snapshot(connection)
        schema, older = moment.schema, moment.keep(blobs)
    lying.dispose()
    assert (schema, "due_on" in next(each for each in older if each.name == "deposits").columns) == (
        "",
        False,
    )
    # 1. As it lies there: everything is found, the chain holds, the desk knows its dossiers.
    ledger, index, desk = SqlLedger(released), SqlIndex(released, keys=KEYS), SqlDesk(released, KEYS)
    assert ledger.verify() == 3
    assert index.dossiers() == desk.codes() == ("MẪU-1", "MẪU-2")
    for part in (ledger, index, desk):
        part.close()
    # 2. From that backup.
    url = f"sqlite:///{tmp_path / 'anew.sqlite'}"
    with closing(SqlTables(url)) as tables:
        tables.load(older, schema, blobs)
    assert says_the_same(released, url)
    assert kept(url, blobs)[0] == NEWEST


def test_rows_that_have_nowhere_to_go_or_are_torn_change_nothing(
    released: str, tmp_path: Path, blobs: BlobFolder
) -> None:
    schema, rows = kept(released, blobs)
    (ledger,) = [each for each in rows if each.name == "ledger"]
    others = tuple(each for each in rows if each is not ledger)
    wrong = {
        BackupNewer: (
            replace(ledger, columns=(*ledger.columns[:-1], "sha512")),
            replace(ledger, name="later"),
        ),
        BackupDamaged: (replace(ledger, rows=4), replace(ledger, pieces=(*ledger.pieces, ("0" * 64,)))),
    }
    with closing(SqlTables(f"sqlite:///{tmp_path / 'anew.sqlite'}")) as tables:
        for error, tried in wrong.items():
            for table in tried:
                with pytest.raises(error):
                    tables.load((*others, table), schema, blobs)
                tables.check_empty()
        with pytest.raises(BackupNewer):
            tables.load(rows, "9999", blobs)
        tables.check_empty()
        assert tables.load(rows, schema, blobs) > 0


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is dear on purpose need not be for a test; the copy says what it cost."""
    monkeypatch.setattr(backup_keys, "COST", 10)


@pytest.fixture
def safe(tmp_path: Path) -> Path:
    file = tmp_path / "keys"
    write_key_copy(file, {"data-keys": b"first", "store-key": b"second"}, "a long passphrase")
    return file


def test_keys_come_back_with_their_passphrase_alone(safe: Path) -> None:
    assert read_key_copy(safe, "a long passphrase") == {"data-keys": b"first", "store-key": b"second"}
    assert safe.stat().st_mode & 0o077 == 0
    whole = safe.read_bytes()
    assert b"first" not in whole
    with pytest.raises(KeyMissing):
        read_key_copy(safe, "another passphrase")
    safe.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(KeyMissing):
        read_key_copy(safe, "a long passphrase")
    safe.write_bytes(whole.replace(b"sohoa-keys 1 ", b"sohoa-keys 2 "))
    with pytest.raises(BackupNewer):
        read_key_copy(safe, "a long passphrase")
    safe.write_bytes(b"no keys")
    with pytest.raises(BackupDamaged):
        read_key_copy(safe, "a long passphrase")
    with pytest.raises(SourceNotFound):
        read_key_copy(safe.with_name("none"), "a long passphrase")
    with pytest.raises(SohoaError):
        write_key_copy(safe, {}, "short")
