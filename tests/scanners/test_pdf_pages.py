"""PDF pages: the one picture comes out as it is stored; everything else is drawn."""

from __future__ import annotations

import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import ImageChops, ImageStat

from dossier.errors import SourceUnsupported
from dossier.page import Extraction
from tests.pdf_papers import (
    FULL,
    PIXELS,
    Paper,
    scanned,
    shown,
)


def test_a_jpeg_that_fills_the_page_comes_out_byte_for_byte() -> None:
    paper, data = scanned()
    (page,) = paper.pages()
    assert page.picture == data
    assert (page.media_type, page.extraction) == ("image/jpeg", Extraction.EMBEDDED)
    assert (page.width, page.height) == PIXELS
    assert page.dpi == pytest.approx(150, abs=0.2)


@pytest.mark.parametrize(
    "content",
    [
        b"q 0.24 0 0 0.24 0 0 cm 1750 0 0 2479.17 0 0 cm /Im0 Do Q",
        b"0 595 m q -420 0 0 -595 420 595 cm /Im0 Do Q",
        b"q 0 0 420 595 re W n 420 0 0 595 0 0 cm /Im0 Do Q",
        b"q 410 0 0 585 5 5 cm /Im0 Do Q",
        FULL + b" BT /F1 12 Tf 3 Tr 20 500 Td (OCR, hidden) Tj ET",
        b"BT 3 Tr /F1 9 Tf (before) Tj ET " + FULL,
        b"1 1 1 rg 0 0 420 595 re f BT /F1 12 Tf 50 50 Td (under the scan) Tj ET " + FULL,
        FULL + b" BT /F1 12 Tf () Tj [-20] TJ ET",
    ],
)
def test_what_cannot_be_seen_beside_the_picture_changes_nothing(content: bytes) -> None:
    paper, data = scanned(content)
    (page,) = paper.pages()
    assert page.extraction is Extraction.EMBEDDED
    assert page.picture == data


@pytest.mark.parametrize(
    "content",
    [
        FULL + b" BT /F1 12 Tf 20 500 Td (seen) Tj ET",
        FULL + b" 1 0 0 RG 10 10 m 200 200 l S",
        FULL + b" 0.5 g 10 10 50 50 re f",
        FULL + b" q 100 0 0 100 20 20 cm /Im0 Do Q",
        b"q 210 0 0 297 0 0 cm /Im0 Do Q",
        b"q -420 0 0 595 420 0 cm /Im0 Do Q",  # a mirror image would be unreadable on its own
        b"q 410 60 -60 585 20 0 cm /Im0 Do Q",
        b"q 420 0 0 297 0 149 cm /Im0 Do Q",
        b"q 600 0 0 850 -90 -120 cm /Im0 Do Q",
        b"q 0 0 210 595 re W n " + FULL[2:],
        b"q 0 0 m 420 0 l 0 595 l h W n " + FULL[2:],
        b"/OC /Layer BDC " + FULL + b" EMC",
        b"q 420 0 0 595 0 0 cm /Nowhere Do Q",
        b"",
    ],
)
def test_a_page_that_is_not_one_whole_picture_is_drawn(content: bytes) -> None:
    paper, _ = scanned(content)
    (page,) = paper.pages()
    assert page.extraction is Extraction.RENDERED
    assert page.media_type == "image/png"
    assert shown(page).size == (page.width, page.height)
    assert page.width / page.dpi == pytest.approx(420 / 72, rel=0.01)


def test_text_is_drawn_where_it_stands() -> None:
    paper = Paper().draws(b"BT /F1 40 Tf 60 500 Td (BEFORE) Tj ET")
    (page,) = paper.pages()
    ink = ImageChops.invert(shown(page).convert("L")).getbbox()
    assert ink is not None
    left, top, _, bottom = (edge / 300 * 72 for edge in ink)
    assert left == pytest.approx(60, abs=6)
    assert 595 - bottom == pytest.approx(500, abs=3)
    assert 595 - top == pytest.approx(529, abs=3)


def test_form_in_form_is_followed_with_its_matrices() -> None:
    paper, data = scanned(b"q 420 0 0 595 0 0 cm /Fm0 Do Q")
    picture = paper.obj.Resources.XObject.Im0
    inner = paper.pdf.make_stream(b"/Im0 Do")
    outer = paper.pdf.make_stream(b"q 0.5 0 0 0.5 0 0 cm /Fm1 Do Q")
    for form, resources, matrix, box in (
        (inner, Dictionary(XObject=Dictionary(Im0=picture)), [2, 0, 0, 2, 0, 0], [0, 0, 1, 1]),
        (outer, Dictionary(XObject=Dictionary(Fm1=inner)), [1, 0, 0, 1, 0, 0], [0, 0, 1, 1]),
    ):
        form.Type, form.Subtype = Name.XObject, Name.Form
        form.Resources, form.Matrix, form.BBox = resources, Array(matrix), Array(box)
    paper.add("Fm0", outer)
    (page,) = paper.pages()
    assert page.picture == data
    assert page.dpi == pytest.approx(150, abs=0.2)


def test_a_form_that_calls_itself_ends() -> None:
    paper, _ = scanned(FULL + b" /Fm0 Do")
    form = paper.pdf.make_stream(b"/Fm0 Do /Fm0 Do")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
    form.Resources = Dictionary(XObject=Dictionary(Fm0=form))
    paper.add("Fm0", form)
    assert len(paper.pages()) == 1


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_gives_the_picture_as_stored(turn: int) -> None:
    paper, data = scanned()
    paper.obj.Rotate = turn
    (page,) = paper.pages()
    assert page.picture == data
    assert (page.width, page.height) == PIXELS


def test_a_crop_box_that_hides_a_part_makes_the_page_drawn() -> None:
    paper, _ = scanned()
    paper.obj.CropBox = Array([0, 0, 420, 300])
    (page,) = paper.pages()
    assert page.extraction is Extraction.RENDERED
    assert page.height / page.width == pytest.approx(300 / 420, rel=0.01)


@pytest.mark.parametrize(
    ("entries", "visible"),
    [({}, True), ({"F": 2}, False), ({"F": 32}, False), ({"Rect": Array([5, 5, 5, 5])}, False)],
)
def test_an_annotation_that_is_seen_makes_the_page_drawn(entries: dict[str, object], visible: bool) -> None:
    paper, _ = scanned()
    look = paper.pdf.make_stream(b"1 0 0 rg 0 0 100 40 re f")
    look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 100, 40])
    mark = Dictionary(
        Type=Name.Annot, Subtype=Name.Stamp, Rect=Array([20, 20, 120, 60]), AP=Dictionary(N=look)
    )
    for key, value in entries.items():
        mark[f"/{key}"] = value
    paper.obj.Annots = Array([paper.pdf.make_indirect(mark)])
    (page,) = paper.pages()
    assert (page.extraction is Extraction.RENDERED) == visible
    if visible:
        red = shown(page).crop((50, page.height - 100, 90, page.height - 60))
        assert ImageStat.Stat(red).mean == [255, 0, 0]


@pytest.mark.parametrize(
    "content",
    [
        FULL + b" 1 0 0 rg 10 10 50 20 re f",
        b"q 420 0 0 595 0 297.5 cm /Im0 Do Q q 420 0 0 595 0 -297.5 cm /Im0 Do Q",
    ],
)
def test_a_scan_in_parts_or_under_a_mark_is_drawn_at_its_own_resolution(content: bytes) -> None:
    paper, _ = scanned(content)
    (page,) = paper.pages()
    assert page.dpi == pytest.approx(150, abs=1)
    assert abs(page.width - PIXELS[0]) <= 1


def field(paper: Paper, look: str, **entries: object) -> None:
    """A field without an appearance; `look` says where it is told how values look."""
    widget = Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=Array([20, 20, 400, 60]), F=4)
    top = above = Dictionary(FT=Name.Tx, T=String("ten"))
    for key, value in entries.items():
        (above if key == "V" else widget)[f"/{key}"] = value
    if look == "field":
        above.DA = String("/Helv 20 Tf 0 g")
    top = paper.pdf.make_indirect(above)
    child = paper.pdf.make_indirect(widget)
    child.Parent, top.Kids = top, Array([child])
    paper.obj.Annots = Array([child])
    form = Dictionary(Fields=Array([top]))
    if look != "nowhere":
        helvetica = Dictionary(
            Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
        )
        form.DR = Dictionary(Font=Dictionary(Helv=paper.pdf.make_indirect(helvetica)))
        form.DA = String("/Helv 20 Tf 0 g")
    paper.pdf.Root.AcroForm = form


@pytest.mark.parametrize("look", ["field", "form"])
def test_a_value_typed_into_a_field_is_on_the_page(look: str) -> None:
    paper, _ = scanned()
    field(paper, look, V=String("NGUYEN VAN MAU 0123456789"))
    (page,) = paper.pages()
    assert page.extraction is Extraction.RENDERED
    scale = page.dpi / 72
    place = (
        round(24 * scale),
        page.height - round(56 * scale),
        round(300 * scale),
        page.height - round(24 * scale),
    )
    assert ImageStat.Stat(shown(page).convert("L").crop(place)).extrema[0][0] < 60


@pytest.mark.parametrize(
    ("look", "value"),
    [("form", "Nguyễn Văn Mẫu"), ("nowhere", "NGUYEN VAN MAU")],
)
def test_a_value_that_would_lose_letters_is_refused(look: str, value: str) -> None:
    paper, _ = scanned()
    field(paper, look, V=String(value))
    with pytest.raises(SourceUnsupported):
        paper.pages()


@pytest.mark.parametrize("entries", [{}, {"V": String("  ")}, {"V": String("Nguyễn"), "F": 2}])
def test_an_empty_or_hidden_field_changes_nothing(entries: dict[str, object]) -> None:
    paper, data = scanned()
    field(paper, "form", **entries)
    (page,) = paper.pages()
    if "F" not in entries:
        assert page.picture == data
    assert page.extraction is Extraction.EMBEDDED
