"""PDF files that are cut off, locked, enormous, empty or partly damaged; signatures in them."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from dossier.errors import SourceEncrypted, SourceTooLarge, SourceUnreadable, SourceWithoutPages
from scanners.delivery import DEFAULT_LIMITS, DeliveredFile, IntakeLimits
from scanners.files import read_pages
from scanners.pdf import count_signatures
from tests.pdf_papers import (
    FULL,
    Paper,
    broken_in_the_middle,
    jpeg,
    pages_of,
    scan,
    scanned,
)


def test_a_picture_cut_off_inside_a_whole_pdf_is_no_page() -> None:
    for data, entries in (
        (jpeg(scan())[:-4000], {"Filter": Name.DCTDecode}),
        (zlib.compress(scan().tobytes()[:-9000]), {"Filter": Name.FlateDecode}),
        (zlib.compress(scan().tobytes())[:-3000], {"Filter": Name.FlateDecode}),
        (broken_in_the_middle(zlib.compress(scan().tobytes())), {"Filter": Name.FlateDecode}),
    ):
        paper = Paper()
        paper.add("Im0", paper.picture(data, **entries)).draws(FULL)
        with pytest.raises(SourceUnreadable, match=r"scan\.pdf: page 1: .*(cut off|damaged)"):
            paper.pages()


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_pdf_cut_off_anywhere_is_refused(share: float) -> None:
    paper, _ = scanned()
    data = paper.data()
    with pytest.raises((SourceUnreadable, SourceWithoutPages)):
        pages_of(data[: int(len(data) * share)])


def test_a_pdf_of_no_pages_and_one_of_too_many() -> None:
    empty = Paper()
    del empty.pdf.pages[0]
    with pytest.raises(SourceWithoutPages):
        empty.pages()
    paper, _ = scanned()
    paper.pdf.pages.extend([paper.pdf.pages[0]] * 3)
    with pytest.raises(SourceTooLarge, match="4 pages"):
        paper.pages(IntakeLimits(pages=3))


def test_a_password_is_asked_for_only_where_there_is_one() -> None:
    paper, data = scanned()
    locked = paper.data(encryption=pikepdf.Encryption(owner="chu", user="mat-khau"))
    with pytest.raises(SourceEncrypted):
        pages_of(locked)
    open_to_all = paper.data(encryption=pikepdf.Encryption(owner="chu", user=""))
    (page,) = pages_of(open_to_all)
    assert page.picture == data


def test_a_picture_of_20_000_pixels_in_a_pdf_is_refused_undecoded() -> None:
    paper = Paper()
    paper.add("Im0", paper.picture(b"\xff\xd8", Filter=Name.DCTDecode, Width=20_000)).draws(
        b"q 420 0 0 26 0 0 cm /Im0 Do Q"
    )
    paper.obj.MediaBox = Array([0, 0, 420, 26])
    with pytest.raises(SourceTooLarge, match="20000 x 1240"):
        paper.pages()


def test_an_enormous_page_is_drawn_smaller_and_an_absurd_one_refused() -> None:
    paper = Paper().draws(b"0 0 1000 1000 re f")
    paper.obj.MediaBox = Array([0, 0, 7200, 3600])
    (page,) = paper.pages(IntakeLimits(drawn_pixels=2_000_000))
    assert page.width * page.height <= 2_010_000
    assert page.width / page.dpi == pytest.approx(100, rel=0.01)
    paper.obj.MediaBox = Array([0, 0, 10_000_000, 10_000_000])
    with pytest.raises(SourceTooLarge, match="3527"):
        paper.pages()


def test_pages_come_in_order_and_one_at_a_time() -> None:
    pictures = [jpeg(scan().rotate(turn)) for turn in (0, 1, 2)]
    pdf = Pdf.new()
    for data in pictures:
        paper = Paper()
        paper.add("Im0", paper.picture(data, Filter=Name.DCTDecode)).draws(FULL)
        pdf.pages.extend(paper.pdf.pages)
    out = io.BytesIO()
    pdf.save(out)
    pages = read_pages(DeliveredFile("three.pdf", out.getvalue(), "application/pdf", 0))
    assert [(p.number, p.picture) for p in pages] == list(enumerate(pictures, start=1))


@pytest.mark.parametrize("names", [(), ("One",), ("One", "Two")])
def test_only_fields_that_carry_a_signature_count(names: Sequence[str]) -> None:
    paper, _ = scanned()
    fields = [Dictionary(FT=Name.Sig, T=pikepdf.String("Empty")), Dictionary(FT=Name.Tx, T="Text", V="x")]
    for name in names:
        value = Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=pikepdf.String(b"\0" * 8))
        # The field type stands on the parent, as in a real form.
        fields.append(Dictionary(FT=Name.Sig, T=name, Kids=Array([Dictionary(T="kid", V=value)])))
    paper.pdf.Root.AcroForm = Dictionary(Fields=Array([paper.pdf.make_indirect(f) for f in fields]))
    data = paper.data()
    file = DeliveredFile("signed.pdf", data, "application/pdf", 0)
    assert count_signatures(file, DEFAULT_LIMITS) == (len(names), 1), "and one is empty"


def test_a_damaged_page_beside_a_sound_one_names_its_number(tmp_path: Path) -> None:
    paper, _ = scanned()
    broken = Paper()
    broken.add("Im0", broken.picture(jpeg(scan())[:3000], Filter=Name.DCTDecode)).draws(FULL)
    paper.pdf.pages.extend(broken.pdf.pages)
    pages = read_pages(DeliveredFile("two.pdf", paper.data(), "application/pdf", 0))
    assert next(pages).number == 1
    with pytest.raises(SourceUnreadable, match="page 2"):
        next(pages)
