"""The lines of a page's head, laid out as NĐ 30/2020/NĐ-CP Phụ lục I has them.

Right: Quốc hiệu, tiêu ngữ, place and date. Left, beginning at the same height: the body above, the issuing
body, số/ký hiệu, and on a letter (công văn) the trích yếu. Below both, centred: loại văn bản, then trích yếu.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Final

from rapidfuzz import fuzz

from dossier.geometry import Box
from dossier.page import Line, RecognisedPage, Word
from models.headings import bare

NATIONAL: Final = "CONG HOA XA HOI CHU NGHIA VIET NAM"
MOTTO: Final = "DOC LAP TU DO HANH PHUC"
_UPPER: Final = 0.45
"""Share of the page in which a head begins."""
_WIDEST_GAP: Final = 2.5
"""Space between two words of one line, in heights of the line; more parts two columns."""
_PLACE_AND_DATE: Final = re.compile(r"ng.?[àaáạ]y.*th.?[áa]ng|th[áa]ng.*n[ăa]m", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HeadLines:
    """The lines that may belong to a head."""

    lines: tuple[Line, ...]
    """Every line from the Quốc hiệu on, columns parted, from top to bottom."""
    national: Line | None
    """The Quốc hiệu."""
    motto: Line | None
    """The tiêu ngữ."""
    pitch: float
    """Height of a usual line, pixels."""
    width: float
    """Width of the page, pixels."""
    height: float
    """Height of the page, pixels."""

    @property
    def left_edge(self) -> float:
        """Where the right column begins; lines of the left one end before it."""
        marks = [line.box.left for line in (self.national, self.motto) if line is not None]
        return min(marks) if marks else self.width / 2

    @property
    def below(self) -> float:
        """Where Quốc hiệu and tiêu ngữ end; the top of the page where there are none."""
        return max((line.box.bottom for line in (self.national, self.motto) if line is not None), default=0.0)

    def left_column(self) -> tuple[Line, ...]:
        """Lines left of the Quốc hiệu, from its height on."""
        if self.national is None:
            return ()
        top = self.national.box.top - 0.8 * self.pitch
        edge = self.left_edge + 0.03 * self.width
        return tuple(
            line
            for line in self.lines
            if line.box.top >= top and line.box.right <= edge and line.box.left < edge - self.pitch
        )

    def right_column(self) -> tuple[Line, ...]:
        """Lines below the tiêu ngữ that lie more under it than left of it."""
        edge = self.left_edge - 0.08 * self.width
        return tuple(
            line
            for line in self.lines
            if line.box.top >= self.below - 0.4 * self.pitch and middle(line) >= edge
        )


def head_lines(page: RecognisedPage) -> HeadLines:
    """Find the Quốc hiệu and lay the lines around it in order."""
    pitch = median([line.box.height for line in page.lines]) if page.lines else 1.0
    lines = sorted(_parted(page.lines), key=lambda line: (line.box.top, line.box.left))
    upper = [line for line in lines if line.box.top < _UPPER * page.frame.height]
    national = _most_like(NATIONAL, upper, 78)
    motto = _most_like(MOTTO, upper, 75)
    return HeadLines(tuple(lines), national, motto, pitch, page.frame.width, page.frame.height)


def middle(line: Line) -> float:
    """Column of the line's middle."""
    return (line.box.left + line.box.right) / 2


def joined(lines: Sequence[Line]) -> Box:
    """The box around lines; there is at least one."""
    box = lines[0].box
    for line in lines[1:]:
        box = box.union(line.box)
    return box


def words_of(lines: Iterable[Line]) -> tuple[Word, ...]:
    """All words, line by line."""
    return tuple(word for line in lines for word in line.words)


def part_of(line: Line, words: Sequence[Word]) -> Line:
    """A line made of some of a line's words; there is at least one."""
    box = words[0].box
    for word in words[1:]:
        box = box.union(word.box)
    box = replace(box, top=line.box.top, bottom=line.box.bottom)
    return Line(" ".join(w.text for w in words), box, min(w.confidence for w in words), tuple(words))


def _most_like(text: str, lines: Sequence[Line], least: float) -> Line | None:
    def likeness(line: Line) -> float:
        letters = bare(line.text).replace(" ", "")
        wanted = text.replace(" ", "")
        if len(letters) < 0.6 * len(wanted) or len(letters) > 1.5 * len(wanted):
            return 0.0
        return max(fuzz.ratio(wanted, letters), fuzz.partial_ratio(wanted, letters) - 5)

    best = max(lines, key=likeness, default=None)
    return best if best is not None and likeness(best) >= least else None


def _parted(lines: Iterable[Line]) -> Iterable[Line]:
    """Lines of which a reader ran two columns into one, parted again."""
    for line in lines:
        cut = _cut(line)
        if cut is None:
            yield line
        else:
            yield part_of(line, line.words[:cut])
            yield part_of(line, line.words[cut:])


def _cut(line: Line) -> int | None:
    """Before which word the right column begins, or None."""
    whole = bare(line.text)
    if "CONG HOA XA" in whole or "DOC LAP TU" in whole:
        letters = [bare(word.text) for word in line.words]
        for place in range(1, len(letters)):
            if letters[place : place + 3] in (["CONG", "HOA", "XA"], ["DOC", "LAP", "TU"]):
                return place
    if not whole.startswith("SO"):
        return None
    for place, (before, word) in enumerate(pairwise(line.words), start=1):
        if word.box.left - before.box.right > _WIDEST_GAP * line.box.height:
            rest = " ".join(following.text for following in line.words[place:])
            if _PLACE_AND_DATE.search(rest):
                return place
    return None
