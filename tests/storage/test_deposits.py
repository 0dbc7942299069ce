"""Dossiers that other systems hand in: opened once, erased whole, sealed anew with the newest key."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from dossier.clients import DepositFile, DepositOrder
from dossier.errors import DepositNotFound, DepositRefused
from storage.deposits import SqlDeposits
from storage.judgements import SqlJudgements
from storage.keyring import DataKey, Keyring
from storage.outbox import SqlOutbox
from storage.resealing import Resealer
from tests.databases import everything_in

OLD, NEW = DataKey(b"o" * 32), DataKey(b"n" * 32)
ORDER = DepositOrder("A-1", "1.001193", "Quầy 1", date(2026, 11, 22))
FILE = DepositFile(0, "a" * 64, 10, "image/jpeg", ".jpg")


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


@pytest.fixture
def deposits(url: str) -> Iterator[SqlDeposits]:
    kept = SqlDeposits(url, Keyring([OLD]))
    yield kept
    kept.close()


def test_many_who_open_the_same_dossier_at_once_open_one_and_tell_it_once(
    deposits: SqlDeposits, url: str
) -> None:
    outbox = SqlOutbox(url, Keyring([OLD]))
    outbox.subscribe("province", "https://hooks.example/", [])
    with ThreadPoolExecutor(8) as many:
        news = [is_new for _, is_new in many.map(lambda _: deposits.open("province", ORDER), range(16))]
    assert news.count(True) == 1
    assert [each.event.kind for each in outbox.deliveries()] == ["dossier.opened"]
    outbox.close()


def test_many_pages_at_once_have_places_of_their_own_and_no_more_than_allowed(deposits: SqlDeposits) -> None:
    deposits.open("province", ORDER)

    def add(number: int) -> int:
        file = DepositFile(0, f"{number:064x}", 10, "image/jpeg", ".jpg")
        try:
            return deposits.add_file("A-1", file, 10)[0].position
        except DepositRefused:
            return 0

    with ThreadPoolExecutor(8) as many:
        places = sorted(many.map(add, range(16)))
    assert places == [0] * 6 + list(range(1, 11))


def test_whoever_is_erased_leaves_no_deposit_and_no_event(deposits: SqlDeposits, url: str) -> None:
    outbox, judgements = SqlOutbox(url, Keyring([OLD])), SqlJudgements(url)
    outbox.subscribe("province", "https://hooks.example/", [])
    deposits.open("province", ORDER, "key-1", "f" * 64)
    deposits.add_file("A-1", FILE, 10)
    deposits.keep_report("A-1", '{"identities": []}')
    judgements.forget("A-1")
    with pytest.raises(DepositNotFound):
        deposits.find("A-1")
    assert deposits.files("A-1") == ()
    assert outbox.deliveries() == ()
    assert deposits.open("province", ORDER, "key-1", "e" * 64)[1], "not even its key is left"
    judgements.close()
    outbox.close()


def test_a_verdict_is_sealed_and_goes_under_new_keys(deposits: SqlDeposits, url: str) -> None:
    deposits.open("province", ORDER)
    deposits.keep_report("A-1", '{"identities": [{"full_name": "TRẦN THỊ MẪU"}]}')
    deposits.open("province", DepositOrder("A-2", "1.001193", "", date(2026, 11, 22)))
    assert "TRẦN".encode() not in everything_in(url)
    both = Keyring([OLD, NEW])
    anew = Resealer(url, both, {})
    assert [step.outcome for step in anew.steps() if step.place == "deposits"] == ["sealed"]
    assert anew.due()["deposits"] == 0
    anew.close()
    after = SqlDeposits(url, Keyring([NEW]))
    assert "TRẦN THỊ MẪU" in (after.report("A-1") or "")
    assert after.report("A-2") is None
    after.close()


def test_a_file_that_another_dossier_has_is_not_given_up(deposits: SqlDeposits) -> None:
    for code in ("A-1", "A-2"):
        deposits.open("province", DepositOrder(code, "1.001193", "", date(2026, 11, 22)))
        deposits.add_file(code, FILE, 10)
    assert not deposits.drop_file("A-1", FILE.sha256)
    assert deposits.withdraw("A-2") == (FILE.sha256,)
