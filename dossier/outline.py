"""What lies on the glass, or before a camera: its edges, where they can be told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from dossier.geometry import Box

Point: TypeAlias = tuple[float, float]
"""Pixels from the left and from the top of the picture as scanned."""
MM_PER_INCH = 25.4


class OutlineKind(StrEnum):
    """What the edges belong to."""

    CARD = "card"
    """A card of the size ID-1 (ISO/IEC 7810: 85.6 x 53.98 mm): thẻ căn cước."""
    SHEET = "sheet"
    """A sheet smaller than the glass."""
    PHOTOGRAPHED = "photographed"
    """A sheet or card seen by a camera: its size is not known from the picture's resolution."""


@dataclass(frozen=True, slots=True)
class Outline:
    """Four corners of a sheet or card."""

    kind: OutlineKind
    corners: tuple[Point, Point, Point, Point]
    """Clockwise; a card's first side is a long one, a sheet's lies on top."""

    @property
    def sides(self) -> tuple[float, float]:
        """Length of the first side and of the second, pixels: means of opposite ones."""
        a, b, c, d = self.corners
        return (math.dist(a, b) + math.dist(d, c)) / 2, (math.dist(b, c) + math.dist(a, d)) / 2

    @property
    def angle_degrees(self) -> float:
        """What turns the first side level, counter-clockwise; -180 to 180."""
        (x, y), (right, low) = self.corners[0], self.corners[1]
        return math.degrees(math.atan2(low - y, right - x))

    @property
    def box(self) -> Box:
        """The upright rectangle around it."""
        across, down = [x for x, _ in self.corners], [y for _, y in self.corners]
        return Box(min(across), min(down), max(across), max(down))

    def in_millimetres(self, dpi: float) -> tuple[Point, ...]:
        """Its corners in millimetres from the top left of the glass."""
        return tuple((x / dpi * MM_PER_INCH, y / dpi * MM_PER_INCH) for x, y in self.corners)
