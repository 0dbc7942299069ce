"""Where things are on a page: boxes and the upright frame, in pixels from the top left."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels; the right and bottom edges lie outside."""

    left: float
    """First column, counted from the left edge of the frame."""
    top: float
    """First row, counted from the top edge of the frame."""
    right: float
    """One past the last column."""
    bottom: float
    """One past the last row."""

    @property
    def width(self) -> float:
        """Columns covered."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Rows covered."""
        return self.bottom - self.top

    def overlaps(self, other: Box) -> bool:
        """Whether the two share any area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def union(self, other: Box) -> Box:
        """The smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True)
class Affine:
    """x' = a*x + c*y + e and y' = b*x + d*y + f, the order that PDF writes a matrix in."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def apply(self, x: float, y: float) -> tuple[float, float]:
        """The point where (x, y) comes to lie."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f


@dataclass(frozen=True, slots=True)
class UprightFrame:
    """How a scanned picture is turned so that its text stands upright and straight.

    The upright frame is the smallest upright rectangle that holds the whole turned picture, so that no
    corner of the scan falls outside. Reader and PDF use this one definition: boxes found by the reader
    are boxes on the PDF page.
    """

    scan_width: int
    """Width of the picture as scanned, pixels."""
    scan_height: int
    """Height of the picture as scanned, pixels."""
    rotation_degrees: int
    """Quarter turn that makes the page upright, clockwise: 0, 90, 180 or 270."""
    angle_degrees: float
    """Rest that straightens the lines after the quarter turn, counter-clockwise."""

    @property
    def turned_width(self) -> int:
        """Width after the quarter turn, before straightening."""
        return self.scan_height if self.rotation_degrees in (90, 270) else self.scan_width

    @property
    def turned_height(self) -> int:
        """Height after the quarter turn, before straightening."""
        return self.scan_width if self.rotation_degrees in (90, 270) else self.scan_height

    @property
    def width(self) -> int:
        """Width of the upright frame, pixels."""
        sine, cosine = self._sine_cosine()
        return math.ceil(self.turned_width * cosine + self.turned_height * abs(sine) - 1e-9)

    @property
    def height(self) -> int:
        """Height of the upright frame, pixels."""
        sine, cosine = self._sine_cosine()
        return math.ceil(self.turned_height * cosine + self.turned_width * abs(sine) - 1e-9)

    @property
    def straightening(self) -> Affine:
        """From the quarter-turned picture to the upright frame (pixel edges, y downwards)."""
        sine, cosine = self._sine_cosine()
        middle_x, middle_y = self.turned_width / 2, self.turned_height / 2
        return Affine(
            cosine,
            -sine,
            sine,
            cosine,
            self.width / 2 - cosine * middle_x - sine * middle_y,
            self.height / 2 + sine * middle_x - cosine * middle_y,
        )

    @property
    def matrix(self) -> Affine:
        """From the picture as scanned to the upright frame (pixel edges, y downwards)."""
        turn = {
            0: Affine(1, 0, 0, 1, 0, 0),
            90: Affine(0, 1, -1, 0, self.scan_height, 0),
            180: Affine(-1, 0, 0, -1, self.scan_width, self.scan_height),
            270: Affine(0, -1, 1, 0, 0, self.scan_width),
        }[self.rotation_degrees]
        s = self.straightening
        return Affine(
            s.a * turn.a + s.c * turn.b,
            s.b * turn.a + s.d * turn.b,
            s.a * turn.c + s.c * turn.d,
            s.b * turn.c + s.d * turn.d,
            s.a * turn.e + s.c * turn.f + s.e,
            s.b * turn.e + s.d * turn.f + s.f,
        )

    def _sine_cosine(self) -> tuple[float, float]:
        radians = math.radians(self.angle_degrees)
        return math.sin(radians), math.cos(radians)
