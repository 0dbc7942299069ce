"""A short selection of the fault suite: real processes, a real store, and archives that are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from flows.chaos import CaseResult, Planned, Step, Suite, Undisturbed, by_stage, plan, tally
from flows.chaos_faults import Fault
from flows.chaos_ground import Ground
from flows.chaos_picture import difference, timeless

SELECTION = (
    (Fault.KILLED, "index.record"),
    (Fault.DISK_FULL, "checkpoints.save package"),
    (Fault.REPLY_LOST, "archive.put manifest.json"),
    (Fault.STORE_SILENT, "archive.put manifest.json"),
)
"""Those that once found something, and one for each part of the set-up; all of them: `sohoa chaos`."""


@pytest.fixture(scope="module")
def suite() -> Iterator[Suite]:
    with Ground() as ground:
        yield Suite(ground)


@pytest.fixture(scope="module")
def calm(suite: Suite) -> Undisturbed:
    return suite.undisturbed(("archiving",))


@pytest.fixture(scope="module")
def results(suite: Suite, calm: Undisturbed) -> tuple[CaseResult, ...]:
    steps = {step.name: step for step in calm.steps}
    return tuple(suite.cases(calm, [Planned(steps[name], fault) for fault, name in SELECTION]))


def test_nothing_is_lost_doubled_or_half_visible(results: tuple[CaseResult, ...]) -> None:
    unclean = [result for result in results if not result.is_clean]
    assert not unclean
    assert tally(results).is_clean
    assert sum(by_stage(results).values()) == len(SELECTION)


def test_faults_really_happen(results: tuple[CaseResult, ...]) -> None:
    ended = {(r.planned.fault, r.planned.step.name): r.first for r in results}
    assert {ended[pair] for pair in ended if pair[0] is Fault.KILLED} == {"killed"}
    assert ended[Fault.DISK_FULL, "checkpoints.save package"] == "DiskFull"
    assert ended[Fault.STORE_SILENT, "archive.put manifest.json"] == "StoreUnreachable"
    assert ended[Fault.REPLY_LOST, "archive.put manifest.json"] == "archived", "the second try finds its own"


def test_what_is_missing_twice_or_other_is_told(calm: Undisturbed) -> None:
    whole = calm.picture
    first = whole.objects[0]
    assert difference(whole, whole).is_none
    assert difference(replace(whole, objects=whole.objects[1:]), whole).lost == (f"object {first.path}",)
    again = replace(first, version_id="2")
    assert difference(replace(whole, objects=(*whole.objects, again)), whole).doubled
    stray = replace(first, path=f"{first.path}.bak")
    assert difference(replace(whole, objects=(*whole.objects, stray)), whole).orphans
    other = replace(first, sha256="0" * 64)
    assert difference(replace(whole, objects=(other, *whole.objects[1:])), whole).changed
    assert difference(replace(whole, ledger=whole.ledger[:-1]), whole).lost == ("ledger archived",)
    assert difference(replace(whole, ledger=(*whole.ledger, whole.ledger[-1])), whole).doubled
    assert difference(replace(whole, packages=()), whole).lost == ("package in the index",)
    assert difference(replace(whole, desk=()), whole).changed


def test_times_and_what_follows_from_them_are_left_out_where_the_clock_was_the_fault() -> None:
    told = b'<?xml version="1.0"?><event id="event-%d"><at>%s</at><what>%s</what></event>'
    calm, late = b"2026-11-23T08:30:00+07:00", b"2026-11-25T08:30:00.000+07:00"
    assert timeless(told % (1, calm, b"sealed")) == timeless(told % (2, late, b"sealed"))
    assert timeless(told % (1, calm, b"sealed")) != timeless(told % (1, calm, b"read"))
    assert timeless(b"\x89PNG 2026-11-23T08:30:00") != timeless(b"\x89PNG 2026-11-23T08:31:00"), (
        "a scan is a scan"
    )


def test_cases_that_come_to_the_same_are_counted_and_run_once() -> None:
    names = ("spool.put", "archive.put a", "checkpoints.save", "archive.put b", "ledger.append")
    steps = [Step("archiving", name, "archiving", at) for at, name in enumerate(names)]
    faults = (Fault.KILLED, Fault.KILLED_AFTER, Fault.NETWORK_CUT, Fault.DISK_FULL)
    planned = plan(steps, faults)
    pairs = [pair for each in planned for pair in ((each.step, each.fault), *each.covers)]
    assert sorted(pairs, key=repr) == sorted(((s, f) for s in steps for f in faults), key=repr)
    cut = [each.step.name for each in planned if each.fault is Fault.NETWORK_CUT]
    assert cut == ["archive.put a", "archive.put b", "ledger.append"]
    assert len(plan(steps, faults, merges=False)) == len(steps) * len(faults)
