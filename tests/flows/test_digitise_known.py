"""Whom a dossier is about is known as soon as it was read, however its run ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prefect.utilities.annotations import quote

from dossier.archive import DossierState
from dossier.errors import SignerUnavailable
from flows import digitise
from flows.intake import take_in_file
from flows.person_data import ErasureRequest, erase_person, list_person
from flows.reading import reading_key
from flows.wiring import install
from storage.codec import encode
from tests.api_house import FORM
from tests.flows.test_dossier_queue import House, LeavingArchive, until

NUMBER = "001190005678"
REQUEST = ErasureRequest(NUMBER, "Đơn số 12/MẪU ngày 2026-11-20")


class Inline:
    """A task without Prefect."""

    def __init__(self, task: Any) -> None:
        self.task = task

    def submit(self, *args: Any) -> SimpleNamespace:
        bare = [each.unquote() if isinstance(each, quote) else each for each in args]
        return SimpleNamespace(result=lambda: self.task.fn(*bare))


class Whole(House):
    """A process whose runs are the product's own, but for the reading of pages."""

    def digitise(self, reference: str) -> Any:
        install(self.workshop)
        for source in self.workshop.orders.order(reference).sources:
            for page in take_in_file(self.workshop, Path(source.path), source.kept).pages:
                read = encode(self.digitiser._read(page))
                self.workshop.checkpoints.save("page", reading_key(page), read)
        return digitise.bare(digitise.digitise_dossier.fn)(reference)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("take_in", "read_page", "seal_one", "archive"):
        monkeypatch.setattr(digitise, name, Inline(getattr(digitise, name)))
    named = (*FORM, "Họ, chữ đệm, tên người yêu cầu: Trần Thị Mẫu", f"Số định danh cá nhân: {NUMBER}")
    monkeypatch.setattr("tests.flows.test_dossier_queue.FORM", named)
    made = Whole(tmp_path, LeavingArchive())
    yield made
    made.end()


def test_a_dossier_that_waits_for_the_store_is_listed_and_not_erased_behind_its_run(house: Whole) -> None:
    house.archive.is_away = True
    house.queue.submit(house.order("KNOWN-1"))
    until(lambda: len(house.queue.leases.waiting()) == 1)
    assert [each.code for each in list_person(house.workshop, NUMBER)] == ["KNOWN-1"]
    assert [each.dossier for each in erase_person(house.workshop, None, REQUEST).stays] == ["KNOWN-1"]
    house.archive.is_away = False
    until(lambda: house.archived() == ["KNOWN-1"])


def test_a_dossier_that_could_not_be_sealed_is_listed_and_erased_whole(
    house: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise SignerUnavailable("certificate", "ended yesterday")

    monkeypatch.setattr(digitise, "seal_document", refused)
    with pytest.raises(SignerUnavailable):
        house.queue.submit(house.order("KNOWN-2")).future.result(60)
    assert [each.code for each in list_person(house.workshop, NUMBER)] == ["KNOWN-2"]
    until(lambda: not house.queue.leases.open_dossiers())
    assert erase_person(house.workshop, None, REQUEST).erased == ("KNOWN-2",)
    assert list(house.workshop.spool.names()) == []
    assert [name for name in house.workshop.checkpoints.names() if "answers" not in name] == []


def test_what_is_kept_for_a_clerk_waits_for_a_clerk_whoever_hands_it_in_again(house: Whole) -> None:
    house.queue.submit(house.order("KNOWN-3", hold=True)).future.result(60)
    again = house.queue.submit(house.order("KNOWN-3")).future.result(60)
    assert (again.package, again.state) == (None, DossierState.HELD)
    draft = house.queue.reviews.open("KNOWN-3")
    package = house.queue.reviews.seal("KNOWN-3", draft.version, "lan")
    after = house.queue.submit(house.order("KNOWN-3")).future.result(60)
    assert after.package == package


def test_a_draft_of_what_a_later_run_archived_is_not_left_to_be_sealed_again(house: Whole) -> None:
    order = house.order("KNOWN-4")
    first = house.queue.submit(replace(order, sources=order.sources[:1])).future.result(60)
    assert first.state is DossierState.NEEDS_ATTENTION
    assert house.queue.submit(order).future.result(60).package is not None
    assert house.workshop.reviews.waiting() == ()


def test_papers_of_a_draft_are_not_left_behind_by_a_run_of_others(house: Whole) -> None:
    order, other = house.order("KNOWN-5"), house.order("KNOWN-6")
    house.queue.submit(replace(other, dossier="KNOWN-5", sources=other.sources[:1])).future.result(60)
    held = house.queue.submit(order).future.result(60)
    assert held.package is None
    draft = house.queue.reviews.open("KNOWN-5")
    assert sum(len(paper.pages) for paper in draft.papers) == 3
