"""How a page has to be turned: the small rest of a turn, then the quarter turn; never worse than it lay."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dossier.geometry import Box, UprightFrame
from dossier.ports import LineFinder, LineReader
from pipeline.deskew import Angle, ink_of, skew_angle
from pipeline.orient import Orientation, orientation
from pipeline.prepare import PreparedPage, turn

if TYPE_CHECKING:
    from dossier.ports import Grey

_SUREST_ZERO: Final = 0.05
"""Degrees; a page as straight as this is left as it is."""
_TRUST: Final = 0.5
"""Confidence below which an angle is not followed."""
_SURELY_LYING: Final = 0.93
"""Confidence from which on lines lie, and their angle need not be compared with that of standing ones."""
_READS_WELL: Final = 0.9
"""Confidence of lines that need no second opinion about how they were turned."""


@dataclass(frozen=True, slots=True)
class Upright:
    """The turn of a page, and the lines found in the turned page."""

    rotation_degrees: int
    """Clockwise: 0, 90, 180 or 270."""
    angle_degrees: float
    """What straightens the page, counter-clockwise; 0.0 where straightening would not help."""
    boxes: tuple[Box, ...]
    """Lines, in the frame of the turned view."""
    confidence: float
    """0.0 to 1.0: how well a few lines read in this way; 0.0 where nothing could be read."""
    skew_confidence: float
    """0.0 to 1.0: how far the angle can be trusted; 0.0 where there was nothing to measure."""


def upright(view: Grey, finder: LineFinder, reader: LineReader) -> Upright:
    """The turn in which a page reads best.

    Where neither the angle is sure nor the straightened page reads well, the page as it lay is read too, and
    stays so unless straightening helps.

    Args:
        view: prepared page, not turned.
    """
    ink = ink_of(view)
    lying = skew_angle(ink)
    standing = None if lying.confidence >= _SURELY_LYING else skew_angle(ink.T[::-1])
    first = lying if standing is None or lying.confidence >= standing.confidence else standing
    angle = _worth(first)
    found = orientation(_straight(view, angle), finder, reader)
    is_lying = found.rotation_degrees in (0, 180)
    if is_lying != (first is lying) and found.confidence > 0.0:
        first = lying if is_lying else (standing or skew_angle(ink.T[::-1]))
        if abs(_worth(first) - angle) >= _SUREST_ZERO:
            angle = _worth(first)
            found = orientation(_straight(view, angle), finder, reader)
    if angle != 0.0 and first.confidence < _SURELY_LYING and found.confidence < _READS_WELL:
        as_it_lay = orientation(view, finder, reader)
        if as_it_lay.confidence > found.confidence:
            return _result(as_it_lay, Angle(0.0, first.confidence))
    return _result(found, Angle(angle, first.confidence))


def _result(found: Orientation, angle: Angle) -> Upright:
    return Upright(found.rotation_degrees, angle.degrees, found.boxes, found.confidence, angle.confidence)


def _worth(angle: Angle) -> float:
    return angle.degrees if angle.confidence >= _TRUST and abs(angle.degrees) >= _SUREST_ZERO else 0.0


def _straight(view: Grey, angle: float) -> Grey:
    height, width = view.shape
    return turn(view, UprightFrame(width, height, 0, angle))


def view_frame(prepared: PreparedPage, frame: UprightFrame) -> UprightFrame:
    """The same turn for the reduced page."""
    height, width = prepared.view.shape
    return UprightFrame(width, height, frame.rotation_degrees, frame.angle_degrees)


def in_scan(box: Box, prepared: PreparedPage, frame: UprightFrame) -> Box:
    """From the upright frame of the reduced page to that of the scan: about the middle of both."""
    height, width = prepared.view.shape
    small = view_frame(prepared, frame)
    scale = math.sqrt(prepared.width * prepared.height / (width * height))

    def across(x: float) -> float:
        return min(max((x - small.width / 2) * scale + frame.width / 2, 0.0), float(frame.width))

    def down(y: float) -> float:
        return min(max((y - small.height / 2) * scale + frame.height / 2, 0.0), float(frame.height))

    return Box(across(box.left), down(box.top), across(box.right), down(box.bottom))
