"""Our own chain in the benchmark, with its costs by stage, and Tesseract's net on the same crops."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PIL import Image

from dossier.page import Code, Extraction, ScannedPage, SourceFile, StoredObject
from flows.reading import open_reader
from flows.settings import settings
from models.tesseract import TesseractRecogniser
from pipeline.marks import page_marks
from pipeline.picture import decode
from pipeline.reading import Readers, read_page

if TYPE_CHECKING:
    from dossier.ports import Grey

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

    def __init__(self) -> None:
        ours = open_reader(settings().model_cache)
        without: dict[str, Any] = {f.name: None for f in fields(Readers) if f.default is None}
        self._readers = replace(ours, reader=TesseractRecogniser(), digits=None, codes=NoCodes(), **without)

    def read(self, picture: Path) -> str:
        """The page's text in reading order."""
        data = picture.read_bytes()
        pixels = decode(data)
        return read_page(_scanned(picture, data, pixels.shape[:2]), pixels, self._readers).text


class NoCodes:
    """Finds no bar codes."""

    def read(self, picture: Grey) -> tuple[Code, ...]:
        """None."""
        del picture
        return ()


def _scanned(picture: Path, data: bytes, shape: tuple[int, ...]) -> ScannedPage:
    digest = hashlib.sha256(data).hexdigest()
    kept = StoredObject(digest, digest, len(data), "image/jpeg")
    with Image.open(BytesIO(data)) as opened:
        dpi = float(opened.info.get("dpi", (_USUAL_DPI, _USUAL_DPI))[0])
    height, width = shape[:2]
    return ScannedPage(SourceFile(picture.name, kept), 1, kept, Extraction.AS_SCANNED, width, height, dpi)
