"""What another system handed in with a clerk's review keeps it, whatever process begins it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from dossier.clients import Client, Deposit, DepositOrder, Scope
from dossier.desk import DeskState
from dossier.errors import ServiceBusy, SignerUnavailable, SohoaError, SourceUnreadable
from flows.deposits import RETRY_SECONDS, Deposits
from flows.dossier_queue import DossierQueue
from flows.wiring import Workshop
from storage.deposits import SqlDeposits
from tests.api_house import BIRTH
from tests.flows.test_dossier_queue import House, LeavingArchive, until

CLIENT = Client("mot-cua", tuple(Scope), (), "MẪU", datetime(2026, 11, 20, tzinfo=UTC), None)


@dataclass
class Process:
    """One resident process: its queue and its door for other systems."""

    house: House

    def __post_init__(self) -> None:
        self.kept = SqlDeposits(self.workshop.settings.database, self.workshop.keys)
        self.deposits = Deposits(cast(Any, self), self.kept)

    @property
    def workshop(self) -> Workshop:
        return self.house.workshop

    @property
    def queue(self) -> DossierQueue:
        return self.house.queue

    def submit(self, *asked: Any) -> Any:
        return self.queue.submit(*asked)

    def deposit(self) -> Deposit:
        return self.kept.find("X-1")

    def again(self, trouble: SohoaError | None = None) -> Process:
        """This process ends, and the next one begins; its first run meets trouble."""
        texts = dict(self.house.digitiser.texts)
        self.house.end()
        self.kept.close()
        self.house.begin()
        self.house.digitiser.texts.update(texts)
        if trouble is not None:
            self.house.digitiser.troubles.append(trouble)
        return Process(self.house)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    house = House(tmp_path, LeavingArchive())
    yield Process(house)
    house.end()


def handed_in(process: Process, *, review: bool) -> None:
    """A dossier in order is begun, and waits for Prefect when its process ends."""
    process.house.carries = False
    order = DepositOrder("X-1", BIRTH, "", date(2026, 11, 20))
    deposit, _ = process.deposits.open(CLIENT, order)
    for scan in process.house.order("X-1").sources:
        process.deposits.take(CLIENT, deposit, Path(scan))
    process.deposits.begin(CLIENT, deposit, review=review)
    until(lambda: process.queue.leases.waiting() != ())


@pytest.mark.parametrize("review", [True, False])
def test_a_review_that_a_client_asked_for_stays_over_ends_of_processes_and_trouble(
    process: Process, *, review: bool
) -> None:
    handed_in(process, review=review)
    # The second process goes on with the order that stands in the queue, and meets what no retry mends.
    second = process.again(SignerUnavailable("certificate", "ended"))
    second.deposits.go_on()
    process.house.carries = True
    until(lambda: second.deposit().state is DeskState.FAILED)
    assert second.deposit().trouble == "SignerUnavailable", "though the process that began it is gone"
    # The third is told to begin by the end of the process alone, not by that trouble.
    third = second.again()
    third.deposits.go_on()
    third.deposits.step(4e9)
    assert third.deposit().state is DeskState.FAILED
    # An end of the process in the middle of a run is another matter.
    process.workshop.desk.note(process.house.order("X-1"), DeskState.READING)
    process.workshop.desk.note_interrupted()
    assert third.deposit().trouble == ""
    fourth = third.again()
    fourth.deposits.go_on()
    fourth.deposits.step(4e9)
    until(lambda: fourth.deposit().state in (DeskState.ARCHIVED, DeskState.REVIEW))
    assert fourth.deposit().state is (DeskState.REVIEW if review else DeskState.ARCHIVED)
    assert fourth.house.archived() == ([] if review else ["X-1"])
    fourth.kept.close()


def test_trouble_that_passes_is_tried_again_by_a_process_that_never_began_it(process: Process) -> None:
    handed_in(process, review=True)
    second = process.again(ServiceBusy("X-1", "somebody else was at it"))
    process.house.carries = True
    until(lambda: second.deposit().state is DeskState.FAILED)
    assert second.deposit().trouble == "ServiceBusy"
    second.deposits.step(100.0)
    assert second.deposit().state is DeskState.FAILED, "not at once"
    second.deposits.step(100.0 + RETRY_SECONDS)
    until(lambda: second.deposit().state is DeskState.REVIEW)
    assert second.house.archived() == []
    second.kept.close()


def test_a_beginning_that_is_refused_says_nothing_about_the_review(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = DepositOrder("X-1", BIRTH, "", date(2026, 11, 20))
    deposit, _ = process.deposits.open(CLIENT, order)
    process.deposits.take(CLIENT, deposit, Path(process.house.order("X-1").sources[0]))
    assert process.kept.wants_review("X-1")

    def busy(*_: object) -> None:
        raise ServiceBusy("X-1", "another run of this dossier is under way")

    with monkeypatch.context() as refusing:
        refusing.setattr(process, "submit", busy)
        with pytest.raises(ServiceBusy):
            process.deposits.begin(CLIENT, deposit, review=False)
    assert process.kept.wants_review("X-1")
    process.house.digitiser.troubles.append(SourceUnreadable("1.jpg"))
    process.deposits.begin(CLIENT, deposit, review=False)
    until(lambda: process.deposit().state is DeskState.FAILED)
    assert not process.kept.wants_review("X-1")
    process.kept.close()
