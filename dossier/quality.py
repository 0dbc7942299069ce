"""Whether a scan is good enough, told while the paper is still in hand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dossier.geometry import Box


class Flaw(StrEnum):
    """What is wrong with the picture of a page."""

    RESOLUTION = "resolution"
    """Dots per inch; less than the limit is too little."""
    BLUR = "blur"
    """Softness of edges of print, micrometres (standard deviation)."""
    ILLEGIBLE = "illegible"
    """How uncertain the letters of some lines are: 0.0 to 1.0."""
    TOO_PALE = "too_pale"
    """Grey levels between paper and print, 0 to 255; less than the limit is too little (over-exposure)."""
    TOO_DARK = "too_dark"
    """Grey level of the paper, 0 to 255; less than the limit is too dark (under-exposure)."""
    SHADOW = "shadow"
    """Light on the darkest part of the sheet as a share of that on the brightest; less is darker."""
    FINGER = "finger"
    """Square millimetres of something in the colour of skin that reaches in from the edge."""
    CLIPPED = "clipped"
    """Pieces of print that touch the edge of the picture."""
    FOLDED_CORNER = "folded_corner"
    """Millimetres of the shorter side of a corner that is folded over or torn off."""
    SKEW = "skew"
    """Degrees by which the page lies askew."""
    NO_COLOUR = "no_colour"
    """1.0 where the scan shows no colour (NĐ 30/2020/NĐ-CP Phụ lục I asks for it)."""
    SCALE = "scale"
    """Size as a share of the paper's, 1.0 where it is true; told where the shape is that of a DIN A sheet."""
    PHOTOGRAPH = "photograph"
    """1.0 where a camera or a phone's screen made the picture, not a scanner."""
    STREAK = "streak"
    """Lines along the whole feed on this page."""
    DIRTY_GLASS = "dirty_glass"
    """Pages of the batch that have such a line at the same column as this one."""


class QualityVerdict(StrEnum):
    """What to do with the sheet."""

    FINE = "fine"
    RESCAN_ADVISED = "rescan_advised"
    RESCAN_NEEDED = "rescan_needed"

    @property
    def rank(self) -> int:
        """0 for fine, 2 for the worst."""
        return tuple(QualityVerdict).index(self)


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing measured on a page, good or bad."""

    flaw: Flaw
    value: float
    """In the unit of the flaw."""
    box: Box
    """Where, in pixels of the picture as scanned; the whole picture where it is everywhere."""


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """A measure beyond its limit."""

    measure: Measure
    limit: float
    """The bound that was passed."""
    verdict: QualityVerdict


class SideState(StrEnum):
    """What a side of a sheet bears."""

    INKED = "inked"
    SHOW_THROUGH = "show_through"
    """Nothing but what shines through from the other side."""
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class SideInk:
    """What is on a side, told from the picture alone."""

    state: SideState
    boxes: tuple[Box, ...]
    """Where ink stands, in pixels of the picture as scanned; the largest first, a few at most."""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written, printed or stamped on this side."""
        return self.state is not SideState.INKED
