"""Pages laid out by hand, for tests of meaning: what the reader would return for a sheet of A4 at 300 dpi."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from dossier.document import Document, Field, Kind
from dossier.geometry import Box, UprightFrame
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
from pipeline.numbers import digit_runs

WIDTH, HEIGHT = 2480, 3508
FIRST, SECOND = "sohoa-vi-tiny", "pp-ocrv6-tiny"
NATIONAL = ("^CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "^Độc lập - Tự do - Hạnh phúc", "")
"""The heading of most papers; "^" centres a line."""

_LETTER, _LINE, _STEP, _MARGIN = 26, 60, 84, 340


def line(text: str, left: float, top: float, confidence: float = 0.95) -> Line:
    """A line of print that begins at this place."""
    words, x = [], left
    for part in text.split(" "):
        words.append(Word(part, Box(x, top, x + len(part) * _LETTER, top + _LINE), confidence))
        x += (len(part) + 1) * _LETTER
    return Line(text, Box(left, top, left + len(text) * _LETTER, top + _LINE), confidence, tuple(words))


def rows(*texts: str, top: float = 200) -> list[Line]:
    """Lines one below the other; "^" centres, "  |  " puts cells side by side, "" leaves a gap."""
    found: list[Line] = []
    for number, text in enumerate(texts):
        y = top + number * _STEP
        if text.startswith("^"):
            found.append(line(text[1:], (WIDTH - len(text[1:]) * _LETTER) / 2, y))
        elif text:
            cells = text.split("  |  ")
            found += [line(cell, _MARGIN + place * 700, y) for place, cell in enumerate(cells)]
    return found


def page(
    *texts: str,
    source: str = "scan.jpg",
    number: int = 1,
    codes: Sequence[str] = (),
    misread: Mapping[str, str] | None = None,
    lines: Sequence[Line] = (),
    top: float = 200,
) -> RecognisedPage:
    """A page with these lines; both readers see every number alike.

    Args:
        misread: what the second reader sees instead of a number; "" where it sees none.
    """
    laid = [*rows(*texts, top=top), *lines]
    kept = StoredObject(source, hashlib.sha256(source.encode()).hexdigest(), 1, "image/jpeg")
    scanned = ScannedPage(SourceFile(source, kept), number, kept, Extraction.AS_SCANNED, WIDTH, HEIGHT, 300.0)
    return RecognisedPage(
        page=scanned,
        frame=UprightFrame(WIDTH, HEIGHT, 0, 0.0),
        lines=tuple(laid),
        codes=tuple(
            Code("QRCode", text, Box(1800, 300 + 500 * i, 2000, 500 + 500 * i))
            for i, text in enumerate(codes)
        ),
        numbers=tuple(_numbers(laid, misread or {})),
        is_blank=not laid and not codes,
        confidence=0.99,
        engines=(Engine("detector", "1", ""), Engine(FIRST, "1", ""), Engine(SECOND, "1", "")),
    )


def _numbers(lines: Sequence[Line], misread: Mapping[str, str]) -> list[NumberReading]:
    found = []
    for laid in lines:
        for digits, box, confidence in digit_runs(laid):
            found.append(NumberReading(digits, box, confidence, FIRST))
            if second := misread.get(digits, digits):
                found.append(NumberReading(second, box, confidence, SECOND))
    return found


def qr(number: str, name: str, born: str = "01021990", sex: str = "Nam", old: str = "") -> str:
    """The payload of a card's code."""
    return f"{number}|{old}|{name}|{born}|{sex}|Thôn Mẫu, Xã Mẫu, Ninh Bình|05062021"


def card(
    number: str, name: str, *, code: str | None = "", source: str = "card.jpg", **more: str
) -> RecognisedPage:
    """The front of a card with its code; another payload, or None for no legible code."""
    payload = qr(number, name, **more) if code == "" else code
    return page(
        "^CĂN CƯỚC CÔNG DÂN",
        "^Citizen Identity Card",
        f"Số / No.: {number}",
        "Họ và tên / Full name:",
        name.upper(),
        source=source,
        codes=[payload] if payload else [],
    )


def paper(kind: str, source: str = "", number: int = 1, fields: Sequence[Field] = ()) -> Document:
    """A document of one page and this kind."""
    name = source or f"{kind}.jpg"
    return Document(number, Kind(kind, kind, 0.9), (page("x", source=name),), tuple(fields))
