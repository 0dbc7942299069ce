"""The sides of one arrival: their pictures, what a first look says of each, and the names of their files."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Final

from PIL import Image

from dossier.arrival import ArrivedSide
from dossier.errors import BatchNotFound
from dossier.page import Extraction, ScannedPage, SourceFile, StoredObject
from flows.quality_desk import FirstLook, QualityDesk

_LONGEST_STEM: Final = 80
_LONGEST_ENDING: Final = 12


@dataclass(frozen=True, slots=True)
class ComeSide:
    """A side that has just come."""

    name: str
    picture: bytes
    dpi: float
    again: Callable[[], bytes] | None = None
    """Gives the picture once more, so that it need not stay in memory; None where nothing does."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """A side that is looked at."""

    name: str
    picture: Callable[[], bytes]
    look: Future[FirstLook]


class SideLooks:
    """Sides in the order in which they came. Safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sides: list[_Looked] = []

    @property
    def count(self) -> int:
        """How many have come."""
        return len(self._sides)

    def add(self, side: ComeSide, desk: QualityDesk) -> None:
        """One more has come; it is looked at beside this."""
        look = desk.arrive(scanned_side(side.name, side.picture, side.dpi), side.picture)
        with self._lock:
            self._sides.append(_Looked(side.name, side.again or partial(bytes, side.picture), look))

    def told(self) -> tuple[ArrivedSide, ...]:
        """Each with its verdict, as far as it was looked at."""
        with self._lock:
            sides = tuple(self._sides)
        return tuple(_told(number, side) for number, side in enumerate(sides, start=1))

    def picture(self, number: int) -> bytes:
        """A side's picture. Raises BatchNotFound where there is none of this number, or no longer."""
        if not 1 <= number <= self.count:
            raise BatchNotFound(str(number), "there is no such side")
        return self._sides[number - 1].picture()


def _told(number: int, side: _Looked) -> ArrivedSide:
    if not side.look.done() or side.look.cancelled() or side.look.exception() is not None:
        return ArrivedSide(number, side.name, None)
    found = side.look.result()
    blank = found.seen.inspection.side.is_blank
    return ArrivedSide(number, side.name, found.quality.verdict, found.quality.findings, blank)


def scanned_side(name: str, data: bytes, dpi: float) -> ScannedPage:
    """A side that a scanner gave, as a page of a file of its own; `dpi` as the scanner was asked."""
    digest = hashlib.sha256(data).hexdigest()
    with Image.open(io.BytesIO(data)) as opened:
        width, height = opened.size
        media_type = Image.MIME.get(opened.format or "", "application/octet-stream")
    kept = StoredObject(digest, digest, len(data), media_type)
    return ScannedPage(SourceFile(name, kept), 1, kept, Extraction.AS_SCANNED, width, height, dpi)


def safe_name(name: str, taken: set[str]) -> str:
    """A name that is one file of one folder, and not taken."""
    stem, dot, ending = shown_name(name).rpartition(".")
    stem, ending = (stem or ending or "tep")[:_LONGEST_STEM], (dot + ending if stem else "")[:_LONGEST_ENDING]
    safe, number = stem + ending, 1
    while safe.lower() in {each.lower() for each in taken}:
        number += 1
        safe = f"{stem}-{number}{ending}"
    return safe


def shown_name(name: str) -> str:
    """Without folders and without signs that steer terminals or hide an ending."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in bare if letter.isprintable()).strip(" .")[:100] or "tep"
