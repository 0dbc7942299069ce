"""Checkpoints are whole or absent; values come back as they went in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.archive import ArchivedObject, ArchivePackage, Dossier, DossierReport, DossierState
from dossier.document import Document, Field, Kind
from dossier.errors import StorageError
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.geometry import Box, UprightFrame
from dossier.identity import CardRecord, Identity, IdentityVerdict, Witness, WitnessSource
from dossier.page import (
    Code,
    Engine,
    Extraction,
    Line,
    NumberReading,
    RecognisedPage,
    ScannedPage,
    SourceFile,
    StoredObject,
    Word,
)
from storage.checkpoints import FolderCheckpoints
from storage.clock import VIETNAM
from storage.codec import decode, encode

BOX = Box(1.5, 2.0, 300.25, 44.0)
ORIGINAL = StoredObject("k", "ab" * 32, 12345, "image/jpeg")
PAGE = RecognisedPage(
    page=ScannedPage(
        SourceFile("tờ khai.jpg", ORIGINAL, 2), 1, ORIGINAL, Extraction.EMBEDDED, 2480, 3508, 300.0
    ),
    frame=UprightFrame(2480, 3508, 90, -1.25),
    lines=(Line("Họ và tên: NGUYỄN THỊ MẪU", BOX, 0.93, (Word("Họ", BOX, 0.99), Word("MẪU", BOX, 0.93))),),
    codes=(Code("QRCode", "001099000000|MẪU", BOX),),
    numbers=(NumberReading("001099000000", BOX, 1.0, "sohoa-vi-tiny"),),
    is_blank=False,
    confidence=0.93,
    engines=(Engine("sohoa-vi-tiny", "1", "cd" * 32),),
)
CARD = CardRecord("001099000000", "", "NGUYỄN THỊ MẪU", date(1999, 1, 2), "Nữ", "Xã MẪU", None)
WITNESS = Witness(WitnessSource.QR, "zxing-cpp", "001099000000", "NGUYỄN THỊ MẪU", 1, 1, None, 1.0)
DOCUMENT = Document(
    1, Kind("ct01", "TỜ KHAI", 0.9), (PAGE,), (Field("x", "m² ½ №", 1, None, 0.5, "qr:zxing"),)
)
PACKAGE = ArchivePackage(
    "H56.101-250715-0001",
    "dossiers/H56.101-250715-0001/1",
    "ef" * 32,
    (ArchivedObject("k", "v", "ab" * 32, 1, datetime(2036, 1, 2, 3, 4, 5, tzinfo=VIETNAM)),),
)
REPORT = DossierReport(
    Dossier(
        "H56.101-250715-0001",
        "1.001193",
        (DOCUMENT,),
        (Identity("001099000000", "NGUYỄN THỊ MẪU", IdentityVerdict.CONFIRMED, (WITNESS,), CARD),),
    ),
    DossierState.ARCHIVED,
    (Finding(Rule.LOW_RESOLUTION, Severity.WARNING, Outcome.FAIL, "tờ khai.jpg", ("p.1",), ""),),
    PACKAGE,
    (("read", 1.25), ("seal", 0.5)),
)


@pytest.mark.parametrize(
    "value",
    [PAGE, DOCUMENT, REPORT, replace(REPORT, package=None), PACKAGE, CARD, ORIGINAL, "chuỗi", 3, None],
    ids=lambda value: type(value).__name__,
)
def test_values_come_back_as_they_went_in(value: object) -> None:
    back = decode(type(value), encode(value))
    assert back == value
    assert type(back) is type(value)
    assert hash(back) == hash(value)
    assert encode(back) == encode(value)


def test_the_kinds_of_things_inside_come_back_too() -> None:
    back = decode(DossierReport, encode(REPORT))
    assert isinstance(back.state, DossierState)
    assert isinstance(back.dossier.documents[0].pages[0].page.extraction, Extraction)
    assert isinstance(back.dossier.documents, tuple)
    assert back.package is not None
    assert back.package.objects[0].retain_until.utcoffset() == PACKAGE.objects[0].retain_until.utcoffset()


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(st.characters(exclude_categories=["Cs"])),
    number=st.floats(allow_nan=False),
    when=st.datetimes(timezones=st.just(UTC)),
    words=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=4),
)
def test_any_text_number_and_time_comes_back(
    text: str, number: float, when: datetime, words: list[str]
) -> None:
    line = Line(text, BOX, number, tuple(Word(word, BOX, number) for word in words))
    assert decode(Line, encode(line)) == line
    kept = ArchivedObject(text, "v", "s", 2**53, when)
    assert decode(ArchivedObject, encode(kept)) == kept


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'{"key": 1}', encode(ORIGINAL)[:-3], b"\xff"])
def test_bytes_of_another_form_are_refused(data: bytes) -> None:
    with pytest.raises(StorageError, match="stored StoredObject"):
        decode(StoredObject, data)


def test_a_misfit_is_named_without_showing_its_value() -> None:
    with pytest.raises(StorageError, match="size_bytes") as caught:
        decode(StoredObject, encode(replace(ORIGINAL, size_bytes="001099000000")))  # type: ignore[arg-type]
    assert "001099000000" not in str(caught.value)


def test_results_are_found_again_by_step_and_key(tmp_path: Path) -> None:
    FolderCheckpoints(tmp_path).save("read", "a/../b\0ơ", b"result")
    again = FolderCheckpoints(tmp_path)
    assert again.load("read", "a/../b\0ơ") == b"result"
    assert again.load("seal", "a/../b\0ơ") is None
    assert again.load("read", "other") is None
    assert again.load("rea", "da/../b\0ơ") is None


def test_a_result_may_be_replaced(tmp_path: Path) -> None:
    checkpoints = FolderCheckpoints(tmp_path)
    for result in (b"first", b"", b"second"):
        checkpoints.save("read", "k", result)
        assert checkpoints.load("read", "k") == result


def test_a_torn_file_is_never_loaded(tmp_path: Path) -> None:
    checkpoints = FolderCheckpoints(tmp_path)
    checkpoints.save("read", "k", b"the whole result")
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        assert checkpoints.load("read", "k") is None
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert checkpoints.load("read", "k") is None
    file.write_bytes(whole)
    assert checkpoints.load("read", "k") == b"the whole result"


def test_a_result_under_the_wrong_name_is_not_loaded(tmp_path: Path) -> None:
    checkpoints = FolderCheckpoints(tmp_path)
    checkpoints.save("read", "one", b"of one")
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    stolen = file.read_bytes()
    checkpoints.save("read", "two", b"of two")
    (other,) = [path for path in tmp_path.rglob("*") if path.is_file() and path != file]
    other.write_bytes(stolen)
    assert checkpoints.load("read", "two") is None
