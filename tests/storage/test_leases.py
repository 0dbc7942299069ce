"""Work in the database: one job for a dossier, one owner for a job, nothing lost with its owner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from dossier.errors import KeyMissing, ServiceBusy
from dossier.work import Awaited, JobKind, JobState, Lane, NewJob
from storage.keyring import DataKey, Keyring
from storage.leases import SqlLeases
from tests.databases import everything_in

Made = Callable[[], SqlLeases]
ME, OTHER = "may-1.aaaa", "may-2.bbbb"


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


@pytest.fixture
def leases(url: str) -> Iterator[SqlLeases]:
    kept = SqlLeases(url)
    yield kept
    kept.close()


def job(dossier: str, lane: Lane = Lane.COUNTER, fingerprint: str = "f", content: bytes = b"{}") -> NewJob:
    return NewJob(JobKind.DIGITISE, dossier, lane, fingerprint, content)


def test_the_counter_goes_before_the_night_and_each_in_the_order_in_which_it_came(leases: SqlLeases) -> None:
    for dossier, lane in (
        ("N1", Lane.BACKLOG),
        ("N2", Lane.BACKLOG),
        ("Q1", Lane.COUNTER),
        ("Q2", Lane.COUNTER),
    ):
        leases.enter(job(dossier, lane), ME)
    taken = [found.dossier for found in iter(lambda: leases.claim(ME), None)]
    assert taken == ["Q1", "Q2", "N1", "N2"]


def test_a_worker_of_the_counter_takes_nothing_of_the_night(leases: SqlLeases) -> None:
    leases.enter(job("N1", Lane.BACKLOG), ME)
    assert leases.claim(ME, (Lane.COUNTER,)) is None
    assert leases.claim(ME) is not None


def test_the_same_dossier_is_one_job_and_something_else_meanwhile_is_refused(leases: SqlLeases) -> None:
    first, is_new = leases.enter(job("A"), ME)
    again, is_new_again = leases.enter(job("A"), OTHER)
    assert (is_new, is_new_again) == (True, False)
    assert first.number == again.number
    with pytest.raises(ServiceBusy):
        leases.enter(job("A", fingerprint="other"), OTHER)
    leases.enter(NewJob(JobKind.SEAL, "A", Lane.COUNTER, "f", b"{}"), ME)
    assert sum(leases.counts().values()) == 2


def test_a_clerk_who_asks_for_a_dossier_of_the_night_brings_it_forward(leases: SqlLeases) -> None:
    leases.enter(job("N1", Lane.BACKLOG), ME)
    leases.enter(job("N2", Lane.BACKLOG), ME)
    leases.enter(job("N2", Lane.COUNTER), ME)
    taken = leases.claim(ME)
    assert taken is not None
    assert taken.dossier == "N2"


def test_what_waits_is_delivered_in_its_old_order(leases: SqlLeases) -> None:
    for dossier in "ABC":
        leases.enter(job(dossier), ME)
    for found in [leases.claim(ME), leases.claim(ME)]:
        assert found is not None
        assert leases.wait(found, Awaited.STORE, "StoreUnreachable: gone")
    assert [each.dossier for each in leases.waiting()] == ["A", "B"]
    assert leases.waiting()[0].trouble.startswith("StoreUnreachable")
    first, second = (each.number for each in leases.waiting())
    assert leases.due() == {Awaited.STORE: first}
    assert leases.deliver(first)
    assert leases.due() == {}, "one after the other"
    assert not leases.deliver(first)
    again = leases.claim(ME)
    assert again is not None
    assert again.number == first, "before C, which came later"
    assert leases.due() == {}
    assert leases.end(again)
    assert leases.due() == {Awaited.STORE: second}


def test_something_new_for_a_dossier_that_waits_is_done_with_it_at_its_place(leases: SqlLeases) -> None:
    leases.enter(job("A", content=b'"one page"'), ME)
    found = leases.claim(ME)
    assert found is not None
    leases.wait(found, Awaited.STORE, "")
    more = job("A", fingerprint="g", content=b'"two pages"')
    with pytest.raises(ServiceBusy):
        leases.enter(more, ME)
    assert leases.contents() == (b'"one page"',)

    def both(waiting: bytes) -> NewJob:
        return job("A", fingerprint="f+g", content=waiting + more.content)

    changed, is_new = leases.enter(more, OTHER, both)
    assert (changed.number, is_new) == (found.number, True)
    assert leases.contents() == (b'"one page""two pages"',)
    again = leases.claim(ME)
    assert again is not None
    assert again.content == b'"one page""two pages"'
    with pytest.raises(ServiceBusy):
        leases.enter(job("A", fingerprint="h"), ME, lambda _: job("A", fingerprint="f+g+h"))
    assert leases.enter(more, ME, lambda _: job("A", fingerprint="f+g"))[1] is False, "it is part of it"
    assert leases.end(again, lambda: b'"both"')
    assert leases.look([found.number]) == {found.number: (None, b'"both"')}, "also who asked first hears"


def test_a_job_whose_owner_beats_is_left_alone_and_one_that_fell_silent_is_taken_over(
    leases: SqlLeases,
) -> None:
    leases.enter(job("A", content=b'"what it needs"'), ME)
    mine = leases.claim(ME)
    assert mine is not None
    (seen,) = leases.running()
    assert leases.beat(ME, [mine.number]) == {mine.number}
    assert not leases.take_over(seen), "it has beaten since"
    (seen,) = leases.running()
    assert leases.take_over(seen)
    theirs = leases.claim(OTHER)
    assert theirs is not None
    assert (theirs.number, theirs.lost, theirs.content) == (mine.number, 1, b'"what it needs"')
    assert leases.beat(ME, [mine.number]) == frozenset()
    assert leases.is_held(theirs)
    assert not leases.is_held(mine)
    assert not leases.end(mine), "who lost it has no word any more"
    assert not leases.wait(mine, Awaited.STORE, "")
    assert leases.end(theirs)
    assert leases.counts() == {}


def test_who_lost_a_job_and_claims_it_again_holds_the_second_claim_and_not_the_first(
    leases: SqlLeases,
) -> None:
    leases.enter(job("A"), ME)
    first = leases.claim(ME)
    assert first is not None
    (seen,) = leases.running()
    assert leases.take_over(seen)
    assert leases.claim(ME, but=[first.number]) is None, "its own thread is still at it"
    second = leases.claim(ME, but=[first.number + 1])
    assert second is not None
    assert (leases.is_held(first), leases.is_held(second)) == (False, True)
    assert not leases.wait(first, Awaited.STORE, "")
    assert not leases.give_back(first)
    assert not leases.end(first)
    assert leases.end(second)


def test_a_machine_that_starts_again_has_its_own_work_back_at_once(leases: SqlLeases) -> None:
    for dossier in "AB":
        leases.enter(job(dossier), ME)
    leases.claim(ME)
    leases.claim("may-10.cccc")
    assert leases.release_of("may-1", but="may-1.dddd") == 1
    assert [each.dossier for each in leases.running()] == ["B"]
    assert [each.dossier for each in leases.queued()] == ["A"]


def test_the_outcome_is_kept_for_a_process_that_asked_and_for_no_other(leases: SqlLeases) -> None:
    mine, _ = leases.enter(job("A"), ME)
    found = leases.claim(ME)
    assert found is not None
    assert leases.end(found, lambda: pytest.fail("nobody asked"))
    assert leases.look([mine.number]) == {mine.number: (None, b"")}
    mine, _ = leases.enter(job("A"), ME)
    leases.enter(job("A"), OTHER)
    found = leases.claim(ME)
    assert found is not None
    running, _ = leases.look([mine.number])[mine.number]
    assert running is not None
    assert running.state is JobState.RUNNING
    assert leases.end(found, lambda: b'"archived"')
    assert leases.look([mine.number]) == {mine.number: (None, b'"archived"')}


def test_begun_work_has_an_owner_from_its_first_moment(leases: SqlLeases) -> None:
    held = leases.begin(NewJob(JobKind.SEAL, "A", Lane.COUNTER, "", b"{}"), ME)
    assert leases.claim(OTHER) is None
    with pytest.raises(ServiceBusy):
        leases.begin(NewJob(JobKind.SEAL, "A", Lane.COUNTER, "", b"{}"), OTHER)
    leases.wait(held, Awaited.STORE, "")
    assert leases.begin(NewJob(JobKind.SEAL, "A", Lane.COUNTER, "", b"{}"), OTHER).number == held.number


def test_names_of_files_lie_sealed_in_the_table(url: str) -> None:
    kept = SqlLeases(url, Keyring([DataKey(bytes(range(32)))]))
    kept.enter(job("A", content='"Nguyễn Văn Mẫu.jpg"'.encode()), ME)
    kept.close()
    assert b"Nguy" not in everything_in(url)
    other = SqlLeases(url, Keyring([DataKey(bytes(32))]))
    with pytest.raises(KeyMissing):
        other.claim(ME)
    other.close()


def _enter_many(url: str, owner: str) -> list[int]:
    kept = SqlLeases(url)
    numbers = [kept.enter(job(f"D{n % 5}"), owner)[0].number for n in range(25)]
    kept.close()
    return numbers


def _claim_all(url: str, owner: str) -> list[int]:
    kept = SqlLeases(url)
    numbers = [found.number for found in iter(lambda: kept.claim(owner), None)]
    kept.close()
    return numbers


def test_two_processes_hand_in_the_same_dossiers_and_take_each_once(url: str) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        entered = list(pool.map(_enter_many, [url, url], [ME, OTHER]))
        taken = list(pool.map(_claim_all, [url, url], [ME, OTHER]))
    assert len({number for numbers in entered for number in numbers}) == 5
    assert sorted(taken[0] + taken[1]) == sorted({*entered[0]})
