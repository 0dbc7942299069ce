"""Places where persons are named, and which of a page's numbers belong to whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dossier.geometry import Box
from dossier.page import Line, RecognisedPage
from models.labels import is_card_label, name_at, name_behind, name_labels
from models.spots import Spot, hamming, on_row

BLOCK: Final = 14
"""How far a person's block on a form goes on below the name, in heights of its line."""


@dataclass(frozen=True, slots=True)
class Name:
    """A place where a name is announced; its value may be missing."""

    order: tuple[int, int]
    """Line and place in the line."""
    value: str
    line: Line
    is_card: bool
    """Announced as on a card, where the number stands above the name."""
    is_cell: bool
    """One of several cells in the row of its label, as in a table of two persons."""


def names_on(page: RecognisedPage) -> Iterator[Name]:
    """Every place where a label announces a name, in reading order."""
    for index, line in enumerate(page.lines):
        for start, end in name_labels(line.text):
            is_card = is_card_label(line.text[start:end])
            value = name_behind(line.text, end)
            cells = [] if value or line.text[end:].strip(" .:…_-") else list(_cells(page, line))
            for place, cell, found in cells:
                yield Name((place, 0), found, cell, is_card, is_cell=True)
            if not cells:
                value = value or _name_below(page, line, is_card=is_card)
                yield Name((index, start), value, line, is_card, is_cell=False)


def _cells(page: RecognisedPage, label: Line) -> Iterator[tuple[int, Line, str]]:
    """Names on the row of their label, to its right, each a line of its own."""
    for place, line in enumerate(page.lines):
        if (
            line.box.left >= label.box.right
            and on_row(line.box, label.box)
            and (name := name_at(line.text, 0))
        ):
            yield place, line, name


def _name_below(page: RecognisedPage, label: Line, *, is_card: bool) -> str:
    """The name on the line under its label, as cards print it; on forms only in capitals."""
    height = label.box.height
    below = [
        line
        for line in page.lines
        if -0.3 * height <= line.box.top - label.box.bottom <= 1.5 * height
        and line.box.left < label.box.right
        and label.box.left < line.box.right
        and line is not label
    ]
    nearest = min(below, key=lambda line: line.box.top, default=None)
    if nearest is None:
        return ""
    name = name_at(nearest.text, 0)
    return name if is_card or name.isupper() else ""


def owners_of(spots: Sequence[Spot], names: Sequence[Name]) -> dict[int, int]:
    """Which name each spot belongs to, by their positions in the two sequences.

    On a form a number belongs to the last name announced before it, within the same block; a second,
    quite different number in that block belongs to somebody else. On a card the name follows the number.
    """
    owners: dict[int, int] = {}
    for position, spot in enumerate(spots):
        name = name_for(spot, names)
        if name is None or not names[name].value:
            continue
        rivals = [spots[p] for p, n in owners.items() if n == name]
        if all(_may_be_same(spot, rival) for rival in rivals):
            owners[position] = name
    return owners


def name_for(spot: Spot, names: Sequence[Name]) -> int | None:
    """Position of the name in whose block a number stands, on a card of the name below it; None for none."""
    after = [
        i
        for i, name in enumerate(names)
        if name.is_card
        and 0 <= name.line.box.top - spot.box.top <= 6 * spot.box.height
        and name.line.box.left < spot.box.right + 6 * spot.box.height
        and spot.box.left < name.line.box.right + 12 * spot.box.height
    ]
    if after:
        return min(after, key=lambda i: names[i].line.box.top)
    before = [i for i, name in enumerate(names) if name.order < spot.order and not name.is_card]
    if not before:
        return None
    last = names[before[-1]]
    if spot.box.top - last.line.box.top > BLOCK * last.line.box.height:
        return None
    if not last.is_cell:
        return before[-1]
    row = [i for i in before if names[i].is_cell and on_row(names[i].line.box, last.line.box)]
    return max(row, key=lambda i: shared_columns(names[i].line.box, spot.box))


def shared_columns(one: Box, other: Box) -> float:
    """How many columns of pixels two boxes have in common; below zero, how far apart they are."""
    return min(one.right, other.right) - max(one.left, other.left)


def _may_be_same(one: Spot, other: Spot) -> bool:
    """Two numbers of one person: equal but for reading errors, or an old number beside the new."""
    lengths = {len(n) for n in one.numbers | other.numbers}
    if len(lengths) > 1:
        return True
    return any(hamming(a, b) <= 2 for a in one.numbers for b in other.numbers)
