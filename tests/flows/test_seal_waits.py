"""A seal that waits is what its clerk saw, and nothing else happens to the dossier meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dossier.accounts import Account, Role
from dossier.archive import ArchivePackage
from dossier.desk import DeskState
from dossier.errors import (
    ChangedMeanwhile,
    ClockWrong,
    PrefectAway,
    ReviewClosed,
    SealError,
    ServiceBusy,
    SohoaError,
)
from dossier.review import ReviewState, SealOrder, TurnPage
from dossier.waiting import RegisterWait
from dossier.work import Awaited, JobKind, Lane, NewJob
from flows import waiting
from flows.desk_decisions import Decided, Decision, decide
from flows.dossier_queue import _sealing
from tests.flows.test_dossier_queue import PATIENCE, House, LeavingArchive, until

LAN, HUNG = "Lan (MẪU)", "Hùng (MẪU)"


class SealingHouse(House):
    """A house whose seals fail while there is a trouble."""

    trouble: SohoaError | None = None

    def seal(self, reference: str) -> ArchivePackage:
        if self.trouble is not None:
            raise self.trouble
        return super().seal(reference)

    def begun(self, code: str) -> None:
        """A dossier held for its clerk."""
        self.queue.submit(self.order(code, hold=True)).future.result(PATIENCE)

    def draft_state(self, code: str) -> ReviewState:
        return self.queue.reviews.open(code).state

    def said(self, code: str, *actions: str) -> list[tuple[str, str]]:
        """What the ledger has of a dossier, in order."""
        entries = self.workshop.ledger.entries(1000, code)  # type: ignore[attr-defined]
        return [(each.action, each.actor) for each in reversed(entries) if each.action in actions]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SealingHouse]:
    monkeypatch.setitem(waiting._AGAIN_SECONDS, Awaited.CLOCK, 0.5)
    made = SealingHouse(tmp_path, LeavingArchive())
    yield made
    made.end()


@pytest.mark.parametrize(
    ("trouble", "awaited"),
    [(ClockWrong("clock", "2 days ahead"), "clock"), (PrefectAway("Prefect", "500"), "prefect")],
    ids=["clock", "prefect"],
)
def test_a_seal_that_waits_takes_nothing_more_and_is_what_was_seen(
    house: SealingHouse, trouble: SohoaError, awaited: str
) -> None:
    house.begun("SEAL-1")
    house.trouble, house.carries = trouble, awaited != "prefect"
    with pytest.raises(type(trouble)):
        house.queue.reviews.seal("SEAL-1", 0, LAN)
    assert house.draft_state("SEAL-1") is ReviewState.SEALING
    assert house.state("SEAL-1") is DeskState.WAITING
    assert [each.awaits for each in house.waiting()] == [awaited]
    with pytest.raises(ReviewClosed):
        house.queue.reviews.correct("SEAL-1", 0, TurnPage(1, 90), LAN)
    later = house.queue.submit(house.one_more(house.order("SEAL-1", hold=True)))
    if awaited == "clock":
        until(lambda: "seal" in [each.awaits for each in house.waiting()])
    with pytest.raises((type(trouble), ServiceBusy)):  # another clerk's key: tried at once, and still waiting
        house.queue.reviews.seal("SEAL-1", 0, HUNG)
    house.trouble, house.carries = None, True
    assert later.future.result(PATIENCE).package is None
    package = house.workshop.index.package("SEAL-1")
    assert package is not None
    assert sorted(kept.key.rsplit("/", 1)[1] for kept in package.renditions) == [
        "01-tk_khai_sinh.pdf",
        "02-giay_chung_sinh.pdf",
    ]
    assert house.papers("SEAL-1") == ["ct07"]
    assert house.said("SEAL-1", "seal-ordered") == [("seal-ordered", LAN)]
    assert house.archived() == ["SEAL-1"]


def test_a_seal_that_waits_goes_on_after_a_restart(house: SealingHouse) -> None:
    house.begun("SEAL-2")
    house.trouble = ClockWrong("clock", "2 days ahead")
    with pytest.raises(ClockWrong):
        house.queue.reviews.seal("SEAL-2", 0, LAN)
    house.end()
    house.begin()
    assert house.draft_state("SEAL-2") is ReviewState.SEALING
    assert house.state("SEAL-2") is DeskState.WAITING
    house.trouble = None
    until(lambda: house.archived() == ["SEAL-2"])
    assert house.said("SEAL-2", "seal-ordered") == [("seal-ordered", LAN)]


def test_a_seal_that_fails_for_good_leaves_an_open_draft_and_no_work(house: SealingHouse) -> None:
    house.begun("SEAL-3")
    house.trouble = SealError("certificate", "refused")
    with pytest.raises(SealError):
        house.queue.reviews.seal("SEAL-3", 0, LAN)
    assert house.draft_state("SEAL-3") is ReviewState.OPEN
    assert house.queue.leases.counts() == {}
    # So it is where the queue meets it, long after the key.
    house.trouble = ClockWrong("clock", "2 days ahead")
    with pytest.raises(ClockWrong):
        house.queue.reviews.seal("SEAL-3", 0, LAN)
    house.trouble = SealError("certificate", "refused")
    until(lambda: house.queue.leases.counts() == {})
    assert house.draft_state("SEAL-3") is ReviewState.OPEN
    assert house.state("SEAL-3") is DeskState.REVIEW
    house.trouble = None
    draft = house.queue.reviews.correct("SEAL-3", 0, TurnPage(1, 90), LAN)
    assert house.queue.reviews.seal("SEAL-3", draft.version, HUNG).dossier == "SEAL-3"
    orders = house.said("SEAL-3", "seal-ordered")
    assert [actor for _, actor in orders] == [LAN, LAN, HUNG]


@pytest.mark.parametrize("knows", ["nothing", "another version", "fewer pages"])
def test_an_order_of_something_else_than_the_draft_seals_nothing(house: SealingHouse, knows: str) -> None:
    """As an earlier release left it: the draft open, the order in the queue."""
    house.begun("SEAL-4")
    draft = house.queue.reviews.open("SEAL-4")
    if knows == "another version":
        house.queue.reviews.correct("SEAL-4", 0, TurnPage(1, 90), LAN)
    if knows == "nothing":
        old = NewJob(JobKind.SEAL, "SEAL-4", Lane.COUNTER, "seal", b'{"version": 0, "by": "Lan"}')
    else:
        shown = tuple(each.key for each in draft.findings)
        pages = "pages-1" if knows == "fewer pages" else "pages-2"
        old = _sealing("SEAL-4", SealOrder(0, LAN, (*shown, pages)))
    house.queue.leases.enter(old, "here.0")
    until(lambda: house.queue.leases.counts() == {})
    assert house.draft_state("SEAL-4") is ReviewState.OPEN
    assert house.said("SEAL-4", "seal-ordered", "archived") == []


def test_what_was_given_back_is_neither_sealed_nor_asked_about(house: SealingHouse) -> None:
    clerk = Account("lan", "Lan (MẪU)", Role.CLERK, "", True)

    def give_back(code: str) -> None:
        entry = house.workshop.desk.entry(code)
        decide(house.workshop, clerk, Decided(code, entry.version, Decision.GIVE_BACK))

    for code in ("BACK-1", "BACK-2"):
        house.begun(code)
        house.workshop.waits.note(RegisterWait(house.order(code), (), (), "2026-11-20T08:00:00+07:00"))
    house.trouble = ClockWrong("clock", "2 days ahead")
    with pytest.raises(ClockWrong):
        house.queue.reviews.seal("BACK-1", 0, LAN)
    with pytest.raises(ChangedMeanwhile):
        give_back("BACK-1")
    house.workshop.desk.note(house.order("BACK-1"), DeskState.REVIEW)  # wherever the desk takes it to be
    with pytest.raises(ChangedMeanwhile, match="being sealed"):
        give_back("BACK-1")
    give_back("BACK-2")
    assert house.state("BACK-2") is DeskState.RETURNED
    assert [wait.order.dossier for wait in house.workshop.waits.open()] == ["BACK-1"]
    assert [action for action, _ in house.said("BACK-2", "give-back", "register-wait-ended")] == [
        "give-back",
        "register-wait-ended",
    ]
    house.trouble = None
    until(lambda: house.archived() == ["BACK-1"])
    assert house.state("BACK-2") is DeskState.RETURNED
