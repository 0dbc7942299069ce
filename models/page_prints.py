"""Page prints: picture, text and people of a page, reduced to what tells whether another scan shows the same.

Numbers are kept apart from words, because two forms that differ in one digit are two forms. Hashes are keyed,
so that a stolen table tells nobody what a page says (the key is the caller's).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from dossier.geometry import UprightFrame
from dossier.page import RecognisedPage
from dossier.page_print import PagePrint
from dossier.text import without_marks

if TYPE_CHECKING:
    from dossier.ports import Colour, Grey

_ROWS, _COLUMNS = 8, 8
_LONG_SIDE: Final = 600
_HASHES: Final = 32
_RUN: Final = 2
"""Words of a run."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_DIGITS: Final = re.compile(r"\d+")
_PERSONAL: Final = (9, 12)
_SURE: Final = 0.8
"""Below this confidence a word may have been read as another number."""
_SURE_WORD: Final = 0.95
"""From this confidence on a word that is missing on another page makes it another one."""
_WORD_BITS: Final = 31


def page_print(page: RecognisedPage, keyed: Callable[[str], str]) -> PagePrint:
    """The print of a page that was read.

    Args:
        page: with the hash of its picture; without it the print is good for the same bytes only.
        keyed: keyed hash of a text, hexadecimal.
    """
    words = _WORD.findall(without_marks(page.text).lower())
    people = {n.digits for n in page.numbers if len(n.digits) in _PERSONAL}
    return PagePrint(
        page.page.picture.sha256,
        page.picture_hash,
        _least(words, keyed("words")),
        keyed(_numbers(page)) if page.lines and _are_numbers_sure(page) else "",
        tuple(sorted(keyed(digits) for digits in people)),
        _vocabulary(page, keyed("vocabulary")),
    )


def _vocabulary(page: RecognisedPage, salt: str) -> tuple[int, ...]:
    found: dict[int, bool] = {}
    for word in (word for line in page.lines for word in line.words):
        for part in _WORD.findall(word.text.lower()):
            hashed = _hash(salt + part) >> (64 - _WORD_BITS)
            found[hashed] = found.get(hashed, False) or word.confidence >= _SURE_WORD
    return tuple(sorted(2 * hashed + is_sure for hashed, is_sure in found.items()))


def _numbers(page: RecognisedPage) -> str:
    """Every number of each line in its order, so that a day and a month changed over make another form; lines
    in no order, for columns come in another one when a sheet lies askew. Those of a pen and of codes too."""
    lines = (*(line.text for line in page.lines), *(pen.text for pen in page.handwriting))
    found = [" ".join(_DIGITS.findall(text)) for text in (*lines, *(code.text for code in page.codes))]
    return "\n".join(sorted(numbers for numbers in found if numbers))


def _are_numbers_sure(page: RecognisedPage) -> bool:
    words = [(word.text, word.confidence) for line in page.lines for word in line.words]
    words += [(pen.text, pen.confidence) for pen in page.handwriting]
    return all(confidence >= _SURE for text, confidence in words if _DIGITS.search(text))


def picture_hash(picture: Colour, frame: UprightFrame) -> int:
    """64 bits that stay when a page is scanned again: darker or brighter than the cell to the right.

    Of the upright and straight page, without the margins, whose width is the scanner's.
    """
    grey = np.asarray(cv2.extractChannel(picture, 1), np.uint8)
    shrink = min(1.0, _LONG_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if shrink < 1 else grey
    upright = np.ascontiguousarray(np.rot90(small, -frame.rotation_degrees // 90))
    height, width = upright.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), frame.angle_degrees, 1.0)
    paper = float(np.percentile(upright, 90))
    straight = cv2.warpAffine(upright, turn, (width, height), borderValue=paper)
    inner = _within(np.asarray(straight, np.uint8))
    cells = cv2.resize(inner, (_COLUMNS + 1, _ROWS), interpolation=cv2.INTER_AREA).astype(np.int16)
    bits = (cells[:, :-1] - cells[:, 1:] > 1).ravel()
    return int("".join("1" if bit else "0" for bit in bits), 2)


def _within(grey: Grey) -> Grey:
    """The part of the page that bears ink."""
    small = cv2.resize(grey, (200, 280), interpolation=cv2.INTER_AREA)
    dark = small < 0.8 * float(np.percentile(small, 90))
    dark[:6], dark[-6:], dark[:, :6], dark[:, -6:] = False, False, False, False
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not rows.size:
        return np.asarray(small, np.uint8)
    return np.asarray(small[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], np.uint8)


def _least(words: list[str], salt: str) -> tuple[int, ...]:
    """MinHash (A. Broder, 1997) of the runs of words."""
    runs = {" ".join(words[i : i + _RUN]) for i in range(max(0, len(words) - _RUN + 1))} or set(words)
    if not runs:
        return ()
    first = np.array([_hash(salt + run) for run in runs], np.uint64)
    random = np.random.default_rng(1997)
    odd = random.integers(1, 2**63, _HASHES, dtype=np.uint64) | np.uint64(1)
    mixed = (first[None, :] * odd[:, None]) >> np.uint64(24)
    return tuple(int(value) for value in mixed.min(axis=1))


def _hash(text: str) -> int:
    """64 bits."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
