"""From boxes of lines, as they are found, to rows and reading order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dossier.geometry import Box
from dossier.page import Line

_JOIN: Final = 1.2
"""Boxes of one row nearer than this many heights are one line."""


def reading_order(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """Boxes from top to bottom, within a row from left to right; neighbours in a row joined."""
    ordered: list[Box] = []
    for row in rows(boxes):
        ordered += joined(row)
    return tuple(ordered)


def in_order(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Lines that were read, sorted as their boxes are."""
    of_box: dict[Box, list[Line]] = {}
    for line in lines:
        of_box.setdefault(line.box, []).append(line)
    return tuple(line for row in rows(list(of_box)) for box in row for line in of_box[box])


def rows(boxes: Sequence[Box]) -> list[list[Box]]:
    """Boxes that share a row, each row from left to right."""
    found: list[list[Box]] = []
    for box in sorted(boxes, key=lambda b: (b.top + b.bottom) / 2):
        middle = (box.top + box.bottom) / 2
        for row in found[-3:]:
            last = row[-1]
            if last.top + last.height / 4 < middle < last.bottom - last.height / 4:
                row.append(box)
                break
        else:
            found.append([box])
    return [sorted(row, key=lambda b: b.left) for row in found]


def joined(row: Sequence[Box]) -> list[Box]:
    """A row with boxes of like height joined where little white lies between them."""
    lines: list[Box] = []
    for box in row:
        if lines and _belong(lines[-1], box):
            lines[-1] = lines[-1].union(box)
        else:
            lines.append(box)
    return lines


def _belong(left: Box, right: Box) -> bool:
    height = min(left.height, right.height)
    alike = max(left.height, right.height) < 1.5 * height
    return alike and right.left - left.right < _JOIN * height
