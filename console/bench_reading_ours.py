"""Our own chain in the benchmark, with its costs by stage, and Tesseract's net on the same crops."""

from __future__ import annotations

import csv
import hashlib
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from dossier.page import Code, Engine, Extraction, ScannedPage, SourceFile, StoredObject
from dossier.ports import ReadLine, ReadWord
from dossier.text import nfc
from flows.reading import open_reader
from flows.settings import settings
from pipeline.marks import page_marks
from pipeline.picture import decode
from pipeline.reading import Readers, read_page

if TYPE_CHECKING:
    from dossier.ports import Grey

_BORDER: Final = 10
"""Pixels of paper around a line: Tesseract misses letters that touch the edge."""
_USUAL_DPI: Final = 300.0


class OurReader:
    """The chain of `sohoa read`, as `flows.reading.read_one` runs it."""

    def __init__(self) -> None:
        self._readers = open_reader(settings().model_cache)
        self.stages: dict[str, float] = {}

    def read(self, picture: Path) -> str:
        """The page's text in reading order."""
        data = picture.read_bytes()
        with self._timed("decode"):
            pixels = decode(data)
        with self._timed("read"):
            read = read_page(_scanned(picture, data, pixels.shape[:2]), pixels, self._readers)
        with self._timed("marks"):
            if not read.is_blank:
                page_marks(read, pixels, self._readers.digits)
        return read.text

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        started = time.process_time()
        yield
        self.stages[stage] = self.stages.get(stage, 0.0) + time.process_time() - started


class TesseractByLine:
    """Our preparation and our lines, read by Tesseract's net; numbers, codes and zones left out."""

    def __init__(self, work: Path) -> None:
        ours = open_reader(settings().model_cache)
        self._readers: Readers = replace(
            ours, reader=TesseractLines(work), digits=None, codes=NoCodes(), zones=None
        )

    def read(self, picture: Path) -> str:
        """The page's text in reading order."""
        data = picture.read_bytes()
        pixels = decode(data)
        return read_page(_scanned(picture, data, pixels.shape[:2]), pixels, self._readers).text


class TesseractLines:
    """A line reader that starts Tesseract once for all lines of a page."""

    engine = Engine("tesseract-vie", "", "")
    alphabet = ""

    def __init__(self, work: Path) -> None:
        self._work = work

    def read(self, lines: Sequence[Grey]) -> tuple[ReadLine, ...]:
        """One result for each picture, in the same order."""
        found = {i: line for i, line in enumerate(lines) if line.size and min(line.shape[:2]) >= 3}
        words: dict[int, list[ReadWord]] = {i: [] for i in range(len(lines))}
        if found:
            with TemporaryDirectory(dir=self._work) as folder:
                table = _tesseract(Path(folder), list(found.values()))
            places = list(found)
            for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["text"].strip() and float(row["conf"]) > 0:
                    place = places[int(row["page_num"]) - 1]
                    words[place].append(_word(row, lines[place].shape[1]))
        return tuple(ReadLine(tuple(words[i])) for i in range(len(lines)))


class NoCodes:
    """Finds no bar codes."""

    def read(self, picture: Grey) -> tuple[Code, ...]:
        """None."""
        del picture
        return ()


def _tesseract(folder: Path, lines: Sequence[Grey]) -> list[str]:
    paths = []
    for number, line in enumerate(lines):
        framed = np.pad(line, _BORDER, constant_values=int(np.percentile(line, 90)))
        paths.append(folder / f"{number}.pgm")
        Image.fromarray(framed).save(paths[-1])
    listed = folder / "lines.txt"
    listed.write_text("".join(f"{path}\n" for path in paths), "utf-8")
    command = [
        "tesseract",
        str(listed),
        "stdout",
        "-l",
        "vie",
        "--oem",
        "1",
        "--psm",
        "7",
        "--dpi",
        "300",
        "tsv",
    ]
    return subprocess.run(command, capture_output=True, timeout=600, check=True).stdout.decode().splitlines()


def _word(row: dict[str, str], width: int) -> ReadWord:
    left, wide = int(row["left"]) - _BORDER, int(row["width"])
    begin, end = (min(1.0, max(0.0, edge / width)) for edge in (left, left + wide))
    return ReadWord(nfc(row["text"].strip()), begin, end, float(row["conf"]) / 100)


def _scanned(picture: Path, data: bytes, shape: tuple[int, ...]) -> ScannedPage:
    digest = hashlib.sha256(data).hexdigest()
    kept = StoredObject(digest, digest, len(data), "image/jpeg")
    with Image.open(BytesIO(data)) as opened:
        dpi = float(opened.info.get("dpi", (_USUAL_DPI, _USUAL_DPI))[0])
    height, width = shape[:2]
    return ScannedPage(SourceFile(picture.name, kept), 1, kept, Extraction.AS_SCANNED, width, height, dpi)
