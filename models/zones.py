"""Finds and reads machine-readable zones among the lines of a page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dossier.geometry import Box
from dossier.page import Engine, Line
from models import paddle

if TYPE_CHECKING:
    from dossier.ports import Grey

_SLIMMEST: Final = 8
"""Width over height of a line of a zone; TD1 in OCR-B has about 17."""
_FEWEST, _MOST = 20, 60
_LIKE_A_ZONE: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<«=ceo")
_SHARE: Final = 0.7
_MOST_SPACES: Final = 4


def zone_places(lines: Sequence[Line]) -> tuple[tuple[Line, ...], ...]:
    """Groups of two or three lines that lie and look like a zone, from top to bottom.

    They are equally wide, lie under one another, and have hardly a space or a small letter: fillers are
    read as c, e, K or = by readers that do not know them.
    """
    rows = sorted((line for line in lines if _looks_like(line)), key=lambda line: line.box.top)
    groups: list[list[Line]] = []
    for row in rows:
        home = next((g for g in groups if len(g) < 3 and _continues(g[-1].box, row.box)), None)
        if home is None:
            groups.append([row])
        else:
            home.append(row)
    return tuple(tuple(group) for group in groups if len(group) > 1)


def _looks_like(line: Line) -> bool:
    letters = line.text.replace(" ", "")
    if not _FEWEST <= len(letters) <= _MOST or line.text.count(" ") > _MOST_SPACES:
        return False
    if line.box.width < _SLIMMEST * line.box.height:
        return False
    return sum(c in _LIKE_A_ZONE for c in letters) >= _SHARE * len(letters)


def _continues(above: Box, below: Box) -> bool:
    height = max(above.height, below.height)
    aligned = abs(above.left - below.left) < 2 * height and abs(above.right - below.right) < 3 * height
    return aligned and 0.3 * height < below.top - above.top < 3.5 * height


class PaddleZoneReader:
    """Reads the lines of a zone with PP-OCRv6 tiny, whose dictionary knows the filler.

    Measured on published specimens it reads lines of 12 to 50 pixels' height as they are printed; the text
    net takes fillers for letters, and Tesseract doubles them.
    """

    def __init__(self, cache: Path | None = None) -> None:
        self._engine = paddle.engine(paddle.RECOGNISER)
        self._recogniser = paddle.recogniser(cache or paddle.default_cache())

    @property
    def engine(self) -> Engine:
        """Who reads."""
        return self._engine

    def read(self, lines: Sequence[Grey]) -> tuple[tuple[str, float], ...]:
        """What each picture of a line says, with its confidence 0.0 to 1.0; empty where nothing is seen."""
        return tuple(paddle.read_line(self._recogniser, line) for line in lines)
