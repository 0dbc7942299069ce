"""Tables that have no file of tests of their own in this folder behave alike on every kind of database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dossier.accounts import Account, Role, Session
from dossier.clients import DepositOrder, Scope
from dossier.desk_asked import Question, QueueView
from dossier.errors import AccountExists, StorageError
from storage.account_rows import AccountRecord
from storage.accounts import SqlAccounts
from storage.clients import ClientOrder, SqlClients
from storage.deposits import SqlDeposits
from storage.desk import SqlDesk
from storage.holds import SqlHolds
from storage.key_notes import SqlKeyNotes
from storage.keyring import DataKey, Keyring
from storage.ledger import SqlLedger
from storage.ledger_search import LedgerQuestion, SqlLedgerSearch
from storage.outbox import SqlOutbox
from storage.people import Person, SqlPeople, Trace
from storage.review_typed import SqlTyped
from tests.databases import everything_in

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
KEYS = Keyring([DataKey(b"k" * 32)])
NUMBER = "001190005678"


@pytest.fixture
def closed() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_many_who_write_the_ledger_at_once_make_one_chain(database_url: str, closed: ExitStack) -> None:
    ledger = closed.enter_context(closing(SqlLedger(database_url, lambda: NOW)))
    with ThreadPoolExecutor(6) as many:
        list(many.map(lambda number: ledger.append("MẪU", "read", f"H-{number % 3}", "{}"), range(24)))
        list(many.map(lambda _: ledger.append_once("MẪU", "archived", "H-1", "{}"), range(6)))
    assert ledger.verify() == 25
    assert [entry.number for entry in ledger.entries(2)] == [25, 24]
    search = closed.enter_context(closing(SqlLedgerSearch(database_url)))
    assert len(search.find(LedgerQuestion(subject="H-1", begin=date(2026, 11, 22)), 50)) == 9
    assert search.spans(["H-1", "H-9"], "archived")["H-1"].ended_at == "2026-11-22T15:00:00.000+07:00"


def test_accounts_factors_and_sessions(database_url: str, closed: ExitStack) -> None:
    accounts = closed.enter_context(closing(SqlAccounts(database_url, KEYS)))
    account = Account("lan", "Lan (MẪU)", Role.CLERK, "Quầy 1")
    accounts.add(AccountRecord(account, NOW, "hash", None, 0, None, None, "", ""))
    with pytest.raises(AccountExists):
        accounts.add(AccountRecord(account, NOW, "hash", None, 0, None, None, "", ""))
    with ThreadPoolExecutor(6) as many:
        assert sorted(many.map(lambda _: accounts.count_failure("lan"), range(12))) == list(range(1, 13))
        accounts.set_second_factor("lan", "JBSWY3DPEHPK3PXP", frozenset({"a" * 64}))
        assert sum(many.map(lambda _: accounts.use_totp_step("lan", 7), range(6))) == 1
        assert sum(many.map(lambda _: accounts.use_recovery_code("lan", "a" * 64), range(6))) == 1
    accounts.begin_session(Session("s" * 64, "lan", NOW, NOW, False, True, "127.0.0.1"))
    accounts.mark_session("s" * 64, is_locked=True)
    found = accounts.session("s" * 64)
    assert found is not None
    assert (found[0].is_locked, found[1].account) == (True, account)
    accounts.end_old_sessions(NOW + timedelta(days=1))
    assert accounts.session("s" * 64) is None
    assert b"JBSWY3DPEHPK3PXP" not in everything_in(database_url)


def test_what_is_told_goes_out_in_order(database_url: str, closed: ExitStack) -> None:
    outbox = closed.enter_context(closing(SqlOutbox(database_url, KEYS, lambda: NOW)))
    deposits = closed.enter_context(closing(SqlDeposits(database_url, KEYS, lambda: NOW)))
    outbox.subscribe("province", "https://hooks.example/", [])
    for number in range(3):
        deposits.open("province", DepositOrder(f"A-{number}", "1.001193", "", date(2026, 11, 22)))
    told = outbox.deliveries()
    assert sorted(each.event.dossier for each in told) == ["A-0", "A-1", "A-2"]
    assert len({each.event.number for each in told}) == 3


def test_clients_people_holds_keys_and_typed_words(database_url: str, closed: ExitStack) -> None:
    clients = closed.enter_context(closing(SqlClients(database_url, KEYS, lambda: NOW)))
    clients.add(ClientOrder("province", (Scope.DOSSIERS_READ,)))
    people = closed.enter_context(closing(SqlPeople(database_url, KEYS, lambda: NOW)))
    trace = Trace("H-1", ("a" * 64,), (("page", "k"),), ("1.jpg",))
    people.note("H-1", [Person(NUMBER, "Nguyễn Thị Mẫu")], trace)
    people.note("H-1", [Person(NUMBER, "Nguyễn Thị Mẫu")], trace)
    holds = closed.enter_context(closing(SqlHolds(database_url, KEYS, lambda: NOW)))
    notes = closed.enter_context(closing(SqlKeyNotes(database_url)))
    notes.note("abcd1234")
    notes.note("abcd1234")
    assert notes.names() == ("abcd1234",)
    typed = closed.enter_context(closing(SqlTyped(database_url, KEYS, lambda: NOW)))
    typed.keep("lan", "H-1", "name", "Nguyễn Thị Mẫu")
    typed.keep("lan", "H-1", "name", "Nguyễn Thị Mẫu Hai")
    assert holds is not None
    raw = everything_in(database_url)
    assert not [word for word in (NUMBER, "Nguyễn", "Mẫu Hai") if word.encode() in raw]


@pytest.mark.parametrize("day", ["3000000000", "99999999999"])
def test_a_day_that_no_column_holds_is_refused(database_url: str, closed: ExitStack, day: str) -> None:
    desk = closed.enter_context(closing(SqlDesk(database_url, KEYS)))
    with pytest.raises(StorageError, match="not a place"):
        desk.queue(QueueView(), f"{day}.1", 5)
    with pytest.raises(StorageError, match="not a place"):
        desk.search(Question(name="mẫu"), f"0.{day}.1", 5)
    assert desk.queue(QueueView(), "0.1", 5).entries == ()


def test_a_real_database_of_the_last_release_is_read(tmp_path: Path) -> None:
    file = tmp_path / "released.sqlite"
    script = Path(__file__).with_name("released_before_revisions.sql").read_text("utf-8")
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(script)
    url = f"sqlite:///{file}"
    with closing(SqlLedger(url)) as ledger, closing(SqlDesk(url, KEYS)) as desk:
        assert ledger.verify() == 3
        assert len(desk.codes()) == 2
        assert desk.tally(None).by_state[desk.entry("MẪU-1").state] == 2
