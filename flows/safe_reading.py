"""Reading a page that stopped the reader: smaller, and by the first reader alone."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from dossier.geometry import Box, UprightFrame
from dossier.page import Engine, RecognisedPage, ScannedPage
from flows.reading import open_reader
from pipeline.picture import decode
from pipeline.reading import read_page

LONGEST: Final = 2400
"""Pixels of the longer side: A4 at 200 dpi, which the reader still reads well."""
SAFE: Final = Engine("safe-mode", "1", "")
"""Among a page's engines where it was read so."""
T = TypeVar("T")


def read_safely(page: ScannedPage, picture: bytes, cache_folder: Path) -> RecognisedPage:
    """A page's reading at a lower resolution, without second readers of digits and lines, zones and marks.

    Its numbers have one witness each, so none of them is confirmed by it. Places are those of the page as it
    was scanned.
    """
    pixels = decode(picture, longest=LONGEST)
    readers = replace(open_reader(cache_folder), digits=None, zones=None, shapes=None, again=None)
    read = read_page(page, pixels, readers)
    read = replace(read, engines=(*read.engines, SAFE))
    return enlarged(read, page) if pixels.shape[1] != page.width else read


def is_read_safely(read: RecognisedPage) -> bool:
    """Whether a page was read so."""
    return SAFE in read.engines


def enlarged(read: RecognisedPage, page: ScannedPage) -> RecognisedPage:
    """What was read of a smaller picture, in places of the page as it was scanned."""
    frame = read.frame
    times = page.width / frame.scan_width
    whole = UprightFrame(page.width, page.height, frame.rotation_degrees, frame.angle_degrees)
    return replace(_times(replace(read, page=page), times), page=page, frame=whole)


def _times(value: T, times: float) -> T:
    """The same with every box in it so many times as large."""
    if isinstance(value, Box):
        sides = (value.left, value.top, value.right, value.bottom)
        return cast("T", Box(*(side * times for side in sides)))
    if isinstance(value, tuple):
        return cast("T", tuple(_times(each, times) for each in value))
    if is_dataclass(value) and not isinstance(value, (type, ScannedPage, UprightFrame)):
        changed: dict[str, Any] = {
            each.name: _times(getattr(value, each.name), times) for each in fields(value)
        }
        return cast("T", replace(cast("Any", value), **changed))
    return value
