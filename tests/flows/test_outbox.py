"""Events reach a subscriber once it is back, in order, and never twice to the same effect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from threading import Event, Thread

import pytest

from dossier.clients import DeliveryState, DepositOrder
from dossier.desk import DeskState
from dossier.errors import ClientRefused, SignatureRefused
from flows.outbox import MOST_ATTEMPTS, Teller, pause_seconds, watch_outbox
from flows.wiring import VIETNAM
from storage.deposits import SqlDeposits
from storage.keyring import DataKey, Keyring
from storage.outbox import SqlOutbox
from storage.webhook_line import LineSettings
from storage.webhook_signature import SignatureCheck
from tests.receivers import receiver, wait_for

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=VIETNAM)
LOOPBACK = LineSettings(("127.0.0.0/8",), seconds=5.0)
MOST = 6


@dataclass
class Sender:
    """Our side: deposits, the outbox, and the teller over them."""

    deposits: SqlDeposits
    outbox: SqlOutbox
    teller: Teller
    now: float = NOW.timestamp()

    def open(self, code: str, client: str = "province") -> None:
        self.deposits.open(client, DepositOrder(code, "1.001193", "Quầy 1", date(2026, 11, 22)))

    def run(self, rounds: int = 10) -> None:
        """Rounds of telling, each an hour after the one before, so that no pause stands in the way."""
        for _ in range(rounds):
            self.now += 3700
            self.teller.step(self.now)


def sender_over(folder: Path, line: LineSettings = LOOPBACK) -> Sender:
    url, keys = f"sqlite:///{folder / 'sohoa.sqlite'}", Keyring([DataKey(b"c" * 32)])
    outbox = SqlOutbox(url, keys, lambda: NOW)
    return Sender(
        SqlDeposits(url, keys, lambda: NOW),
        outbox,
        Teller(outbox, line, most_attempts=MOST, chance=lambda: 1.0),
    )


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Sender]:
    here = sender_over(tmp_path)
    yield here
    here.deposits.close()
    here.outbox.close()


def test_every_change_is_told_in_order_and_signed(sender: Sender) -> None:
    with receiver() as there:
        _, secret = sender.outbox.subscribe("province", there.url, [])
        sender.open("A-1")
        sender.open("B-1")
        sender.deposits.move("A-1", DeskState.READING)
        sender.deposits.move("A-1", DeskState.ARCHIVED)
        sender.run()
    assert [told for told in there.told if told[0] == "A-1"] == [("A-1", 1), ("A-1", 2), ("A-1", 3)]
    assert ("B-1", 1) in there.told
    assert len(there.calls) == 4
    check = SignatureCheck([secret])
    for headers, body in there.calls:
        said = float(headers["webhook-timestamp"])
        assert check.check(headers, body, said).id == headers["webhook-id"]
    with pytest.raises(SignatureRefused):
        SignatureCheck([secret]).check(there.calls[0][0], there.calls[1][1], said)


def test_nothing_is_told_of_a_change_that_was_taken_back(sender: Sender) -> None:
    sender.outbox.subscribe("province", "http://127.0.0.1:9/", [])
    sender.open("A-1")
    before = len(sender.outbox.deliveries())
    for state in (DeskState.ARCHIVED, DeskState.READING):
        sender.deposits.move("A-1", state)
    sender.deposits.move("A-1", DeskState.READING)  # the same again
    assert len(sender.outbox.deliveries()) == before + 2


@pytest.mark.parametrize("trouble", ["500", "503", "429", "302", "cut"])
def test_what_was_not_heard_is_told_again_under_the_same_id_and_in_order(
    sender: Sender, trouble: str
) -> None:
    with receiver(trouble, trouble, "204") as there:
        sender.outbox.subscribe("province", there.url, [])
        sender.open("A-1")
        sender.deposits.move("A-1", DeskState.READING)
        sender.run()
    assert there.told == [("A-1", 1), ("A-1", 1), ("A-1", 1), ("A-1", 2)]
    assert len(set(there.ids)) == 2
    assert all("elsewhere" not in headers.get("path", "") for headers, _ in there.calls)
    assert {d.state for d in sender.outbox.deliveries()} == {DeliveryState.DELIVERED}


def test_a_slow_subscriber_is_left_at_the_deadline_and_told_again(tmp_path: Path) -> None:
    here = sender_over(tmp_path, LineSettings(("127.0.0.0/8",), seconds=0.2))
    with receiver("slow", "200") as there:
        here.outbox.subscribe("province", there.url, [])
        here.open("A-1")
        here.run(1)
        (late,) = here.outbox.deliveries()
        assert (late.state, late.trouble) == (DeliveryState.DUE, "no answer within 0.2 s")
        here.teller = Teller(here.outbox, LOOPBACK)
        here.run(1)
    assert set(there.ids) == {late.event.id}
    assert [d.state for d in here.outbox.deliveries()] == [DeliveryState.DELIVERED]


def test_a_subscriber_that_is_down_hears_all_of_it_after_a_restart_of_ours(tmp_path: Path) -> None:
    with receiver() as gone:
        port, url = gone.port, gone.url
    first = sender_over(tmp_path)
    first.outbox.subscribe("province", url, [])
    first.open("A-1")
    first.run(3)
    first.deposits.move("A-1", DeskState.READING)
    attempts = {d.event.id: d.attempts for d in first.outbox.deliveries()}
    first.deposits.close()
    first.outbox.close()
    second = sender_over(tmp_path)
    second.now = first.now
    with receiver("200", port=port) as there:
        second.run()
    assert there.told == [("A-1", 1), ("A-1", 2)]
    assert attempts[there.ids[0]] == 3
    assert attempts[there.ids[1]] == 0


def test_one_subscriber_that_is_away_does_not_hold_up_another(sender: Sender) -> None:
    with receiver("500") as bad, receiver() as good:
        sender.outbox.subscribe("province", bad.url, [])
        sender.outbox.subscribe("province", good.url, ["dossier.archived"])
        for number in range(5):
            sender.open(f"A-{number}")
            sender.deposits.move(f"A-{number}", DeskState.ARCHIVED)
        sender.run(3)
    assert sorted(good.told) == [(f"A-{n}", 2) for n in range(5)]
    assert {version for _, version in bad.told} == {1}


def test_a_silent_subscriber_is_asked_for_one_dossier_at_a_time(sender: Sender) -> None:
    with receiver("503") as there:
        sender.outbox.subscribe("province", there.url, [])
        for number in range(30):
            sender.open(f"A-{number}")
        sender.teller.step(sender.now)
    assert len(there.calls) <= 4
    assert sender.outbox.due(sender.now + 1, 100) == ()


@pytest.mark.parametrize("ahead", [7 * 3600.0, 10 * 365 * 86400.0], ids=["7 hours", "10 years"])
def test_what_failed_under_a_clock_that_was_ahead_is_told_when_it_is_set_right(
    sender: Sender, ahead: float
) -> None:
    with receiver("503", "200") as there:
        sender.outbox.subscribe("province", there.url, [])
        sender.open("A-1")
        sender.teller.step(sender.now + ahead)
        assert len(there.calls) == 1
        assert sender.teller.step(sender.now + ahead + 1) == 0, "a pause is kept"
        sender.teller.step(sender.now)
    assert len(there.calls) == 2
    assert sender.outbox.deliveries(state=DeliveryState.DUE) == ()


def test_what_was_given_up_holds_back_what_follows_until_it_is_redriven(sender: Sender) -> None:
    with receiver(*["500"] * MOST, "200") as there:
        sender.outbox.subscribe("province", there.url, [])
        sender.open("A-1")
        sender.deposits.move("A-1", DeskState.READING)
        for _ in range(MOST):
            sender.run(1)
        (dead,) = sender.outbox.deliveries(state=DeliveryState.DEAD)
        assert (dead.attempts, dead.trouble) == (MOST, "HTTP 500")
        sender.run(2)
        assert len(there.calls) == MOST, "nothing overtakes it"
        assert sender.outbox.settle(dead.event.id, DeliveryState.DUE) == 1
        sender.run(2)
    assert there.told[-2:] == [("A-1", 1), ("A-1", 2)]
    assert set(there.ids[:-1]) == {dead.event.id}


def test_a_discarded_event_lets_the_next_one_pass(sender: Sender) -> None:
    with receiver(*["500"] * MOST, "200") as there:
        sender.outbox.subscribe("province", there.url, [])
        sender.open("A-1")
        sender.deposits.move("A-1", DeskState.READING)
        for _ in range(MOST):
            sender.run(1)
        assert sender.outbox.settle("", DeliveryState.DISCARDED) == 1
        sender.run(1)
    assert there.told[-1] == ("A-1", 2)


def test_both_secrets_sign_for_a_day_and_a_stranger_gets_none(sender: Sender) -> None:
    with receiver() as there:
        webhook, old = sender.outbox.subscribe("province", there.url, [])
        new = sender.outbox.rotate(webhook)
        sender.open("A-1")
        sender.run(1)
        sender.outbox._clock = lambda: NOW.replace(day=24)
        sender.outbox.ping(webhook)
        sender.run(1)
    (first, body), (second, ping) = there.calls
    for secret in (old, new):
        SignatureCheck([secret]).check(first, body, float(first["webhook-timestamp"]))
    SignatureCheck([new]).check(second, ping, float(second["webhook-timestamp"]))
    with pytest.raises(SignatureRefused):
        SignatureCheck([old]).check(second, ping, float(second["webhook-timestamp"]))
    with pytest.raises(ClientRefused):
        sender.outbox.webhook(webhook.id, "stranger")


def test_secrets_stand_sealed_and_bodies_name_nobody(sender: Sender, tmp_path: Path) -> None:
    _, secret = sender.outbox.subscribe("province", "http://127.0.0.1:9/", [])
    sender.open("A-1")
    (delivery,) = sender.outbox.deliveries()
    assert set(json.loads(delivery.event.body)["data"]) == {
        *("dossier", "procedure", "counter", "state", "is_held", "trouble", "version", "findings", "pages")
    }
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert secret.removeprefix("whsec_").encode() not in kept


def test_a_client_is_told_of_its_own_dossiers_alone(sender: Sender) -> None:
    with receiver() as there:
        sender.outbox.subscribe("province", there.url, [])
        sender.open("A-1", "somebody else")
        sender.run(1)
    assert there.calls == []


def test_the_thread_tells_and_ends(sender: Sender) -> None:
    ended = Event()
    with receiver() as there:
        sender.outbox.subscribe("province", there.url, [])
        sender.open("A-1")
        thread = Thread(target=watch_outbox, args=(sender.outbox, LOOPBACK, ended))
        thread.start()
        wait_for(lambda: len(there.calls) == 1)
        ended.set()
        thread.join(20)
    assert not thread.is_alive()


def test_pauses_grow_and_are_bounded() -> None:
    pauses = [pause_seconds(attempts, 1.0) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert pauses[:3] == [5.0, 10.0, 20.0]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 3600.0
    assert pause_seconds(1000, 0.0) == 1800.0
    assert 2.5 * 86400 < sum(pauses) < 4 * 86400


def test_what_was_told_is_forgotten_after_a_while_and_what_was_not_stays(sender: Sender) -> None:
    with receiver("200", "500") as there:
        sender.outbox.subscribe("province", there.url, [])
        sender.open("A-1")
        sender.run(1)
        sender.deposits.move("A-1", DeskState.READING)
        sender.run(1)
    assert sender.outbox.tidy(NOW.replace(month=12)) == 1
    assert [d.event.kind for d in sender.outbox.deliveries()] == ["dossier.reading"]
