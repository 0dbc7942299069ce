"""A form of the one-stop centre as PDF/A-2b for the office printer: text to be read, searched and heard.

The page follows the layout of administrative papers (NĐ 30/2020/NĐ-CP Phụ lục I): A4, agency and national
heading side by side, Times-like 13 points. Every paragraph is marked for readers of the screen (ISO 32000-1,
14.7); equal input gives equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, String, pdfa

from dossier.errors import PartMissing
from pipeline.mark_font import FONT_FOLDERS, UNITS, MarkFont, find_font, mark_font
from pipeline.pdfa_bytes import pdfa_bytes
from pipeline.rendition import DocumentAbout, describe
from pipeline.text_layer import to_unicode

_WIDTH, _HEIGHT = 595.276, 841.89
_LEFT, _RIGHT, _TOP, _BOTTOM = 85.0, 51.0, 57.0, 57.0
_LEADING: Final = 1.3
_BOLD: Final = ("LiberationSerif-Bold.ttf", "Tinos-Bold.ttf", "FreeSerifBold.ttf", "timesbd.ttf")


class Look(StrEnum):
    """How a paragraph is set."""

    TITLE = "title"
    BODY = "body"
    ITEM = "item"
    """An entry of a list, set in from the left."""
    NOTE = "note"
    """Smaller, below an entry."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the form."""

    text: str
    look: Look = Look.BODY


@dataclass(frozen=True, slots=True)
class Form:
    """What the form says, from top to bottom."""

    mark: str
    """Number of the form, top right."""
    agency: tuple[str, ...]
    """Left column of the head; its last line in bold."""
    heading: tuple[str, ...]
    """Right column of the head; in bold."""
    number: str
    """Below the agency."""
    place_and_date: str
    """Below the heading."""
    paragraphs: tuple[Paragraph, ...]
    signature: tuple[str, ...]
    """Who signs, how, and the name, at the right of the end; the first line in bold."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A line of text where it stands."""

    text: str
    x: float
    baseline: float
    points: float
    is_bold: bool


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph as laid out: its lines by page."""

    tag: str
    pages: tuple[tuple[int, tuple[_Run, ...]], ...]


def draw_form(form: Form, about: DocumentAbout) -> bytes:
    """The form as PDF/A-2b. Raises PartMissing without a Vietnamese font, RenditionInvalid."""
    letters = "".join((*_texts(form), "…"))
    plain, bold = mark_font(find_font(), letters), mark_font(_bold_font(), letters)
    blocks = list(_Layout(plain, bold).blocks(form))
    with Pdf.new() as pdf:
        fonts = Dictionary({"/R": _embedded(pdf, plain), "/B": _embedded(pdf, bold)})
        _fill(pdf, blocks, fonts, (plain, bold))
        pdfa.prepare(pdf, "2b")
        describe(pdf, about)
        return pdfa_bytes(pdf, about.title)


@cache
def _bold_font() -> Path:
    for name in _BOLD:
        for folder in FONT_FOLDERS:
            for path in sorted(folder.rglob(name)) if folder.is_dir() else ():
                return path
    raise PartMissing("Liberation Serif Bold", "no bold Times-like font (fonts-liberation2)")


def _texts(form: Form) -> Iterator[str]:
    yield from (form.mark, *form.agency, *form.heading, form.number, form.place_and_date, *form.signature)
    yield from (paragraph.text for paragraph in form.paragraphs)


class _Layout:
    """Breaks paragraphs into lines and lines into pages."""

    def __init__(self, plain: MarkFont, bold: MarkFont) -> None:
        self._fonts = {False: plain, True: bold}
        self._page = 0
        self._y = _TOP

    def blocks(self, form: Form) -> Iterator[_Block]:
        """Every paragraph in reading order."""
        middle = _WIDTH / 2
        yield self._centred([form.mark], (middle, _WIDTH - _RIGHT), 10, bold_from=9)
        top = self._y + 4
        left, right = (_LEFT - 20, middle - 12), (middle - 2, _WIDTH - _RIGHT + 10)
        self._y = top
        yield self._centred(form.agency, left, 12, bold_from=len(form.agency) - 1)
        yield self._centred([form.number], left, 12, bold_from=9)
        ended, self._y = self._y, top
        yield self._centred(form.heading, right, 12, bold_from=0)
        yield self._centred([form.place_and_date], right, 12, bold_from=9)
        self._y = max(ended, self._y) + 14
        for paragraph in form.paragraphs:
            yield self._paragraph(paragraph)
        self._y += 16
        if self._y + 110 > _HEIGHT - _BOTTOM:
            self._next_page()
        column = (middle, _WIDTH - _RIGHT)
        yield self._centred(form.signature[:1], column, 13, bold_from=0)
        yield self._centred(form.signature[1:2], column, 11, bold_from=9)
        self._y += 58
        yield self._centred(form.signature[2:], column, 13, bold_from=0)

    def _centred(
        self, lines: Sequence[str], column: tuple[float, float], points: float, *, bold_from: int
    ) -> _Block:
        runs = []
        for number, text in enumerate(lines):
            is_bold = number >= bold_from
            for part in self._broken(text, points, column[1] - column[0], is_bold=is_bold):
                width = self._fonts[is_bold].width(part) * points
                runs.append(_Run(part, (sum(column) - width) / 2, self._down(points), points, is_bold))
        return _Block("P", ((self._page, tuple(runs)),))

    def _paragraph(self, paragraph: Paragraph) -> _Block:
        points, indent = {
            Look.TITLE: (14.0, 0.0),
            Look.BODY: (13.0, 0.0),
            Look.ITEM: (13.0, 18.0),
            Look.NOTE: (11.0, 34.0),
        }[paragraph.look]
        is_title = paragraph.look is Look.TITLE
        room = _WIDTH - _LEFT - _RIGHT - indent
        pages: dict[int, list[_Run]] = {}
        for part in self._broken(paragraph.text, points, room, is_bold=is_title):
            if self._y + points * _LEADING > _HEIGHT - _BOTTOM:
                self._next_page()
            x = _LEFT + indent
            if is_title:
                x = _LEFT + (room - self._fonts[True].width(part) * points) / 2
            pages.setdefault(self._page, []).append(_Run(part, x, self._down(points), points, is_title))
        self._y += 8 if is_title else 3
        placed = tuple((page, tuple(runs)) for page, runs in pages.items())
        return _Block("H1" if is_title else "P", placed)

    def _broken(self, text: str, points: float, room: float, *, is_bold: bool) -> Iterator[str]:
        """Lines that fit the room; a word that is longer alone is cut."""
        font, line = self._fonts[is_bold], ""
        for word in text.split():
            longer = f"{line} {word}".strip()
            if font.width(longer) * points <= room:
                line = longer
                continue
            if line:
                yield line
            while font.width(word) * points > room:
                cut = next(n for n in range(len(word) - 1, 0, -1) if font.width(word[:n]) * points <= room)
                yield word[:cut]
                word = word[cut:]
            line = word
        yield line

    def _down(self, points: float) -> float:
        """The baseline of the next line."""
        self._y += points * _LEADING
        return _HEIGHT - self._y + points * 0.25

    def _next_page(self) -> None:
        self._page += 1
        self._y = _TOP


def _fill(pdf: Pdf, blocks: Sequence[_Block], fonts: Dictionary, faces: tuple[MarkFont, MarkFont]) -> None:
    """Pages with their text, and the structure that tells screen readers what is a paragraph."""
    count = 1 + max(page for block in blocks for page, _ in block.pages)
    contents: list[list[str]] = [[] for _ in range(count)]
    for _ in range(count):
        page = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, _number(_WIDTH), _number(_HEIGHT)]),
            Resources=Dictionary(Font=fonts),
        )
        pdf.pages.append(Page(page))
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    whole = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root))
    parents: list[list[Object]] = [[] for _ in range(count)]
    elements = []
    for block in blocks:
        element = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{block.tag}"), P=whole))
        parts = []
        for number, runs in block.pages:
            mark = len(parents[number])
            parents[number].append(element)
            parts.append(Dictionary(Type=Name.MCR, Pg=pdf.pages[number].obj, MCID=mark))
            contents[number].append(_drawn(block.tag, mark, runs, faces))
        element.K = Array(parts)
        elements.append(element)
    whole.K = Array(elements)
    numbers: list[object] = []
    for number, known in enumerate(parents):
        pdf.pages[number].obj.StructParents = number
        pdf.pages[number].obj.Contents = pdf.make_stream("\n".join(contents[number]).encode("ascii"))
        numbers += [number, pdf.make_indirect(Array(known))]
    root.K = Array([whole])
    root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(numbers)))
    pdf.Root.StructTreeRoot = root
    pdf.Root.MarkInfo = Dictionary(Marked=True)


def _drawn(tag: str, mark: int, runs: Sequence[_Run], faces: tuple[MarkFont, MarkFont]) -> str:
    lines = [f"/{tag} <</MCID {mark}>> BDC BT 0 g"]
    for place, run in enumerate(runs):
        # A space at the end of a line keeps its last word apart from the next one's first.
        text = run.text if place == len(runs) - 1 else f"{run.text} "
        font = faces[run.is_bold]
        lines.append(
            f"/{'B' if run.is_bold else 'R'} {run.points:g} Tf 1 0 0 1 {run.x:.3f} {run.baseline:.3f} Tm "
            f"<{font.codes(text)}> Tj"
        )
    return "\n".join([*lines, "ET EMC"])


def _embedded(pdf: Pdf, font: MarkFont) -> Object:
    """The font with all that readers need to say its letters (ISO 32000-1, 9.7)."""
    name = Name(f"/{font.name}")
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=0b110,
        FontBBox=Array(list(font.box)),
        ItalicAngle=0,
        Ascent=font.ascent,
        Descent=font.descent,
        CapHeight=662,
        StemV=80,
        FontFile2=pdf.make_stream(font.program),
    )
    glyphs = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=UNITS,
        W=Array([1, Array(list(font.widths))]),
        CIDToGIDMap=Name.Identity,
    )
    whole = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=name,
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(glyphs)]),
        ToUnicode=pdf.make_stream(to_unicode(enumerate(font.characters, 1))),
    )
    return pdf.make_indirect(whole)


def _number(value: float) -> Object | int:
    return Object.parse(f"{value:.3f}".encode("ascii"))
