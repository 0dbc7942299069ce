"""Doubtful lines read a second time by another reader: its words stand beside the first, never instead."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from dossier.errors import PageTimedOut, PartMissing
from dossier.geometry import Box, UprightFrame
from dossier.page import Line, SecondReading
from dossier.ports import LineReader
from models.zones import zone_places
from pipeline.prepare import PreparedPage, line_picture

log = logging.getLogger(__name__)

_DOUBTFUL: Final = 0.3
"""Confidence of a line, that of its least certain word, below which it is read again."""
_MOST: Final = 4
"""Lines of a page: the second reader costs 0.13 core-seconds a page and 0.04 a line."""
_MARGIN: Final = 0.15
"""Paper around the line's ink, in its heights."""


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Asks another reader about the lines of a page that the first is least sure of."""

    reader: LineReader
    most: int = _MOST
    """Lines of one page."""

    def over(self, lines: Sequence[Line], page: PreparedPage, frame: UprightFrame) -> tuple[Line, ...]:
        """The same lines, the doubtful ones with their second reading.

        Machine-readable zones have a reader of their own and are not asked about.
        """
        in_zones = {line.box for zone in zone_places(lines) for line in zone}
        doubtful = sorted(
            (n for n, line in enumerate(lines) if line.confidence < _DOUBTFUL and line.box not in in_zones),
            key=lambda n: lines[n].confidence,
        )[: self.most]
        if not doubtful:
            return tuple(lines)
        pictures = [line_picture(page, frame, _around(lines[n], frame)) for n in doubtful]
        try:
            read = self.reader.read(pictures)
        except (PageTimedOut, PartMissing) as error:
            log.warning("no second look at %d doubtful lines: %s", len(doubtful), error)
            return tuple(lines)
        looked = list(lines)
        for number, found in zip(doubtful, read, strict=True):
            sure = min((word.confidence for word in found.words), default=0.0)
            agrees = found.text == lines[number].text
            second = SecondReading(found.text, sure, agrees, self.reader.engine.name)
            looked[number] = replace(lines[number], second=second)
        return tuple(looked)


def _around(line: Line, frame: UprightFrame) -> Box:
    margin = _MARGIN * line.box.height
    return Box(
        max(0.0, line.box.left - margin),
        max(0.0, line.box.top - margin),
        min(float(frame.width), line.box.right + margin),
        min(float(frame.height), line.box.bottom + margin),
    )
