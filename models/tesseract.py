"""Tesseract's Vietnamese net through pytesseract: a second reader, never the first.

Debian's `tesseract-ocr-vie` is the fast net, whose alphabet lacks ỵ and Ỵ: it writes another letter for them,
surely and silently. `check_alphabet` refuses it as the reader of text; it may witness what another read.
"""

from __future__ import annotations

import hashlib
import re
import struct
import subprocess
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from dossier.errors import PageTimedOut, PartMissing
from dossier.page import Engine
from dossier.ports import ReadLine, ReadWord
from dossier.text import nfc

if TYPE_CHECKING:
    from dossier.ports import Grey

_ONE_LINE: Final = "--oem 1 --psm 7"
_SECONDS_A_LINE: Final = 20
_BORDER: Final = 10
"""Pixels of paper around a line: Tesseract misses letters that touch the edge."""
_LSTM_UNICHARSET: Final = 21
"""Index of the net's character set in a traineddata file (Tesseract, tessdatamanager.h)."""


class TesseractRecogniser:
    """Reads lines with an installed Tesseract language, in a process for each call."""

    def __init__(self, language: str = "vie") -> None:
        import pytesseract  # imports pandas: half a core-second that most processes never need

        self._pytesseract = pytesseract
        version, folder = _installed(language)
        weights = folder / f"{language}.traineddata"
        data = _bytes_of(weights)
        self._language = language
        self._alphabet = alphabet_of(data)
        self._engine = Engine(f"tesseract-{language}", version, hashlib.sha256(data).hexdigest())

    @property
    def engine(self) -> Engine:
        """Who reads."""
        return self._engine

    @property
    def alphabet(self) -> str:
        """Every character that the installed net can return, as its file says."""
        return self._alphabet

    def read(self, lines: Sequence[Grey]) -> tuple[ReadLine, ...]:
        """One result for each picture, in the same order; all in one process, which has to load the net.

        Raises:
            PageTimedOut: Tesseract took too long over the lines.
        """
        asked = [n for n, line in enumerate(lines) if line.size and min(line.shape[:2]) >= 3]
        found: list[list[ReadWord]] = [[] for _ in lines]
        if asked:
            for number, word in self._words([lines[n] for n in asked]):
                found[asked[number]].append(word)
        return tuple(ReadLine(tuple(words)) for words in found)

    def _words(self, lines: Sequence[Grey]) -> Iterator[tuple[int, ReadWord]]:
        """Words with the number of the line that they stand in."""
        with TemporaryDirectory(prefix="sohoa-lines-") as folder:
            listed = Path(folder) / "lines.txt"
            names = [Path(folder) / f"{number}.pgm" for number in range(len(lines))]
            for name, line in zip(names, lines, strict=True):
                framed = np.pad(line, _BORDER, constant_values=int(np.percentile(line, 90)))
                Image.fromarray(framed).save(name)
            listed.write_text("".join(f"{name}\n" for name in names), "utf-8")
            table = self._table(listed, _SECONDS_A_LINE * len(lines))
        for page, *row in zip(
            table["page_num"], table["text"], table["left"], table["width"], table["conf"], strict=True
        ):
            text, left, wide, sure = row
            if str(text).strip() and float(sure) > 0:
                yield int(page) - 1, _word((text, left, wide, sure), lines[int(page) - 1].shape[1])

    def _table(self, listed: Path, seconds: int) -> dict[str, list[Any]]:
        try:
            table: dict[str, list[Any]] = self._pytesseract.image_to_data(
                str(listed),
                lang=self._language,
                config=_ONE_LINE,
                output_type=self._pytesseract.Output.DICT,
                timeout=seconds,
            )
        except RuntimeError as error:
            raise PageTimedOut(self._engine.name, str(error)) from error
        return table


class TesseractWhenAsked:
    """The same, opened with its first line, as most pages never ask. Raises PartMissing without it."""

    @property
    def engine(self) -> Engine:
        """Who reads."""
        return _opened().engine

    @property
    def alphabet(self) -> str:
        """Every character that the installed net can return."""
        return _opened().alphabet

    def read(self, lines: Sequence[Grey]) -> tuple[ReadLine, ...]:
        """One result for each picture, in the same order. Raises PageTimedOut, PartMissing."""
        return _opened().read(lines)


@lru_cache(maxsize=1)
def _opened() -> TesseractRecogniser:
    return TesseractRecogniser()


def alphabet_of(traineddata: bytes) -> str:
    """The characters of a net, out of its traineddata file; empty where the file names none.

    The file begins with the number of its parts and their offsets; the character set is text, one entry a
    line, the entry's characters first.
    """
    try:
        (count,) = struct.unpack_from("<i", traineddata)
        offsets = struct.unpack_from(f"<{count}q", traineddata, 4)
        start = offsets[_LSTM_UNICHARSET]
        later = [offset for offset in offsets if offset > start]
        entries = traineddata[start : min(later, default=len(traineddata))].decode().splitlines()[1:]
    except (struct.error, IndexError, UnicodeDecodeError):
        return ""
    named = {entry.split(" ", 1)[0] for entry in entries} - {"NULL", "Joined", ""}
    written = {nfc(name) for name in named if not name.startswith("|Broken")}
    return "".join(sorted({character for name in written for character in name})) + " "


def _word(row: tuple[Any, Any, Any, Any], width: int) -> ReadWord:
    text, left, wide, sure = row
    begin = (int(left) - _BORDER) / width
    end = (int(left) + int(wide) - _BORDER) / width
    confidence = float(sure) / 100
    return ReadWord(
        nfc(str(text).strip()),
        min(1.0, max(0.0, begin)),
        min(1.0, max(0.0, end)),
        min(1.0, max(0.0, confidence)),
    )


def _installed(language: str) -> tuple[str, Path]:
    """Version of the program and the folder of its nets.

    Raises:
        PartMissing: no Tesseract, or not this language.
    """
    import pytesseract

    try:
        version = str(pytesseract.get_tesseract_version())
        done = subprocess.run(
            [pytesseract.pytesseract.tesseract_cmd, "--list-langs"],
            capture_output=True,
            text=True,
            timeout=_SECONDS_A_LINE,
            check=True,
        )
    except (pytesseract.TesseractNotFoundError, OSError, subprocess.SubprocessError) as error:
        raise PartMissing("tesseract", "the program is not installed or does not start") from error
    listed = done.stdout + done.stderr
    folder = re.search(r'"([^"]+)"', listed)
    if folder is None or language not in listed.split():
        raise PartMissing(f"tesseract-ocr-{language}", "the language is not installed")
    return version, Path(folder.group(1))


def _bytes_of(weights: Path) -> bytes:
    try:
        return weights.read_bytes()
    except OSError as error:
        raise PartMissing(weights.name, str(error)) from error
