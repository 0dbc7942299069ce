"""One pool for everybody in a process, given back when the last one is done."""

from __future__ import annotations

import gc
import os
import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text

from dossier.errors import DatabaseUnfit, SchemaNewer, StorageError
from storage.connections import SharedEngine
from storage.database import _sqlite, open_database, reading
from storage.desk import SqlDesk
from storage.index import SqlIndex
from storage.judgements import SqlJudgements
from storage.keyring import Keyring, new_key
from storage.ledger import SqlLedger
from storage.people import SqlPeople
from storage.postgres import answered_within
from storage.review import SqlReviews
from storage.schema import NEWEST
from tests.databases import Databases


def open_files(folder: Path) -> int:
    """How many descriptors of this process lead into a folder."""
    found = 0
    for each in tuple(Path("/proc/self/fd").iterdir()):
        with suppress(FileNotFoundError):  # that of the listing itself
            found += str(each.readlink()).startswith(str(folder))
    return found


def holders(url: str) -> list[SqlIndex | SqlLedger | SqlJudgements | SqlPeople | SqlReviews | SqlDesk]:
    keys = Keyring([new_key()])
    return [
        SqlIndex(url, keys=keys),
        SqlLedger(url),
        SqlJudgements(url),
        SqlPeople(url, keys),
        SqlReviews(url),
        SqlDesk(url, keys),
    ]


def test_all_holders_share_few_files_and_the_last_one_closes_them(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sohoa.sqlite'}"
    held = holders(url)
    assert SqlLedger(url).append("MẪU", "tried", "H1", "").number == 1
    assert 0 < open_files(tmp_path) <= 3  # the database, its log, its shared memory
    for each in held[:-1]:
        each.close()
        each.close()  # twice gives back once
    assert held[-1].codes() == ()  # type: ignore[union-attr]
    assert open_files(tmp_path) > 0
    held[-1].close()
    assert open_files(tmp_path) == 0


def test_a_server_that_is_there_and_never_answers_is_given_up(databases: Databases) -> None:
    engine = open_database(databases.emptied())
    with pytest.raises(StorageError, match="no answer in time"):
        _asked_while_stopped(engine)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    engine.dispose()


def _asked_while_stopped(engine: SharedEngine) -> None:
    with reading(engine) as connection:
        process = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        os.kill(process, signal.SIGSTOP)
        try:
            with answered_within(0.3):
                connection.execute(text("SELECT 1"))
        finally:
            os.kill(process, signal.SIGCONT)


def test_who_was_forgotten_keeps_nothing_open(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sohoa.sqlite'}"
    holders(url)[1].verify()  # type: ignore[union-attr]
    gc.collect()
    assert open_files(tmp_path) == 0


def test_a_file_in_the_place_of_another_is_another_database(tmp_path: Path) -> None:
    file = tmp_path / "sohoa.sqlite"
    first = SqlLedger(f"sqlite:///{file}")
    first.append("MẪU", "tried", "H1", "")
    for each in tmp_path.glob("sohoa.sqlite*"):
        each.unlink()
    second = SqlLedger(f"sqlite:///{file}")
    assert (second.verify(), first.verify()) == (0, 1)
    first.close()
    second.close()


def test_a_forked_child_closes_nothing_of_its_parents(tmp_path: Path) -> None:
    ledger = SqlLedger(f"sqlite:///{tmp_path / 'sohoa.sqlite'}")
    ledger.append("MẪU", "tried", "H1", "")
    child = os.fork()
    if child == 0:
        ledger.close()
        os._exit(0 if open_files(tmp_path) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert ledger.append("MẪU", "tried", "H1", "").number == 2
    ledger.close()


def test_a_newer_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "sohoa.sqlite"
    open_database(f"sqlite:///{file}").dispose()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaNewer, match=f"9999, this release knows {NEWEST}"):
        SqlLedger(f"sqlite:///{file}")
    assert open_files(tmp_path) == 0
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]


@pytest.mark.parametrize("url", ["mysql://u@h/d", "oracle://u@h/d"])
def test_a_kind_of_database_that_nobody_tested_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUnfit, match="SQLite and PostgreSQL"):
        open_database(url)


@pytest.mark.parametrize("url", ["", "nonsense", "postgresql://127.0.0.1:1/none?connect_timeout=1"])
def test_what_cannot_be_opened_is_told(url: str) -> None:
    with pytest.raises(StorageError):
        open_database(url)


def test_several_who_open_a_new_database_at_once_all_get_it(tmp_path: Path) -> None:
    """The first to come turns it to its write-ahead log, and SQLite lets nobody wait for that."""
    together = Barrier(4)

    def opened(url: str) -> None:
        together.wait()
        engine = _sqlite(url)
        with reading(engine):
            pass
        engine.dispose()

    with ThreadPoolExecutor(4) as pool:
        for number in range(60):
            url = f"sqlite:///{tmp_path / f'{number}.sqlite'}"
            assert list(pool.map(opened, [url] * 4)) == [None] * 4
