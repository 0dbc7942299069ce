"""Renditions are judged by what other programs see in them: pdfium, poppler, Pillow, the PDF/A validator."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from pikepdf import pdfa

from dossier.errors import RenditionDiffers, RenditionInvalid
from dossier.geometry import Box
from dossier.page import Line, Word
from dossier.text import LETTERS
from pipeline.rendition import PagePicture, render_document
from pipeline.text_witness import differing_word, words_by_page
from tests.sheets import ABOUT, HEADING, NOW, Shape, lines_of, sheet

TURNS = [(0, 0.0), (90, 0.0), (180, 0.0), (270, 0.0), (0, 1.7), (90, -1.7), (180, 1.7), (270, 0.4)]


def words(texts: tuple[str, ...]) -> list[str]:
    return " ".join(texts).split()


def only_image(pdf: pikepdf.Pdf, page: int = 0) -> pikepdf.Object:
    return pdf.pages[page].Resources.XObject.P


@pytest.mark.parametrize(
    "shape",
    [
        Shape(),
        Shape(mode="L"),
        Shape(mode="CMYK"),
        Shape(format="PNG"),
        Shape(format="PNG", mode="P"),
        Shape(format="TIFF", mode="1"),
        Shape(rotation_degrees=90, angle_degrees=1.7),
    ],
    ids=lambda shape: f"{shape.format}-{shape.mode}-{shape.rotation_degrees}",
)
def test_every_picture_becomes_pdfa_with_its_text(shape: Shape) -> None:
    pdf = render_document([sheet(lines_of(HEADING), shape)], ABOUT)
    assert pdfa.validate_written(io.BytesIO(pdf), "2b").passed
    assert [list(page) for page in words_by_page(pdf)] == [words(HEADING)]


def test_the_jpeg_goes_in_byte_for_byte_whatever_its_turn() -> None:
    page = sheet(lines_of(HEADING), Shape(rotation_degrees=270, angle_degrees=1.7))
    with pikepdf.open(io.BytesIO(render_document([page], ABOUT))) as pdf:
        assert only_image(pdf).read_raw_bytes() == page.picture


def test_one_bit_stays_one_bit_and_keeps_its_strip() -> None:
    page = sheet(lines_of(HEADING), Shape(mode="1", format="TIFF"))
    with pikepdf.open(io.BytesIO(render_document([page], ABOUT))) as pdf:
        image = only_image(pdf)
        assert image.BitsPerComponent == 1
        assert image.read_raw_bytes() in page.picture


@pytest.mark.parametrize(("rotation", "angle"), TURNS)
def test_print_text_and_page_lie_on_one_another(rotation: int, angle: float) -> None:
    """Every box holds its bar of ink, no ink lies outside, and the selection is the box."""
    shape = Shape(rotation_degrees=rotation, angle_degrees=angle)
    page = sheet(lines_of(HEADING), shape)
    frame = page.recognised.frame
    document = pdfium.PdfDocument(render_document([page], ABOUT))
    width, height = document[0].get_size()
    assert width == pytest.approx(frame.width * 72 / shape.dpi, abs=0.01)
    assert height == pytest.approx(frame.height * 72 / shape.dpi, abs=0.01)
    shown = document[0].render(scale=shape.dpi / 72, grayscale=True).to_numpy().squeeze()
    outside = shown < 100
    for line in page.recognised.lines:
        for word in line.words:
            left, top, right, bottom = (int(v) for v in _edges(word.box))
            bar = shown[top:bottom, left:right]
            assert (bar[14:-15, 10:-11] < 100).all(), word.text
            outside[top:bottom, left:right] = False
    assert not outside.any()
    for box, found in zip(_boxes(page), _selections(document[0], shape.dpi), strict=True):
        assert np.allclose(_edges(box), _edges(found), atol=1.0), (box, found)
    document.close()


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


def _boxes(page: PagePicture) -> list[Box]:
    return [word.box for line in page.recognised.lines for word in line.words]


def _selections(page: pdfium.PdfPage, dpi: float) -> list[Box]:
    """What a reader would mark for each word, in pixels from the top left."""
    text = page.get_textpage()
    height = page.get_height()
    found: list[list[tuple[float, float, float, float]]] = [[]]
    for index in range(text.count_chars()):
        if text.get_text_range(index, 1).strip():
            found[-1].append(text.get_charbox(index, loose=True))
        elif found[-1]:
            found.append([])
    text.close()
    scale = dpi / 72
    return [
        Box(
            min(c[0] for c in chars) * scale,
            (height - max(c[3] for c in chars)) * scale,
            max(c[2] for c in chars) * scale,
            (height - min(c[1] for c in chars)) * scale,
        )
        for chars in found
        if chars
    ]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_poppler_agrees_on_words_and_boxes(tmp_path: Path) -> None:
    page = sheet(lines_of(HEADING))
    file = tmp_path / "a.pdf"
    file.write_bytes(render_document([page], ABOUT))
    seen = subprocess.run(
        ["pdftotext", "-bbox", str(file), "-"], capture_output=True, check=True, text=True
    ).stdout
    found = re.findall(
        r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', seen
    )
    assert [word for *_, word in found] == words(HEADING)
    for box, (*edges, _) in zip(_boxes(page), found, strict=True):
        assert np.allclose(_edges(box), [float(e) * 200 / 72 for e in edges], atol=1.0)


def test_every_vietnamese_letter_and_sign_survives() -> None:
    letters = "".join(sorted(LETTERS))
    signs = "² ³ ½ № “ ” ‘ ’ – — … ° % § ☐ ☑ ( ) [ ] / \\ < > & # @ + = * _ ~ ^ | { } $ ₫ € \" '"
    texts = (*(letters[i : i + 20] for i in range(0, len(letters), 20)), signs)
    pdf = render_document([sheet(lines_of(texts))], ABOUT)
    assert [list(page) for page in words_by_page(pdf)] == [words(texts)]


def test_decomposed_letters_are_composed_and_never_folded() -> None:
    page = sheet(lines_of(("Nguye\u0302\u0303n m² ﬁn",)))
    (found,) = words_by_page(render_document([page], ABOUT))
    assert found[:2] == ("Nguyễn", "m²")


def _line(*placed: tuple[str, float, float]) -> Line:
    made = tuple(Word(text, Box(x, y, x + 20 * len(text), y + 40), 0.9) for text, x, y in placed)
    return Line(" ".join(w.text for w in made), made[0].box, 0.9, made)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param((_line(("phải", 700, 100)), _line(("trái", 100, 102))), id="right column first"),
        pytest.param((_line(("một", 100, 100)), _line(("một", 101, 101))), id="a line found twice"),
        pytest.param((_line(("1", 100, 100), ("1", 112, 100), ("1", 124, 100)),), id="overlapping digits"),
        pytest.param((_line(("a", 100, 100), ("b", 90, 100), ("c", 80, 100)),), id="from right to left"),
        pytest.param((_line(("cuối-", 100, 100)), _line(("dòng", 100, 160))), id="hyphen at the end"),
        pytest.param((_line(("-", 100, 100), ("-", 140, 100), ("–", 180, 100)),), id="dashes alone"),
        pytest.param((_line(("x", -50, -40), ("y", 5000, 9000)),), id="off the page"),
        pytest.param(
            (
                _line(
                    *((c, 100, 100 + 45 * i) for i, c in enumerate("DỌC")),
                ),
            ),
            id="vertical",
        ),
        pytest.param(
            (replace(_line(("không", 100, 100)), text="không có chữ", words=()),), id="no word boxes"
        ),
    ],
)
def test_awkward_places_keep_order_and_number_of_words(lines: tuple[Line, ...]) -> None:
    wanted = words(tuple(line.text for line in lines))
    pdf = render_document([sheet_of_nothing(lines)], ABOUT)
    assert [list(page) for page in words_by_page(pdf)] == [wanted]


def sheet_of_nothing(lines: tuple[Line, ...]) -> PagePicture:
    blank = sheet()
    return replace(blank, recognised=replace(blank.recognised, lines=lines, is_blank=False))


@pytest.mark.parametrize("seed", range(6))
def test_crowded_pages_read_back(seed: int) -> None:
    """Random words over and beside one another: nothing is dropped, joined or reordered."""
    numbers = np.random.default_rng(seed)
    pool = tuple(words(("Cộng hòa – - a 1 2 012345678901 ( / m² ½ №01 “x” … l i CT01 Đ/c cuối-",)))
    lines = []
    for _ in range(25):
        x, y = numbers.uniform(0, 700), numbers.uniform(0, 1300)
        placed = []
        for text in numbers.choice(pool, numbers.integers(1, 9)):
            placed.append((str(text), float(x), float(y + numbers.uniform(-4, 4))))
            x += 20 * len(str(text)) + numbers.uniform(-12, 40)
        lines.append(_line(*placed))
    (found,) = words_by_page(render_document([sheet_of_nothing(tuple(lines))], ABOUT))
    assert list(found) == words(tuple(line.text for line in lines))


def test_equal_input_gives_equal_bytes() -> None:
    pages = [sheet(lines_of(HEADING)), sheet()]
    first = render_document(pages, ABOUT)
    assert render_document(pages, ABOUT) == first
    later = replace(ABOUT, created_at=NOW + timedelta(seconds=1))
    assert render_document(pages, later) != first
    with (
        pikepdf.open(io.BytesIO(first)) as one,
        pikepdf.open(io.BytesIO(render_document(pages, later))) as two,
    ):
        assert bytes(one.trailer.ID[0]) != bytes(two.trailer.ID[0])


def test_a_blank_page_says_nothing() -> None:
    page = sheet(lines_of(HEADING))
    blank = replace(page, recognised=replace(page.recognised, is_blank=True))
    pdf = render_document([blank], ABOUT)
    assert list(words_by_page(pdf)) == [()]
    assert b"SoHoaInvisible" not in pdf


def test_the_file_describes_itself() -> None:
    with pikepdf.open(io.BytesIO(render_document([sheet(lines_of(HEADING))], ABOUT))) as pdf:
        meta = pdf.open_metadata()
        assert meta["dc:title"] == ABOUT.title
        assert meta["dc:identifier"] == ABOUT.dossier
        assert meta["xmp:CreateDate"] == "2026-11-21T08:00:05+07:00"
        assert str(pdf.Root.Lang) == "vi"
        assert "/AcroForm" not in pdf.Root


@pytest.mark.parametrize("title", ["", "  ", "a\x00b\u2028c\u00a0d", "<>&\"'", "Ỵ" * 500, "😀"])
def test_any_title_is_valid_pdfa(title: str) -> None:
    pdf = render_document([sheet(lines_of(HEADING))], replace(ABOUT, title=title))
    assert pdfa.validate_written(io.BytesIO(pdf), "2b").passed


def test_pages_keep_their_order() -> None:
    pages = [sheet(lines_of((f"trang {number}",)), number=number) for number in range(1, 5)]
    found = list(words_by_page(render_document(pages, ABOUT)))
    assert found == [("trang", str(number)) for number in range(1, 5)]


def test_what_cannot_be_read_back_is_refused() -> None:
    """Letters that run from right to left come back in another order: such a page is not archived."""
    with pytest.raises(RenditionDiffers, match="page 1: word 2"):
        render_document([sheet(lines_of(("chữ سلام",)))], ABOUT)
    with pytest.raises(RenditionDiffers):
        render_document([sheet(lines_of(("nửa\ud800chữ",)))], ABOUT)


def test_invalid_renditions_are_refused() -> None:
    page = sheet(lines_of(HEADING))
    wrong_size = replace(
        page, recognised=replace(page.recognised, frame=replace(page.recognised.frame, scan_width=999))
    )
    with pytest.raises(RenditionInvalid, match="999x1400"):
        render_document([wrong_size], ABOUT)
    with pytest.raises(RenditionInvalid, match="points"):
        render_document([sheet(shape=Shape(dpi=5.0))], ABOUT)
    with pytest.raises(RenditionInvalid, match="without pages"):
        render_document([], ABOUT)


def test_a_pdf_can_never_be_rewritten_as_a_rendition() -> None:
    """A signed file is out of reach: renditions are made of pictures only."""
    page = sheet(lines_of(HEADING))
    pdf = render_document([page], ABOUT)
    with pytest.raises(RenditionInvalid):
        render_document([replace(page, picture=pdf, media_type="application/pdf")], ABOUT)
    with pytest.raises(RenditionInvalid):
        render_document([replace(page, picture=pdf)], ABOUT)


@pytest.mark.parametrize(
    ("wanted", "found", "position"),
    [
        (("một", "hai"), ("một", "hai"), None),
        (("một", "hai"), ("một", "hái"), 1),
        (("một", "hai"), ("một",), 1),
        (("một",), ("một", "hai"), 1),
        ((), ("một",), 0),
        (("m²",), ("m2",), 0),
        (("ﬁn",), ("fin",), None),
        ((), (), None),
    ],
)
def test_every_difference_counts(
    wanted: tuple[str, ...], found: tuple[str, ...], position: int | None
) -> None:
    assert differing_word(wanted, found) == position
