"""Machine-readable zones of a page: found among its lines, read again with their own alphabet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Final

from dossier.geometry import Box, UprightFrame
from dossier.page import Line, MachineZone
from models.mrz import is_well_formed, zone_holds
from models.mrz_mending import mended, zone_text
from models.zones import PaddleZoneReader, zone_places
from pipeline.prepare import PreparedPage, line_picture

_MARGINS: Final = (0.25, 0.1, 0.45)
"""Paper left around a line, in its heights; the second and third are tried where check digits fail."""
_MOST_PLACES: Final = 6


def read_zones(
    page: PreparedPage, frame: UprightFrame, lines: Sequence[Line], reader: PaddleZoneReader
) -> tuple[MachineZone, ...]:
    """Every zone of the page, also one whose check digits do not hold; its readers have to ask."""
    return tuple(_zones(page, frame, lines, reader))


def _zones(
    page: PreparedPage, frame: UprightFrame, lines: Sequence[Line], reader: PaddleZoneReader
) -> Iterator[MachineZone]:
    for place in zone_places(lines)[:_MOST_PLACES]:
        zone = None
        for margin in _MARGINS:
            pictures = [line_picture(page, frame, _wider(line.box, margin, frame)) for line in place]
            read = reader.read(pictures)
            as_read = tuple(zone_text(text) for text, _ in read)
            if not any("<<" in line for line in as_read):
                break
            right = mended(as_read)
            sure = min(confidence for _, confidence in read)
            box = reduce(Box.union, [line.box for line in place])
            tried = MachineZone(right or as_read, as_read, box, sure, reader.engine.name)
            if zone is None or (zone_holds(right) and not zone_holds(zone.lines)):
                zone = tried
            if zone_holds(right) and is_well_formed(right):
                zone = tried
                break
        if zone is not None:
            yield zone


def _wider(box: Box, margin: float, frame: UprightFrame) -> Box:
    across, down = 2 * margin * box.height, margin * box.height
    return Box(
        max(0.0, box.left - across),
        max(0.0, box.top - down),
        min(float(frame.width), box.right + across),
        min(float(frame.height), box.bottom + down),
    )
