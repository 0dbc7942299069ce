"""A page that stops the reader is read once more in safe mode, then lies in quarantine, paid for once."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from inspect import signature
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from dossier.errors import PageTimedOut, PageTooHungry, PartMissing, ReaderError, SohoaError, SourceTooLarge
from dossier.page import RecognisedPage, ScannedPage
from flows.intake import TakenFile, take_in_file
from flows.page_reading import read_once
from flows.processes import ReadingPool
from flows.reading import reading_key
from flows.safe_reading import SAFE, enlarged, is_read_safely, read_safely
from flows.wiring import Workshop, open_quarantine
from pipeline.picture import decode
from scanners.delivery import DEFAULT_LIMITS
from storage.codec import decode as opened
from tests.drafts import ORDER, form, workshop_in
from tests.printed import letter, scanned
from tests.sheets import Shape, lines_of, sheet


class Reader:
    """A reading pool whose pages do what a test says."""

    def __init__(self, **does: SohoaError) -> None:
        self.does = does
        self.read: list[str] = []

    def run(
        self, work: Callable[..., Any], seconds: float, page: ScannedPage, *args: object
    ) -> RecognisedPage:
        self.read.append(work.__name__)
        if work.__name__ in self.does:
            raise self.does[work.__name__]
        engines = (SAFE,) if work is read_safely else ()
        return replace(form(), page=page, engines=engines)


@pytest.fixture
def taken(tmp_path: Path) -> tuple[Workshop, ScannedPage, Path]:
    workshop = workshop_in(tmp_path)
    scan = tmp_path / "to-khai.jpg"
    scan.write_bytes(sheet(lines_of(("MỘT HAI BA",)), Shape(width=700, height=900)).picture)
    file = take_in_file(workshop, scan)
    assert isinstance(file, TakenFile)
    return workshop, file.pages[0], scan


def with_reader(workshop: Workshop, **does: SohoaError) -> tuple[Workshop, Reader]:
    reader = Reader(**does)
    return replace(workshop, reading=cast(ReadingPool, reader)), reader


Taken = tuple[Workshop, ScannedPage, Path]


def test_a_page_is_read_once_for_all_runs(taken: Taken) -> None:
    workshop, reader = with_reader(taken[0])
    assert not read_once(workshop, ORDER, taken[1])
    assert read_once(workshop, ORDER, taken[1])
    assert reader.read == ["read_one"]


@pytest.mark.parametrize("error", [PageTimedOut("page"), PageTooHungry("page"), ReaderError("page", "twice")])
def test_a_page_that_stops_the_reader_is_read_in_safe_mode(taken: Taken, error: ReaderError) -> None:
    workshop, reader = with_reader(taken[0], read_one=error)
    assert not read_once(workshop, ORDER, taken[1])
    assert reader.read == ["read_one", "read_safely"]
    kept = workshop.checkpoints.load("page", reading_key(taken[1]))
    assert kept is not None
    assert is_read_safely(opened(RecognisedPage, kept))
    assert not (workshop.settings.state / "quarantine").exists()


def test_a_page_that_cannot_be_read_lies_in_quarantine_and_is_not_paid_for_again(
    taken: Taken, tmp_path: Path
) -> None:
    workshop, reader = with_reader(
        taken[0], read_one=PageTimedOut("page", "120 s"), read_safely=PageTooHungry("page", "1500 MB")
    )
    for _ in range(3):
        with pytest.raises(PageTooHungry, match=r"to-khai.jpg p\.1: 1500 MB"):
            read_once(workshop, ORDER, taken[1])
    assert reader.read == ["read_one", "read_safely"]
    aside = open_quarantine(workshop.settings, workshop.keys)
    (lying,) = aside.entries()
    assert (lying.name, lying.error) == (taken[2].name, "PageTooHungry")
    aside.copy(lying.id, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == taken[2].read_bytes(), "the original, byte for byte"
    more = replace(workshop, settings=workshop.settings.model_copy(update={"page_seconds": 600.0}))
    more, patient = with_reader(more)
    assert not read_once(more, ORDER, taken[1]), "with more time it is tried again"
    assert patient.read == ["read_one"]


def test_a_picture_that_the_reader_refuses_is_its_own_pages_trouble(taken: Taken) -> None:
    refused = SourceTooLarge("picture", "13000 x 13000 pixels")
    workshop, reader = with_reader(taken[0], read_one=refused, read_safely=refused)
    for _ in range(2):
        with pytest.raises(SourceTooLarge, match=r"to-khai.jpg p\.1: 13000 x 13000 pixels"):
            read_once(workshop, ORDER, taken[1])
    assert reader.read == ["read_one", "read_safely"]
    (lying,) = open_quarantine(workshop.settings, workshop.keys).entries()
    assert lying.error == "SourceTooLarge"
    assert DEFAULT_LIMITS.pixels == signature(decode).parameters["most_pixels"].default


def test_a_reader_that_is_not_there_is_no_fault_of_the_page(taken: Taken) -> None:
    workshop, reader = with_reader(taken[0], read_one=PartMissing("weights"))
    with pytest.raises(PartMissing):
        read_once(workshop, ORDER, taken[1])
    assert reader.read == ["read_one"]
    assert not (workshop.settings.state / "quarantine").exists()


def test_places_of_a_smaller_picture_are_those_of_the_page() -> None:
    small = form()
    times = 3
    page = replace(small.page, width=small.frame.scan_width * times, height=small.frame.scan_height * times)
    large = enlarged(small, page)
    assert (large.frame.width, large.frame.height) == (small.frame.width * times, small.frame.height * times)
    for one, other in zip(small.lines, large.lines, strict=True):
        assert other.text == one.text
        assert other.box.left == pytest.approx(one.box.left * times)
        assert other.words[0].box.bottom == pytest.approx(one.words[0].box.bottom * times)
    assert large.page is page


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_is_made_smaller_and_never_larger(kind: str) -> None:
    data = _written(np.full((900, 600, 3), 200, np.uint8), kind)
    assert decode(data, longest=300).shape == (300, 200, 3)
    assert decode(data, longest=3000).shape == (900, 600, 3)


def test_safe_mode_reads_a_large_page_at_the_places_where_it_stands(tmp_path: Path) -> None:
    drawn = letter(("TỜ KHAI ĐĂNG KÝ KHAI SINH", "Kính gửi: Ủy ban nhân dân xã Mẫu"), dpi=400)
    page = scanned(drawn, 400)
    read = read_safely(page, _written(drawn, "PNG"), tmp_path)
    assert "KHAI SINH" in read.text
    assert (read.frame.scan_width, read.frame.scan_height) == (page.width, page.height)
    first = read.lines[0].box
    assert first.left == pytest.approx(400, abs=40), "it was drawn an inch from the left"
    assert first.top == pytest.approx(400, abs=60)
    assert is_read_safely(read)


def _written(pixels: npt.NDArray[np.uint8], kind: str) -> bytes:
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, kind)
    return written.getvalue()
