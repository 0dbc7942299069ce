"""Putting fronts and backs together."""

from __future__ import annotations

from collections.abc import Sequence

from dossier.errors import PassesDiffer


def sheets_of_duplex(numbers: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """A duplex feeder gives front, back, front, back: pairs. Raises PassesDiffer over a side alone."""
    if len(numbers) % 2:
        raise PassesDiffer(str(len(numbers)), "a duplex feed has an even number of sides")
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def sheets_of_two_passes(fronts: Sequence[int], backs: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """The stack was fed, turned over as a whole and fed again: the last back came first.

    Raises:
        PassesDiffer: not as many backs as fronts; nothing tells which is missing.
    """
    if len(fronts) != len(backs):
        raise PassesDiffer(f"{len(fronts)}/{len(backs)}", "fronts and backs are not equally many")
    return tuple(zip(fronts, reversed(backs), strict=True))
