"""Two clerks over one draft: what both do is kept, and on the same thing the second is told both values."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from dossier.archive import ArchivePackage, DossierReport
from dossier.errors import ReviewClosed, ReviewConflict, ServiceBusy
from dossier.review import (
    Change,
    MovePage,
    OrderPages,
    ReviewState,
    SetAside,
    SetKind,
    SplitPaper,
    TurnPage,
    TypeField,
)
from flows.dossier_queue import DossierFlows, DossierQueue
from flows.queueing import QueuePlan
from flows.review import Reviews
from flows.review_sealing import finish_here
from storage.leases import SqlLeases
from storage.memory import MemoryArchive
from tests.drafts import CODE, MISREAD, NOW, NUMBER, usual, workshop_in

LAN, HUNG = "lan", "hung"


@pytest.fixture
def reviews(tmp_path: Path) -> Reviews:
    work = workshop_in(tmp_path)
    usual(work)
    return Reviews(work, clock=lambda: NOW)


def test_two_clerks_on_different_things_are_merged(reviews: Reviews) -> None:
    reviews.correct(CODE, 0, SetKind(2, "ct07"), LAN)
    reviews.correct(CODE, 0, TurnPage(1, 90), HUNG)
    reviews.correct(CODE, 0, TypeField("1.full_name.1", "Trần Thị Mẫn"), LAN)
    draft = reviews.correct(CODE, 0, SplitPaper(2, 3), HUNG)
    assert [paper.document.kind.code for paper in draft.papers] == [
        "tk_khai_sinh",
        "ct07",
        "unknown",
        "cccd_chip",
    ]
    assert [f.value for f in draft.papers[0].fields if f.name == "full_name"] == ["Trần Thị Mẫn"]
    assert [correction.by for correction in draft.corrections] == [LAN, HUNG, LAN, HUNG]


@pytest.mark.parametrize(
    ("first", "second", "theirs", "mine"),
    [
        (SetKind(2, "ct07"), SetKind(2, "to_khai"), "ct07", "to_khai"),
        (
            TypeField("1.personal_number.1", NUMBER),
            TypeField("1.personal_number.1", MISREAD),
            NUMBER,
            MISREAD,
        ),
        (MovePage(3, 1), SetAside(3, "trang lạ"), "paper 1", "set aside: trang lạ"),
        (OrderPages(2, (3, 2)), SplitPaper(2, 3), "3, 2", "2 | 3"),
        (SetAside(1), TypeField("1.full_name.1", "A"), "set aside", "A"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_two_clerks_on_one_thing_the_second_is_told_both_values(
    reviews: Reviews, first: Change, second: Change, theirs: str, mine: str
) -> None:
    if isinstance(second, SetKind):
        second = SetKind(2, "giay_chung_tu")
        mine = "giay_chung_tu"
    reviews.correct(CODE, 0, first, LAN)
    with pytest.raises(ReviewConflict) as told_:
        reviews.correct(CODE, 0, second, HUNG)
    assert (told_.value.by, told_.value.theirs, told_.value.mine) == (LAN, theirs, mine)
    assert theirs not in str(told_.value), "values never go into messages or logs"
    draft = reviews.open(CODE)
    assert [correction.change for correction in draft.corrections] == [first], "nothing was overwritten"
    assert reviews.correct(CODE, draft.version, SetKind(3, "can_cuoc"), HUNG).version == 2


def test_an_undone_value_is_told_too_and_undoing_is_not_for_what_was_not_seen(reviews: Reviews) -> None:
    draft = reviews.correct(CODE, 0, SetKind(2, "ct07"), LAN)
    reviews.undo(CODE, draft.version, LAN)
    with pytest.raises(ReviewConflict) as conflict:
        reviews.correct(CODE, 1, SetKind(2, "giay_chung_tu"), HUNG)
    assert conflict.value.theirs == "giay_chung_sinh"
    with pytest.raises(ReviewConflict):
        reviews.undo(CODE, 0, HUNG)


def test_the_same_key_twice_is_one_correction(reviews: Reviews) -> None:
    change = TurnPage(1, 90)
    reviews.correct(CODE, 0, change, LAN)
    assert reviews.correct(CODE, 0, change, LAN).version == 1
    reviews.undo(CODE, 1, LAN)
    assert reviews.undo(CODE, 1, LAN).version == 2
    assert reviews.open(CODE).corrections == ()


def test_a_draft_that_one_machine_seals_is_not_opened_by_another_one_that_is_told_so(tmp_path: Path) -> None:
    archive, begun, may_end = MemoryArchive(), Event(), Event()

    def machine(owner: str, before: Callable[[], Any]) -> DossierQueue:
        work = replace(workshop_in(tmp_path), archive=archive, lock=archive)

        def seal(reference: str) -> ArchivePackage:
            before()
            return finish_here(work, work.finishing.order(reference))

        leases = SqlLeases(work.settings.database, work.keys)
        return DossierQueue(work, leases, DossierFlows(_no_reading, seal), QueuePlan(owner, at_once=0))

    first = machine("one.a", lambda: (begun.set(), may_end.wait(60)))
    second = machine("two.b", lambda: None)
    usual(first.reviews._workshop)
    version = first.reviews.ask(CODE).version
    with ThreadPoolExecutor() as clerks:
        sealed = clerks.submit(first.reviews.seal, CODE, version, LAN)
        assert begun.wait(60)
        # The same key at another machine, and a correction there.
        with pytest.raises(ServiceBusy):
            second.reviews.seal(CODE, version, HUNG)
        assert second.reviews.open(CODE).state is ReviewState.SEALING
        with pytest.raises(ReviewClosed):
            second.reviews.correct(CODE, version, TypeField("2.full_name.1", "Trần Thị Mẫn"), HUNG)
        may_end.set()
        package = sealed.result(60)
    assert second.reviews.seal(CODE, version, HUNG) == package
    for queue in (first, second):
        queue.leases.close()


def _no_reading(_reference: str) -> DossierReport:
    raise AssertionError("nothing is read")
