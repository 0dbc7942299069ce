"""Which parts of a page are no plain print, so that something else must look at them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Final

from dossier.geometry import Box

_MOST_UNCLEAR: Final = 0.5
"""Share of the printed part from which on the whole page may as well be looked at."""
_LINES_A_PLACE: Final = 8
"""Plain lines for each place that is unclear; with fewer the page is a card or a form full of writing, and
pieces of ink tell too little. The first place is free: a seal with its signature stands on most papers."""
_SEEN_AGAIN: Final = 0.6
"""Share of a long plain line that the net must find in order to be trusted with it: of a single worn line
between its neighbours it may see a few letters only."""
_LONG: Final = 6.0
"""Heights; letters of a seal or a signature make no row as long as this."""
_PADDING: Final = 4.0
"""Pixels of paper around what is unclear."""


def unclear_places(
    lines: Sequence[Box], unclear: Sequence[Box], shape: tuple[int, ...]
) -> tuple[Box, ...] | None:
    """Parts of the page to look at in another way, no line cut through; None where that is most of it."""
    places = [_padded(box, shape) for box in unclear]
    waiting = list(lines)
    grown = True
    while grown:
        places, merged = _merged(places)
        touched = [line for line in waiting if any(core(line).overlaps(place) for place in places)]
        waiting = [line for line in waiting if line not in touched]
        places += touched
        grown = merged or bool(touched)
    area = sum(place.width * place.height for place in places)
    printed = reduce(Box.union, [*places, *waiting]) if places or waiting else None
    if printed is None or area > _MOST_UNCLEAR * printed.width * printed.height:
        return None
    if len(places) - 1 > len(waiting) / _LINES_A_PLACE:
        return None
    return tuple(places)


def core(line: Box) -> Box:
    """The rows where a line's small letters stand; the rest it may share with its neighbours."""
    inset = line.height / 4
    return Box(line.left, line.top + inset, line.right, line.bottom - inset)


def hardly_seen(lines: Sequence[Box], seen: Sequence[Box]) -> list[Box]:
    """Which of these plain lines are long, and were not found again by what looked at their place."""
    return [line for line in lines if line.width > _LONG * line.height and _found(line, seen) < _SEEN_AGAIN]


def _found(line: Box, seen: Sequence[Box]) -> float:
    """How much of a line's length is covered by boxes in its rows."""
    body = core(line)
    edges = sorted(
        (max(box.left, line.left), min(box.right, line.right)) for box in seen if box.overlaps(body)
    )
    covered, reached = 0.0, line.left
    for left, right in edges:
        covered += max(0.0, right - max(left, reached))
        reached = max(reached, right)
    return covered / line.width


def _merged(places: list[Box]) -> tuple[list[Box], bool]:
    """Places that overlap as one."""
    apart: list[Box] = []
    merged = False
    for box in places:
        whole = box
        for other in [other for other in apart if core(other).overlaps(core(whole))]:
            apart.remove(other)
            whole, merged = whole.union(other), True
        apart.append(whole)
    return apart, merged


def _padded(box: Box, shape: tuple[int, ...]) -> Box:
    """With some paper around, within the page."""
    return Box(
        max(0.0, box.left - _PADDING),
        max(0.0, box.top - _PADDING),
        min(float(shape[1]), box.right + _PADDING),
        min(float(shape[0]), box.bottom + _PADDING),
    )
