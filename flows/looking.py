"""What a first look at a page needs, opened once in a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from models.codes import ZxingCodeReader
from models.line_finder import PageLineFinder
from models.line_net import VietnameseLineReader
from pipeline.inspect import PageReaders


@cache
def open_looking(cache_folder: Path) -> PageReaders:
    """What a first look needs: less than what reads pages. Opened once in a process."""
    return PageReaders(PageLineFinder(cache_folder), VietnameseLineReader(), ZxingCodeReader())
