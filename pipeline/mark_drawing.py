"""Draws the visible mark as the appearance of pyHanko's signature field, its font embedded."""

from __future__ import annotations

from typing import Any

from pyhanko.pdf_utils import content, generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import BaseStampStyle

from pipeline.mark_font import UNITS, MarkFont
from pipeline.text_layer import to_unicode

PADDING = 3.0
"""Points between the mark's border and its text."""
LEADING = 1.15
"""Line height, in font sizes."""
_FONT = "/F"


class MarkStyle(BaseStampStyle):
    """pyHanko asks this for the appearance when it writes the field."""

    def __init__(self, lines: tuple[str, ...], font: MarkFont, points: float, *, opaque: bool) -> None:
        super().__init__()
        # pyHanko's style is a frozen dataclass; ours only carries what the drawing needs.
        object.__setattr__(self, "drawing", (lines, font, points, opaque))

    def create_stamp(
        self,
        writer: BasePdfFileWriter,
        box: BoxConstraints,
        text_params: dict[str, Any],  # noqa: ARG002  pyHanko's own wording, which the mark does not use
    ) -> Any:
        """The appearance for a field of this size."""
        lines, font, points, opaque = self.drawing  # type: ignore[attr-defined]
        return _Appearance(writer, box, _operators(lines, font, points, box, opaque=opaque), font)


class _Appearance(content.AppearanceContent):
    """Operators that are known already, and the font that they use."""

    def __init__(
        self, writer: BasePdfFileWriter, box: BoxConstraints, operators: bytes, font: MarkFont
    ) -> None:
        super().__init__(writer, box)
        self._operators = operators
        self.set_resource(content.ResourceType.FONT, pdf_name(_FONT), _embedded(writer, font))

    def render(self) -> bytes:
        return self._operators


def mark_size(lines: tuple[str, ...], font: MarkFont, points: float) -> tuple[float, float]:
    """Width and height of the mark at a font size, all in points."""
    widest = max(font.width(line) for line in lines)
    return widest * points + 2 * PADDING, len(lines) * points * LEADING + 2 * PADDING


def _operators(
    lines: tuple[str, ...], font: MarkFont, points: float, box: BoxConstraints, *, opaque: bool
) -> bytes:
    inner = f"0.4 0.4 {box.width - 0.8:.3f} {box.height - 0.8:.3f} re"
    # White covers what lies underneath; without it only the border and the letters are painted.
    ground = f"1 g {inner} f " if opaque else ""
    parts = [f"q {ground}0 G 0.5 w {inner} S 0 g BT {_FONT} {points:g} Tf"]
    first = box.height - PADDING - points * font.ascent / UNITS
    for number, line in enumerate(lines):
        baseline = first - number * points * LEADING
        parts.append(f"1 0 0 1 {PADDING:.3f} {baseline:.3f} Tm <{font.codes(line)}> Tj")
    return "\n".join([*parts, "ET Q"]).encode("ascii")


def _embedded(writer: BasePdfFileWriter, font: MarkFont) -> Any:
    """Reference to the font, all of it added to the file (ISO 32000-1, 9.7)."""
    name = pdf_name(f"/{font.name}")
    descriptor = {
        "/Type": pdf_name("/FontDescriptor"),
        "/FontName": name,
        "/Flags": 0b110,
        "/FontBBox": font.box,
        "/ItalicAngle": 0,
        "/Ascent": font.ascent,
        "/Descent": font.descent,
        "/CapHeight": 662,
        "/StemV": 80,
        "/FontFile2": _stream(writer, font.program),
    }
    glyphs = {
        "/Type": pdf_name("/Font"),
        "/Subtype": pdf_name("/CIDFontType2"),
        "/BaseFont": name,
        "/CIDSystemInfo": {
            "/Registry": generic.pdf_string("Adobe"),
            "/Ordering": generic.pdf_string("Identity"),
            "/Supplement": 0,
        },
        "/FontDescriptor": writer.add_object(_pdf(descriptor)),
        "/W": (1, font.widths),
        "/CIDToGIDMap": pdf_name("/Identity"),
    }
    whole = {
        "/Type": pdf_name("/Font"),
        "/Subtype": pdf_name("/Type0"),
        "/BaseFont": name,
        "/Encoding": pdf_name("/Identity-H"),
        "/DescendantFonts": (writer.add_object(_pdf(glyphs)),),
        "/ToUnicode": _stream(writer, to_unicode(enumerate(font.characters, 1))),
    }
    return writer.add_object(_pdf(whole))


def _stream(writer: BasePdfFileWriter, data: bytes) -> Any:
    stream: Any = generic.StreamObject(stream_data=data)
    stream.compress()
    return writer.add_object(stream)


def _pdf(value: Any) -> Any:
    """Plain numbers, tuples and dictionaries as pyHanko's objects; its own objects stay."""
    untyped: Any = generic
    if isinstance(value, generic.PdfObject):
        return value
    if isinstance(value, int):
        return untyped.NumberObject(value)
    if isinstance(value, tuple):
        return untyped.ArrayObject(_pdf(item) for item in value)
    return untyped.DictionaryObject({pdf_name(key): _pdf(item) for key, item in value.items()})
