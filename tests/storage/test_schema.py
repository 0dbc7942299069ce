"""Databases of earlier releases become those of this one, on each kind; nothing stands half-way."""

from __future__ import annotations

import importlib
import pkgutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import storage
from dossier.errors import DatabaseUnfit, SchemaNewer, StorageError
from storage import migrations, schema
from storage.database import open_database, writing
from storage.deposits import SqlDeposits
from storage.judgements import KeptPaper, SqlJudgements
from storage.keyring import DataKey, Keyring
from storage.ledger import SqlLedger
from storage.migrations import first_archive, first_desk
from tests.databases import Databases

LATER = ("work", "work_results", "kept_pages", "kept_page_names")
"""Tables that came with a later revision than the first."""
BEFORE = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bare.sqlite'}"
    databases: Databases = request.getfixturevalue("databases")
    return databases.bare()


@pytest.fixture
def bare(bare_url: str) -> Iterator[sa.Engine]:
    """The same, to look into it past the product."""
    made = sa.create_engine(bare_url.replace("postgresql:", "postgresql+psycopg:"))
    yield made
    made.dispose()


def declared() -> list[sa.MetaData]:
    """What every module of storage says about its tables."""
    found = []
    for module in pkgutil.iter_modules(storage.__path__):
        if module.name in ("migrations", "database"):
            continue
        made = importlib.import_module(f"storage.{module.name}")
        found += [each for each in vars(made).values() if isinstance(each, sa.MetaData)]
    return list({id(each): each for each in found}.values())


def made_before_revisions(bare: sa.Engine, *left_out: str) -> None:
    """A database as the release before this one made it: some tables, as they were needed."""
    with bare.begin() as connection:
        for tables in (first_archive.tables, first_desk.tables):
            some = [table for table in tables.sorted_tables if table.name not in left_out]
            tables.create_all(connection, some)
        entry = {"number": 1, "at": "2026-11-22T08:00:00.000+07:00", "actor": "MẪU", "action": "tried"}
        entry |= {"subject": "H1", "detail": "", "previous_sha256": "0" * 64, "sha256": "x" * 64}
        connection.execute(sa.insert(first_archive.tables.tables["ledger"]).values(entry))


def test_revisions_make_what_the_modules_declare(bare_url: str, bare: sa.Engine) -> None:
    open_database(bare_url).dispose()
    with bare.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, declared())
    assert differences == []


def test_the_newest_revision_is_the_last_of_one_line() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_heads() == [schema.NEWEST]
    assert [each.revision for each in scripts.walk_revisions()][-1] == "0001"


@pytest.mark.parametrize("left_out", [(), ("web_sessions", "deposits", "desk_words")])
def test_a_database_from_before_there_were_revisions_keeps_what_it_has(
    bare_url: str, bare: sa.Engine, left_out: tuple[str, ...]
) -> None:
    made_before_revisions(bare, *left_out)
    opened = open_database(bare_url)
    opened.dispose()
    with bare.connect() as connection:
        assert schema.revision_of(connection) == schema.NEWEST
        names = set(sa.inspect(connection).get_table_names())
        assert {*left_out, *LATER} <= names
        assert connection.exec_driver_sql("SELECT subject FROM ledger").scalars().all() == ["H1"]
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, declared()) == []


def test_papers_that_were_kept_before_they_had_marks_are_found(bare_url: str, bare: sa.Engine) -> None:
    made_before_revisions(bare)
    with bare.begin() as connection:
        row = {"person": "p1", "kind": "gcn_ket_hon", "dossier": "MẪU-1"}
        connection.execute(sa.insert(first_desk.tables.tables["kept_papers"]).values(row))
    judgements = SqlJudgements(bare_url)
    assert judgements.papers_of(["p1"]) == (KeptPaper("p1", "gcn_ket_hon", "MẪU-1", ""),)
    judgements.close()


def test_an_upgrade_that_breaks_off_leaves_the_database_as_it_was(
    bare_url: str, bare: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_before_revisions(bare, "deposits")
    with bare.connect() as connection:
        before = sorted(sa.inspect(connection).get_table_names())

    def breaks_off(connection: sa.Connection) -> None:
        schema.bring_forward(connection)
        raise StorageError("database", "the machine was switched off here")

    monkeypatch.setattr("storage.database.bring_forward", breaks_off)
    with pytest.raises(StorageError, match="switched off"):
        open_database(bare_url)
    with bare.connect() as connection:
        assert sorted(sa.inspect(connection).get_table_names()) == before
    monkeypatch.undo()
    open_database(bare_url).dispose()
    with bare.connect() as connection:
        assert schema.revision_of(connection) == schema.NEWEST


def test_what_was_begun_before_anybody_noted_a_review_is_begun_again_for_a_clerk(
    bare_url: str, bare: sa.Engine
) -> None:
    with bare.begin() as connection:
        schema.bring_to(connection, "0004")
        row = {"dossier": "A-1", "client": "province", "counter": "", "procedure": "1.001193", "version": 1}
        row |= {"received_on": "2026-11-20", "cases": "[]", "state": "failed", "is_held": False}
        row |= {"trouble": "", "opened_at": "x", "changed_at": "x", "said": "{}"}
        columns = [sa.column(name) for name in row]
        connection.execute(sa.insert(sa.table("deposits", *columns)).values(row))
    kept = SqlDeposits(bare_url, Keyring([DataKey(b"k" * 32)]))
    assert kept.wants_review("A-1")
    for review in (False, True):
        kept.note_begun("A-1", review=review)
        assert kept.wants_review("A-1") is review
    kept.close()


def test_a_newer_database_is_refused_whichever_it_is(bare_url: str, bare: sa.Engine) -> None:
    open_database(bare_url).dispose()
    with bare.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaNewer, match="9999"):
        open_database(bare_url)
    with bare.connect() as connection:
        assert schema.revision_of(connection) == "9999"


def test_the_ledger_of_a_new_database_refuses_changes(bare_url: str, bare: sa.Engine) -> None:
    ledger = SqlLedger(bare_url, lambda: BEFORE)
    ledger.append("MẪU", "tried", "H1", "")
    for statement in ("UPDATE ledger SET actor = 'x'", "DELETE FROM ledger"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), bare.begin() as connection:
            connection.exec_driver_sql(statement)
    assert ledger.verify() == 1
    ledger.close()


def test_the_schema_of_the_last_state_was_written_down_rightly() -> None:
    """What the tables of 0001 are: counted once from the code of the release before revisions."""
    tables = [*first_archive.tables.tables.values(), *first_desk.tables.tables.values()]
    columns = sum(len(table.columns) for table in tables)
    assert (len(tables), columns, sum(len(table.indexes) for table in tables)) == (33, 192, 30)


def test_a_database_that_sorts_or_writes_otherwise_is_refused(databases: Databases) -> None:
    made = databases.server.database("latin", encoding="LATIN1")
    with pytest.raises(DatabaseUnfit, match="LATIN1"):
        open_database(made)


def test_writers_take_turns_and_readers_do_not_wait(database_url: str) -> None:
    shared = open_database(database_url)
    with writing(shared) as one:
        one.exec_driver_sql("INSERT INTO data_keys VALUES ('k1', 'now')")
        with shared.connect() as other:
            assert other.exec_driver_sql("SELECT count(*) FROM data_keys").scalar() == 0
    shared.dispose()


def test_a_writer_that_fell_silent_gives_its_turn_back(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.postgres._ABANDONED", "100ms")
    url = databases.emptied()
    silent, other = open_database(url), SqlLedger(url)

    def falls_silent() -> None:
        with writing(silent) as stuck:
            stuck.exec_driver_sql("INSERT INTO data_keys VALUES ('k1', 'now')")
            assert other.append("MẪU", "tried", "H1", "").number == 1  # waits for the turn, and gets it
            stuck.exec_driver_sql("SELECT 1")

    with pytest.raises(StorageError, match="terminat"):
        falls_silent()
    with silent.connect() as look:
        assert look.exec_driver_sql("SELECT count(*) FROM data_keys").scalar() == 0
    other.close()
    silent.dispose()


def test_sqlite_is_not_locked_by_a_look(tmp_path: Path) -> None:
    file = tmp_path / "kept.sqlite"
    open_database(f"sqlite:///{file}").dispose()
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        open_database(f"sqlite:///{file}").dispose()
        other.rollback()
