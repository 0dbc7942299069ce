"""The dossier of the fault suite: three small scans, and what a reader would have read on them.

Reading costs seconds a page and is not what is tried; `ReadBefore` stands in for the reading processes.
Everybody in these papers is invented and marked MẪU.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final, ParamSpec, TypeVar, cast

from PIL import Image

from dossier.archive import DigitisationOrder
from dossier.geometry import Box, UprightFrame
from dossier.page import Engine, Line, NumberReading, RecognisedPage, ScannedPage, Word
from flows.processes import ReadingPool
from pipeline.numbers import digit_runs

P = ParamSpec("P")
T = TypeVar("T")

CODE: Final = "H42-261123-0001"
OFFICER: Final = "Cán bộ số hóa (MẪU)"
_WIDTH, _HEIGHT, _DPI = 1240, 1754, 150
_LETTER, _LINE, _STEP, _MARGIN = 13, 30, 42, 170
_FIRST, _SECOND = "sohoa-vi-tiny", "pp-ocrv6-tiny"
_NATIONAL = ("^CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "^Độc lập - Tự do - Hạnh phúc", "")
_PAPERS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        "01-to-khai.png",
        (
            *_NATIONAL,
            "^TỜ KHAI ĐĂNG KÝ KHAI SINH",
            "Kính gửi: Ủy ban nhân dân xã Mẫu",
            "Họ, chữ đệm, tên người yêu cầu: Trần Thị Mẫu",
            "Số định danh cá nhân: 001190005678",
            "Nơi cư trú: Thôn Mẫu, xã Mẫu, tỉnh Ninh Bình",
        ),
    ),
    ("02-giay-chung-sinh.png", (*_NATIONAL, "^GIẤY CHỨNG SINH", "Họ và tên mẹ: Trần Thị Mẫu")),
    (
        "03-can-cuoc.png",
        (
            *_NATIONAL,
            "^CĂN CƯỚC",
            "Số định danh cá nhân: 001190005678",
            "Họ, chữ đệm và tên khai sinh: TRẦN THỊ MẪU",
        ),
    ),
)


def write_papers(folder: Path) -> DigitisationOrder:
    """Draw the scans into a folder; the order over them."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = []
    for number, (name, texts) in enumerate(_PAPERS):
        (folder / name).write_bytes(_picture(number, texts))
        sources.append(str(folder / name))
    # Birth registration (đăng ký khai sinh).
    return DigitisationOrder(CODE, "1.001193", tuple(sources), date(2026, 11, 23), OFFICER)


class ReadBefore(ReadingPool):
    """Reading processes that know the papers already (second adapter of the reading pool)."""

    def __init__(self) -> None:
        """Nothing is started."""

    def run(self, work: Callable[P, T], seconds: float, *args: P.args, **kwargs: P.kwargs) -> T:  # noqa: ARG002
        """What stands on the page, by the name of its file."""
        page = next(each for each in args if isinstance(each, ScannedPage))
        return cast("T", read_before(page))

    def warm(self) -> None:
        """There is nothing to warm."""

    def close(self) -> None:
        """There is nothing to end."""


def read_before(page: ScannedPage) -> RecognisedPage:
    """The reading of one of these papers. Raises KeyError for another page."""
    lines = _lines(dict(_PAPERS)[page.source.name])
    numbers = tuple(
        NumberReading(digits, box, sure, engine)
        for line in lines
        for digits, box, sure in digit_runs(line)
        for engine in (_FIRST, _SECOND)
    )
    engines = (Engine("detector", "1", ""), Engine(_FIRST, "1", ""), Engine(_SECOND, "1", ""))
    frame = UprightFrame(page.width, page.height, 0, 0.0)
    return RecognisedPage(page, frame, lines, (), numbers, False, 0.99, engines)


def _lines(texts: tuple[str, ...]) -> tuple[Line, ...]:
    found = []
    for number, text in enumerate(texts):
        said = text.removeprefix("^")
        left = (_WIDTH - len(said) * _LETTER) / 2 if text.startswith("^") else _MARGIN
        if said:
            found.append(_line(said, left, 100 + number * _STEP))
    return tuple(found)


def _line(text: str, left: float, top: float) -> Line:
    words, x = [], left
    for part in text.split():
        words.append(Word(part, Box(x, top, x + len(part) * _LETTER, top + _LINE), 0.95))
        x += (len(part) + 1) * _LETTER
    return Line(text, Box(left, top, x - _LETTER, top + _LINE), 0.95, tuple(words))


def _picture(number: int, texts: tuple[str, ...]) -> bytes:
    """A black-and-white scan with one bar for each word; no two are alike."""
    picture = Image.new("1", (_WIDTH, _HEIGHT), 1)
    for line in _lines(texts):
        for word in line.words:
            box = replace(word.box, bottom=word.box.bottom - 6, top=word.box.top + 6)
            picture.paste(0, (int(box.left), int(box.top), int(box.right), int(box.bottom)))
    picture.paste(0, (20, 20, 30 + 10 * number, 24))
    out = io.BytesIO()
    picture.save(out, "PNG", dpi=(_DPI, _DPI))
    return out.getvalue()
