"""Lines of print found from the ink itself, where a page is plain: no net, a tenth of the time.

Letters stand in rows. Where every stroke on a part of the page fits into such rows, the rows are the lines;
what does not fit (signatures, seals, photographs, print that touches its neighbours) is named as unclear,
for a finder that has seen such things.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import numpy.typing as npt

from dossier.geometry import Box
from models.ink_pieces import (
    SQUEEZE,
    Pieces,
    boxes_of,
    column,
    mended,
    pieces_of,
    squeezed,
    usual_height,
    weighted_median,
)
from models.pale_print import PALE, pale_places
from models.rules import ruled

if TYPE_CHECKING:
    from dossier.ports import Grey

INK: Final = 165
"""Grey below which a prepared page shows ink; its paper is 245."""
_CORE: Final = 0.55
"""Of the usual height; lower pieces are marks, dots and dashes."""
_TALL: Final = 2.6
_WIDE: Final = 16.0
_OVER: Final = 0.5
"""Usual heights between a mark and the letter under it; a line that stands over another is farther."""
_LOWEST, _LOW = 0.6, 0.75
"""Of the usual height: so low is a row of one or two letters that begins where lines do, others not."""
_FLUSH: Final = 0.25
"""Usual heights by which lines that begin together may differ."""
_FEWEST_FLUSH: Final = 5
_REACH: Final = 1.0
"""Usual heights that a letter reaches to either side to touch the next one: words join, columns do not."""
_ASCENT, _DESCENT = 0.45, 0.15
"""Of a row's height, above its letters' tops and below their feet: taken even where no letter is tall."""
_MARGIN: Final = 0.02
_MARK_ABOVE, _MARK_BELOW = 1.5, 0.9
"""Usual heights between letters and the farthest mark over a hat, or a dot or comma below."""
_MOST_SINGLE: Final = 0.25
"""Share of letters that stand alone from which on the rows are no rows: the page lies on its side."""
_MOST_SPECKS: Final = 0.35
"""Share of loose pieces from which on a page is too dirty to be judged by its pieces."""
_FEWEST_DOTS: Final = 6
_DOT_REACH: Final = 1.2
"""Usual heights on either side of a dot: small ones vanish by the handful where the page was reduced."""
_FEWEST_LOOSE: Final = 3
_DARK: Final = 90
"""The darkest grey of a line; in small type of full black there is darker."""
_FARTHEST: Final = 20.0
"""Usual heights by which a line may be longer than its ink."""
_FEWEST_PALE: Final = 2
"""Pixels of a column that a letter has."""
_WALL: Final = 0.8
"""Of a line's height: a column as full as this is a pale rule."""
_NO_WAY: Final = 2
_WORD_GAP: Final = 0.9
"""Usual heights of white between words."""


@dataclass(frozen=True, slots=True)
class InkLines:
    """What was found, in pixels of the picture."""

    lines: tuple[Box, ...]
    """Lines of print; words with white as wide as two letters between them are apart."""
    unclear: tuple[Box, ...]
    """Places with ink that is no plain line."""
    is_plain: bool
    """Whether the page can be judged in this way at all."""


NOT_PLAIN: Final = InkLines((), (), is_plain=False)


@dataclass(slots=True)
class _Row:
    """A row of letters while it is put together."""

    box: Box
    """Around its letters."""
    head: float
    """Where most of its letters begin."""
    foot: float
    """Where most of its letters stand."""
    pieces: Pieces
    """Its letters."""
    marks_top: float
    marks_bottom: float
    left: float
    right: float

    @property
    def height(self) -> float:
        return self.foot - self.head

    @property
    def without_tails(self) -> Box:
        """Around its letters as far as most of them reach down: a comma goes deeper."""
        return Box(self.box.left, self.box.top, self.box.right, self.foot)

    @property
    def letters(self) -> int:
        return len(self.pieces)

    def has_letter_below(self, mark: Box, reach: float) -> bool:
        """Whether a letter stands this near below a mark."""
        body = self.pieces
        is_below = (body.left < mark.right) & (body.right > mark.left) & (body.bottom > mark.bottom)
        return bool((is_below & (body.top - mark.bottom <= reach)).any())

    def take(self, mark: Box) -> None:
        """Grow around a mark that belongs to the row."""
        self.marks_top, self.marks_bottom = min(self.marks_top, mark.top), max(self.marks_bottom, mark.bottom)
        self.left, self.right = min(self.left, mark.left), max(self.right, mark.right)


def ink_lines(view: Grey) -> InkLines:
    """Lines of a prepared page, straightened and reduced to the size in which lines are looked for."""
    rules = ruled(view, INK)
    ink = np.asarray(cv2.threshold(view, INK - 1, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)
    cv2.subtract(ink, rules.mask, dst=ink)
    pieces = pieces_of(ink)
    usual = usual_height(pieces)
    if usual is None:
        return NOT_PLAIN
    pieces = mended(pieces, usual, _CORE)
    height, width = pieces.height, pieces.width
    is_large = (height > _TALL * usual) | (width > _WIDE * usual)
    is_letter = (height >= _CORE * usual) & ~is_large & (width >= 2)
    small = pieces.where(~is_large & ~is_letter)
    small = small.where(~_leaders(small, usual, view.shape))
    is_dash = (small.width >= 0.6 * usual) & (small.width >= 2.5 * small.height) & (small.width < 3 * usual)
    bands = _bands(pieces.where(is_letter), small.where(is_dash), usual, view.shape)
    for rule in rules.down:
        bands[int(rule.top) : int(rule.bottom), int((rule.left + rule.right) / 2 / SQUEEZE)] = 0
    rows, strays = _rows(pieces.where(is_letter), bands, usual)
    if sum(row.letters for row in rows if row.letters < 3) > _MOST_SINGLE * int(is_letter.sum()):
        return NOT_PLAIN
    rows, strays = _without_marks(rows, strays, usual)
    loose = _give_marks(rows, small, usual)
    unclear = [*strays, *boxes_of(pieces.where(is_large))]
    if len(loose) > _MOST_SPECKS * len(pieces):
        return NOT_PLAIN
    unclear += _clusters(loose, usual, view.shape)
    lines = [_line(row, usual) for row in rows]
    pale_ends = _PaleEnds(view, rules.mask, lines, usual)
    lines = [pale_ends.with_them(line) for line in lines]
    unclear = [pale_ends.with_them(box) if box.height <= _TALL * usual else box for box in unclear]
    unclear += pale_places(view, [*lines, *unclear], rules.mask, usual)
    return InkLines(tuple(lines), tuple(unclear), is_plain=True)


def _bands(letters: Pieces, dashes: Pieces, usual: float, shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """A squeezed picture in which letters of a row touch; dashes bridge the words beside them."""
    bands = squeezed(shape)
    _draw_bands(bands, letters, usual)
    _draw_bands(bands, dashes, usual)
    return bands


def _rows(letters: Pieces, bands: npt.NDArray[np.uint8], usual: float) -> tuple[list[_Row], list[Box]]:
    """Rows of letters, and what stands where no row can be told."""
    _, labels = cv2.connectedComponents(bands, connectivity=8)
    belongs = labels[letters.middle.astype(int), column(letters.centre)]
    rows: list[_Row] = []
    strays: list[_Row] = []
    order = np.argsort(belongs, kind="stable")
    starts = np.flatnonzero(np.diff(belongs[order], prepend=-1))
    for members in np.split(order, starts[1:]):
        row = _row(letters.where(members))
        if _is_plain(row, usual):
            rows.append(row)
        else:
            strays.append(row)
    ends = [stray for stray in strays if _ends_a_paragraph(stray, rows, usual)]
    return rows + ends, [stray.box for stray in strays if stray not in ends]


def _draw_bands(bands: npt.NDArray[np.uint8], pieces: Pieces, usual: float) -> None:
    """The middle half of each piece, reaching out to its neighbours."""
    reach = _REACH * usual
    quarter = np.maximum(pieces.height / 4, 1.0)
    first_rows = np.round(pieces.middle - quarter).astype(int)
    last_rows = np.maximum(np.round(pieces.middle + quarter).astype(int), first_rows + 1)
    first_columns = column(np.maximum(0.0, pieces.left - reach))
    last_columns = column(pieces.right + reach) + 1
    for top, bottom, left, right in zip(
        first_rows.tolist(), last_rows.tolist(), first_columns.tolist(), last_columns.tolist(), strict=True
    ):
        bands[top:bottom, left:right] = 1


def _row(letters: Pieces) -> _Row:
    box = Box(
        float(letters.left.min()),
        float(letters.top.min()),
        float(letters.right.max()),
        float(letters.bottom.max()),
    )
    weights = letters.width
    head, foot = weighted_median(letters.top, weights), weighted_median(letters.bottom, weights)
    return _Row(box, head, foot, letters, box.top, box.bottom, box.left, box.right)


def _is_plain(row: _Row, usual: float) -> bool:
    """Whether a row can only be one line of print: not two that touch, and no scrap of something else."""
    if row.height < 0.5 * usual:
        return False
    if row.box.height > 1.3 * row.height + 1.7 * usual:
        return False
    if row.letters >= 3:
        return True
    return _LOW * usual <= row.box.height <= 1.9 * usual and row.box.width >= 0.25 * usual


def _ends_a_paragraph(row: _Row, rows: Sequence[_Row], usual: float) -> bool:
    """Whether one or two small letters stand where lines begin: among capitals `ô.` is low for a row."""
    is_low = _LOWEST * usual <= row.box.height < _LOW * usual
    if row.letters >= 3 or not is_low or row.box.width < _CORE * usual:
        return False
    return sum(abs(other.box.left - row.box.left) <= _FLUSH * usual for other in rows) >= _FEWEST_FLUSH


def _leaders(small: Pieces, usual: float, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Which pieces are dots of a line to write on: many, close together, at one height."""
    is_dot = (small.height <= 0.45 * usual) & (small.width <= 0.6 * usual)
    if int(is_dot.sum()) < _FEWEST_DOTS:
        return np.zeros(len(small), np.bool_)
    chains = squeezed(shape)
    reach = _DOT_REACH * usual
    rows, columns = small.middle.astype(int), column(small.centre)
    first, last = column(np.maximum(0.0, small.left - reach)), column(small.right + reach) + 1
    for dot in np.flatnonzero(is_dot).tolist():
        chains[rows[dot] : rows[dot] + 2, first[dot] : last[dot]] = 1
    _, labels, stats, _ = cv2.connectedComponentsWithStats(chains)
    label = np.where(is_dot, labels[rows, columns], 0)
    dots = np.bincount(label, minlength=len(stats))
    is_chain = (dots >= _FEWEST_DOTS) & (stats[:, cv2.CC_STAT_HEIGHT] <= max(4.0, 0.5 * usual))
    is_chain[0] = False
    return np.asarray(is_chain[label], np.bool_)


def _without_marks(rows: list[_Row], strays: list[Box], usual: float) -> tuple[list[_Row], list[Box]]:
    """Without what is a mark of a row: a hat with its tone, a comma, are as high as small letters."""
    whole = [row for row in rows if row.letters >= 3]
    few = [row for row in rows if row.letters < 3]

    def is_taken(mark: Box, takers: list[_Row]) -> bool:
        for row in takers:
            if not row.box.left - usual < (mark.left + mark.right) / 2 < row.box.right + usual:
                continue
            over = mark.bottom <= row.head + 0.4 * usual and row.has_letter_below(mark, _OVER * usual)
            under = mark.top >= row.head + 0.4 * usual and mark.bottom <= row.foot + 0.9 * usual
            among = mark.top >= row.box.top - 0.2 * usual and mark.bottom <= row.foot + 0.4 * usual
            if mark.height <= 1.3 * usual and (over or under or among):
                row.take(mark)
                return True
        return False

    whole += [row for row in few if not is_taken(row.without_tails, whole)]
    return whole, [stray for stray in strays if not is_taken(stray, whole)]


def _give_marks(rows: list[_Row], small: Pieces, usual: float) -> Pieces:
    """Give tone marks, dots, commas and dashes to their rows; what nobody takes is returned."""
    if not rows or not len(small):
        return small
    head = np.array([row.head for row in rows])[:, None]
    foot = np.array([row.foot for row in rows])[:, None]
    left = np.array([row.box.left for row in rows])[:, None]
    right = np.array([row.box.right for row in rows])[:, None]
    beside = np.maximum(np.maximum(left - small.centre, small.centre - right), 0.0)
    above, below = np.maximum(head - small.bottom, 0.0), np.maximum(small.top - foot, 0.0)
    is_near = (above <= _MARK_ABOVE * usual) & (below <= _MARK_BELOW * usual)
    inside = (small.middle > head - 0.2 * usual) & (small.middle < foot + 0.35 * usual)
    allowed = np.where(inside, 1.8 * usual, 0.35 * usual)
    cost = np.where((beside <= allowed) & is_near, above + 1.5 * below + 0.2 * beside, np.inf)
    nearest = cost.argmin(axis=0)
    taken = np.isfinite(cost[nearest, np.arange(len(small))])
    for number, row in enumerate(rows):
        mine = taken & (nearest == number)
        if not mine.any():
            continue
        body = small.where(mine)
        row.take(
            Box(
                float(body.left.min()),
                float(body.top.min()),
                float(body.right.max()),
                float(body.bottom.max()),
            )
        )
    return small.where(~taken)


def _line(row: _Row, usual: float) -> Box:
    """The box of a line: its ink, never less than the room that tall letters and tails would take."""
    height = max(row.height, 0.8 * usual)
    top = min(row.marks_top, row.head - _ASCENT * height)
    bottom = max(row.marks_bottom, row.foot + _DESCENT * height)
    margin = _MARGIN * (bottom - top)
    return Box(row.left - 0.3 * usual, top - margin, row.right + 0.3 * usual, bottom + margin)


@dataclass(frozen=True, slots=True)
class _PaleEnds:
    """Draws out lines of grey print: of small thin letters only some are dark enough to be ink."""

    view: Grey
    rules: Grey
    """255 where a rule lies."""
    lines: Sequence[Box]
    """None is drawn out over another."""
    usual: float

    def with_them(self, line: Box) -> Box:
        """The line, or a place that may be one, with its ends; as it is where it is dark."""
        top, bottom = max(0, int(line.top)), int(line.bottom) + 1
        inside = self.view[top:bottom, max(0, int(line.left)) : int(line.right)]
        if inside.size == 0 or int(inside.min()) <= _DARK:
            return line
        beside = [o for o in self.lines if o is not line and o.top < line.bottom and line.top < o.bottom]
        least = max([o.right for o in beside if o.left < line.left and o.right < line.right], default=0.0)
        most = min([o.left for o in beside if o.left > line.left and o.right > line.right], default=math.inf)
        least, most = min(least, line.left), max(min(most, self.view.shape[1]), line.right)
        reach, margin = math.ceil(_FARTHEST * self.usual), 0.3 * self.usual
        first, last = max(int(least), int(line.left) - reach), min(int(most), math.ceil(line.right) + reach)
        seen = self.view[top:bottom, first:last] < PALE
        letters = (seen & (self.rules[top:bottom, first:last] == 0)).sum(axis=0) >= _FEWEST_PALE
        inked = np.where(seen.sum(axis=0) > _WALL * len(seen), _NO_WAY, letters)
        start, stop = max(0, round(line.left + margin) - first), max(0, round(line.right - margin) - first)
        left = first + start - _goes_on(inked[:start][::-1], self.usual)
        right = first + stop + _goes_on(inked[stop:], self.usual)
        ends = max(least, left - margin), min(most, right + margin)
        return Box(min(line.left, ends[0]), line.top, max(line.right, ends[1]), line.bottom)


def _goes_on(inked: npt.NDArray[np.int64], usual: float) -> int:
    """Columns up to the last inked one that follows the one before it as letters and words do."""
    walls = np.flatnonzero(inked == _NO_WAY)
    at = np.flatnonzero(inked[: walls[0]] if walls.size else inked)
    far = np.flatnonzero(np.diff(at, prepend=-1) > _WORD_GAP * usual)
    kept = at[: far[0]] if far.size else at
    return int(kept[-1]) + 1 if kept.size else 0


def _clusters(loose: Pieces, usual: float, shape: tuple[int, ...]) -> list[Box]:
    """Where loose pieces lie close together: dots of a stamp, a pale word. Single specks are dust."""
    if not len(loose):
        return []
    near = squeezed(shape)
    reach, aside = 0.6 * usual, _REACH * usual
    first, last = column(np.maximum(0.0, loose.left - aside)), column(loose.right + aside) + 1
    for top, bottom, left, right in zip(loose.top, loose.bottom, first, last, strict=True):
        near[max(0, int(top - reach)) : int(bottom + reach), left:right] = 1
    _, labels, stats, _ = cv2.connectedComponentsWithStats(near)
    counts = np.bincount(labels[loose.middle.astype(int), column(loose.centre)], minlength=len(stats))
    return [
        Box(float(left * SQUEEZE), float(top), float((left + width) * SQUEEZE), float(top + height))
        for (left, top, width, height, _), count in zip(stats[1:], counts[1:], strict=True)
        if count >= _FEWEST_LOOSE
    ]
