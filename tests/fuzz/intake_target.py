"""Fuzzed: the bytes of a file that comes in.

Read in this process, where a trusted file is read and where the guarded child reads: what escapes here is
caught by that child's fence, but then as a crash and not as what is wrong with the file.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Final

from dossier.errors import SourceError
from pipeline.picture import decode
from scanners.delivery import DeliveredFile, DeliveredPage, IntakeLimits
from scanners.files import CMS, DETACHED, PDF, media_type_of, read_pages
from scanners.pdf import count_signatures, read_pdf

LIMITS: Final = IntakeLimits(pixels=1_000_000, side=4000, pages=20, drawn_dpi=40.0, drawn_pixels=200_000)


def open_target(folder: Path) -> Callable[[bytes], None]:
    """What takes one made-up file in."""
    return feed


def feed(data: bytes) -> None:
    """Every file gives pages that decode, or one SourceError."""
    try:
        file = DeliveredFile("scan", data, media_type_of(data, "scan"), 0)
        if file.media_type == PDF:
            signed, empty = count_signatures(file, LIMITS)
            assert min(signed, empty) >= 0
            # Pages that poppler has to draw are left out: a process for each is slow.
            pages = list(read_pdf(file, LIMITS, draw=False))
        else:
            pages = list(read_pages(file, LIMITS))
        assert pages or file.media_type in (PDF, CMS, DETACHED)
        for number, page in enumerate(pages, start=1):
            _check(page, number, is_pdf=file.media_type in (PDF, CMS))
    except (SourceError, MemoryError):
        return


def _check(page: DeliveredPage, number: int, *, is_pdf: bool) -> None:
    assert page.number >= number if is_pdf else page.number == number
    assert page.media_type in ("image/jpeg", "image/png", "image/tiff")
    assert math.isfinite(page.dpi)
    assert page.dpi > 0
    pixels = decode(page.picture, most_pixels=LIMITS.pixels)
    assert pixels.shape == (page.height, page.width, 3), (pixels.shape, page.height, page.width)
