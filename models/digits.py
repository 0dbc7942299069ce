"""A second, independent reader of digits: PaddleOCR's recogniser, PP-OCRv6 tiny."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dossier.page import Engine
from dossier.ports import ReadLine, ReadWord
from models import paddle

if TYPE_CHECKING:
    from dossier.ports import Grey

_KEPT: Final = frozenset("0123456789")


class PaddleDigitReader:
    """Reads the digits of a line; everything else that it sees is dropped.

    Its dictionary lacks 88 of the 134 Vietnamese letters, so it may never be asked for text.
    """

    def __init__(self, cache: Path | None = None) -> None:
        self._engine = paddle.engine(paddle.RECOGNISER)
        self._recogniser = paddle.recogniser(cache or paddle.default_cache())

    @property
    def engine(self) -> Engine:
        """Who reads."""
        return self._engine

    @property
    def alphabet(self) -> str:
        """Digits only."""
        return "".join(sorted(_KEPT))

    def read(self, lines: Sequence[Grey]) -> tuple[ReadLine, ...]:
        """The digits of each picture as one word that spans it, in the same order."""
        return tuple(self._read_line(line) for line in lines)

    def _read_line(self, line: Grey) -> ReadLine:
        text, confidence = paddle.read_line(self._recogniser, line)
        digits = "".join(c for c in text if c in _KEPT)
        return ReadLine((ReadWord(digits, 0.0, 1.0, confidence),) if digits else ())
