"""The guarded process: whatever a file does, the parent gets pages or one named trouble."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import psutil
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image

from dossier.errors import SourceEncrypted, SourceError, SourceTooLarge, SourceUnreadable
from dossier.page import Extraction
from scanners.delivery import DEFAULT_LIMITS, DeliveredFile
from scanners.files import open_file, prove_whole, read_pages, read_pages_guarded

WIDTH, HEIGHT = 850, 1100


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize((WIDTH, HEIGHT)).save(out, "JPEG")
    return out.getvalue()


def picture_pdf(pdf: Pdf, data: bytes, **entries: object) -> bytes:
    """A letter page filled by one picture."""
    stream = pdf.make_stream(data)
    known: dict[str, object] = {
        "Type": Name.XObject,
        "Subtype": Name.Image,
        "Width": WIDTH,
        "Height": HEIGHT,
        "BitsPerComponent": 8,
        "ColorSpace": Name.DeviceGray,
        "Filter": Name.DCTDecode,
    }
    for key, value in {**known, **entries}.items():
        stream[f"/{key}"] = value
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, 612, 792]),
        Resources=Dictionary(XObject=Dictionary(Im0=stream)),
        Contents=pdf.make_stream(b"612 0 0 792 0 0 cm /Im0 Do"),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def children() -> set[psutil.Process]:
    """Processes below this one; other tests' resident ones among them."""
    return set(psutil.Process().children(recursive=True))


@pytest.fixture(autouse=True)
def _nothing_left(tmp_path: Path) -> Iterator[None]:
    (tmp_path / "work").mkdir()
    before = children()
    yield
    assert children() <= before
    assert list((tmp_path / "work").iterdir()) == []


def given(tmp_path: Path, data: bytes, name: str = "scan.pdf") -> tuple[DeliveredFile, Path]:
    path = tmp_path / name
    path.write_bytes(data)
    return open_file(path), tmp_path / "work"


def test_the_guarded_process_gives_what_reading_here_gives(tmp_path: Path) -> None:
    pdf = Pdf.new()
    picture_pdf(pdf, jpeg())
    file, work = given(tmp_path, picture_pdf(pdf, jpeg()))
    guarded = list(read_pages_guarded(file, work))
    assert guarded == list(read_pages(file))
    assert [(p.number, p.extraction) for p in guarded] == [(1, Extraction.EMBEDDED), (2, Extraction.EMBEDDED)]
    assert guarded[0].picture == jpeg()
    assert list(read_pages_guarded(tmp_path / "scan.pdf", work)) == guarded


def test_a_reader_that_stops_early_leaves_nothing_behind(tmp_path: Path) -> None:
    pdf = Pdf.new()
    for _ in range(3):
        data = picture_pdf(pdf, jpeg())
    file, work = given(tmp_path, data)
    pages = read_pages_guarded(file, work)
    assert next(pages).number == 1
    pages.close()  # type: ignore[attr-defined]


def test_errors_cross_the_border_with_their_kind(tmp_path: Path) -> None:
    pdf = Pdf.new()
    picture_pdf(pdf, jpeg())
    out = io.BytesIO()
    pdf.save(out, encryption=pikepdf.Encryption(owner="chu", user="mat-khau"))
    file, work = given(tmp_path, out.getvalue(), "khóa.pdf")
    for read in (lambda: list(read_pages_guarded(file, work)), lambda: prove_whole(file, work)):
        with pytest.raises(SourceEncrypted, match="password") as refused:
            read()
        assert refused.value.subject == "khóa.pdf"


def test_a_page_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    file, work = given(tmp_path, picture_pdf(Pdf.new(), jpeg()))
    # No process starts within a millisecond: the outcome does not depend on how fast this machine is.
    with pytest.raises(SourceUnreadable, match="longer than allowed"):
        list(read_pages_guarded(file, work, timeout_seconds=0.001))
    with pytest.raises(SourceUnreadable, match="the file takes longer"):
        list(read_pages_guarded(file, work, replace(DEFAULT_LIMITS, file_seconds=0.001)))


def test_a_process_that_hangs_is_killed(tmp_path: Path) -> None:
    pdf = Pdf.new()
    picture_pdf(pdf, jpeg())
    file, work = given(tmp_path, picture_pdf(pdf, jpeg()))
    before = children()
    pages = read_pages_guarded(file, work, timeout_seconds=20)
    assert next(pages).number == 1
    (child,) = children() - before
    child.suspend()  # it will never answer again, nor end when it is asked to
    pages.close()  # type: ignore[attr-defined]
    assert not child.is_running()


def test_a_picture_that_unpacks_to_more_than_the_memory_is_too_large(tmp_path: Path) -> None:
    width, height = 5_950, 7_700
    packer = zlib.compressobj(1)
    row = bytes(width)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    entries = {"Width": width, "Height": height, "Filter": Name.FlateDecode}
    data = picture_pdf(Pdf.new(), packed, **entries)
    file, work = given(tmp_path, data)
    with pytest.raises(SourceTooLarge, match="memory"):
        list(read_pages_guarded(file, work, replace(DEFAULT_LIMITS, memory_bytes=128 * 1024**2)))


def test_a_process_that_dies_without_a_word_is_one_named_trouble(tmp_path: Path) -> None:
    file, work = given(tmp_path, picture_pdf(Pdf.new(), jpeg()))
    with pytest.raises(SourceError) as refused:
        list(read_pages_guarded(file, work, replace(DEFAULT_LIMITS, memory_bytes=48 * 1024**2)))
    assert "\n" not in str(refused.value)


def test_signatures_are_counted_when_the_file_is_opened(tmp_path: Path) -> None:
    pdf = Pdf.new()
    picture_pdf(pdf, jpeg())
    value = Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=pikepdf.String(b"\0" * 8))
    field = pdf.make_indirect(Dictionary(FT=Name.Sig, T=pikepdf.String("S1"), V=value))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    file, _ = given(tmp_path, out.getvalue())
    assert file.signatures == 1
    assert file.data == out.getvalue()


def test_proving_a_pdf_draws_nothing(tmp_path: Path) -> None:
    pdf = Pdf.new()
    pdf.add_blank_page()
    pdf.pages[0].obj.MediaBox = Array([0, 0, 10_000_000, 10_000_000])
    out = io.BytesIO()
    pdf.save(out)
    file, work = given(tmp_path, out.getvalue())
    prove_whole(file, work)
    with pytest.raises(SourceTooLarge):
        list(read_pages_guarded(file, work))
