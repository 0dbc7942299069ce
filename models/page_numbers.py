"""Printed page numbers: "Trang 2/3", or a lone number in the margin (NĐ 30/2020/NĐ-CP Phụ lục I)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dossier.page import RecognisedPage
from models.labels import flat

_NAMED: Final = re.compile(
    r"^\W*(?:trang|page)\s*(?:so\s*)?[:.]?\s*(\d{1,3})(?:\s*(?:/|tren|of|-)\s*(\d{1,3}))?\W*$"
)
_LONE: Final = re.compile(r"^\W*(\d{1,2})(?:\s*/\s*(\d{1,2}))?\W*$")
_MARGIN: Final = 0.09
"""Share of the page above and below which a lone number is a page number."""


@dataclass(frozen=True, slots=True)
class PageNumber:
    """Which page of a paper this is, as printed."""

    number: int
    of: int
    """How many pages the paper has; 0 where it does not say."""
    is_named: bool
    """Announced by the word "trang", so that it is no other number."""


def page_number(page: RecognisedPage) -> PageNumber | None:
    """The printed page number, or None; page 1 of an administrative paper carries none."""
    height, width = page.frame.height, page.frame.width
    lone: PageNumber | None = None
    for line in page.lines:
        depth = (line.box.top + line.box.bottom) / 2 / height
        if 0.15 < depth < 0.85:
            continue
        if (named := _NAMED.match(flat(line.text))) is not None:
            return _number(named, is_named=True) or lone
        is_margin = depth < _MARGIN or depth > 1 - _MARGIN
        is_centred = abs((line.box.left + line.box.right) / 2 - width / 2) < 0.1 * width
        if is_margin and (is_centred or "/" in line.text) and (found := _LONE.match(line.text)) is not None:
            lone = lone or _number(found, is_named=False)
    return lone


def _number(found: re.Match[str], *, is_named: bool) -> PageNumber | None:
    number, of = int(found[1]), int(found[2] or 0)
    return PageNumber(number, of, is_named) if number >= 1 and (of == 0 or number <= of) else None
