"""From boxes of lines, as they are found, to rows and lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dossier.geometry import Box

_JOIN: Final = 1.2
"""Boxes of one row nearer than this many heights are one line."""
_SAME_ROW: Final = 0.5
"""Of the lower box's height that two boxes of a row share."""


def reading_order(boxes: Sequence[Box], rules: Sequence[Box] = ()) -> tuple[Box, ...]:
    """Boxes from top to bottom, within a row from left to right; neighbours in a row joined.

    Args:
        rules: standing rules of tables; what they part is never joined.
    """
    ordered: list[Box] = []
    for row in rows(boxes):
        ordered += joined(row, rules)
    return tuple(ordered)


def rows(boxes: Sequence[Box]) -> list[list[Box]]:
    """Boxes that share a row, each row from left to right.

    A box joins the row with which it shares most of its height, judged by that row's nearest box: on a form
    whose fields stand a little higher than their names, rows run on where neighbours do.
    """
    found: list[list[Box]] = []
    for box in sorted(boxes, key=lambda b: (b.top + b.bottom) / 2):
        shares = [(_shared(_nearest(row, box), box), number) for number, row in enumerate(found[-6:])]
        best, number = max(shares, default=(0.0, 0))
        if best >= _SAME_ROW:
            found[-6:][number].append(box)
        else:
            found.append([box])
    found.sort(key=lambda row: sum(box.top + box.bottom for box in row) / len(row))
    return [sorted(row, key=lambda b: b.left) for row in found]


def _nearest(row: Sequence[Box], box: Box) -> Box:
    return min(row, key=lambda other: max(other.left - box.right, box.left - other.right))


def _shared(one: Box, other: Box) -> float:
    """Rows that both cover, as a share of the lower box; nothing where they cover the same columns."""
    across = min(one.right, other.right) - max(one.left, other.left)
    if across > 0.5 * min(one.width, other.width):
        return 0.0
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return down / max(1.0, min(one.height, other.height))


def joined(row: Sequence[Box], rules: Sequence[Box] = ()) -> list[Box]:
    """A row with boxes of like height joined where little white and no rule lies between them."""
    lines: list[Box] = []
    for box in row:
        if lines and _belong(lines[-1], box) and not _is_parted(lines[-1], box, rules):
            lines[-1] = lines[-1].union(box)
        else:
            lines.append(box)
    return lines


def _belong(left: Box, right: Box) -> bool:
    height = min(left.height, right.height)
    alike = max(left.height, right.height) < 1.5 * height
    return alike and right.left - left.right < _JOIN * height


def _is_parted(left: Box, right: Box, rules: Sequence[Box]) -> bool:
    """Whether a standing rule passes between two boxes."""
    start, stop = left.right - left.height / 2, right.left + right.height / 2
    middle = (max(left.top, right.top) + min(left.bottom, right.bottom)) / 2
    return any(
        start <= (rule.left + rule.right) / 2 <= stop and rule.top <= middle <= rule.bottom for rule in rules
    )
