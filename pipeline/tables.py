"""Ruled tables: from the rules of a page to rows, cells, and the lines in each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from dossier.geometry import Box


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table before anything is read in it."""

    box: Box
    """Around its rules."""
    edges_across: tuple[float, ...]
    """Where columns begin and end, from left to right."""
    edges_down: tuple[float, ...]
    """Where rows begin and end, from top to bottom."""

    def holds(self, box: Box) -> bool:
        """Whether the middle of a line lies in the table."""
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        return self.box.left <= x <= self.box.right and self.box.top <= y <= self.box.bottom

    def cell(self, box: Box) -> tuple[int, int]:
        """Row and column of a line, from 0; of the column in which it begins."""
        start, middle = box.left + min(box.width / 2, box.height / 2), (box.top + box.bottom) / 2
        row = bisect_right(self.edges_down, middle) - 1
        column = bisect_right(self.edges_across, start) - 1
        return (
            min(max(row, 0), len(self.edges_down) - 2),
            min(max(column, 0), len(self.edges_across) - 2),
        )


def grids(across: Sequence[Box], down: Sequence[Box], reach: float) -> tuple[Grid, ...]:
    """Tables among the rules of a page, from top to bottom: at least two cells side by side.

    Args:
        across: lying rules.
        down: standing rules.
        reach: how far apart rules that should meet may be, pixels.
    """
    return tuple(sorted(_grids(across, down, reach), key=lambda grid: grid.box.top))


def _grids(across: Sequence[Box], down: Sequence[Box], reach: float) -> Iterator[Grid]:
    for group in _meeting([*across, *down], reach):
        box = reduce(Box.union, group)
        lying = [rule for rule in group if rule.width >= rule.height]
        standing = [rule for rule in group if rule.width < rule.height]
        edges_across = _edges([(rule.left + rule.right) / 2 for rule in standing], reach)
        edges_down = _edges([(rule.top + rule.bottom) / 2 for rule in lying], reach)
        edges_across = _with_ends(edges_across, box.left, box.right, 3 * reach)
        edges_down = _with_ends(edges_down, box.top, box.bottom, 3 * reach)
        if len(lying) >= 2 and len(standing) >= 2 and len(edges_across) >= 3 and len(edges_down) >= 2:
            yield Grid(box, edges_across, edges_down)


def _meeting(rules: Sequence[Box], reach: float) -> list[list[Box]]:
    """Rules that touch or cross, together."""
    groups: list[list[Box]] = []
    for rule in rules:
        wide = Box(rule.left - reach, rule.top - reach, rule.right + reach, rule.bottom + reach)
        met = [group for group in groups if any(wide.overlaps(other) for other in group)]
        groups = [group for group in groups if group not in met]
        groups.append([rule, *(other for group in met for other in group)])
    return groups


def _edges(places: Sequence[float], reach: float) -> tuple[float, ...]:
    """Places that lie close together as one."""
    found: list[list[float]] = []
    for place in sorted(places):
        if found and place - found[-1][-1] <= 2 * reach:
            found[-1].append(place)
        else:
            found.append([place])
    return tuple(sum(group) / len(group) for group in found)


def _with_ends(edges: tuple[float, ...], first: float, last: float, near: float) -> tuple[float, ...]:
    """A table without rules at its sides still begins and ends."""
    if not edges or edges[0] - first > near:
        edges = (first, *edges)
    if last - edges[-1] > near:
        edges = (*edges, last)
    return edges
