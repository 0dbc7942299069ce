"""Families of type on this machine that can set Vietnamese: every one of the 134 letters in all four cuts."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont, TTLibError

from dossier.errors import PartMissing
from dossier.text import LETTERS
from scanners.samples import faces

_CUTS: Final = {
    "regular": "regular",
    "book": "regular",
    "roman": "regular",
    "bold": "bold",
    "italic": "italic",
    "oblique": "italic",
    "bold italic": "bold_italic",
    "bold oblique": "bold_italic",
}
"""Names of a cut within a family (OpenType `name` record 2)."""
_TIMES: Final = ("liberation serif", "freeserif", "tinos", "termes", "nimbus roman", "times")
_SANS: Final = ("sans", "arimo", "carlito", "roboto", "helvet", "arial", "lato", "inter")
_WITHIN: Final = frozenset(LETTERS) | frozenset(map(chr, range(0x21, 0x7F)))


class Manner(StrEnum):
    """What a family looks like."""

    TIMES = "times"
    """As Times New Roman, in which administrative papers are set (NĐ 30/2020/NĐ-CP, Phụ lục I)."""
    SANS = "sans"
    OTHER = "other"
    """Other serifs and typewriters."""


@dataclass(frozen=True, slots=True)
class Family:
    """Four cuts of one design."""

    name: str
    manner: Manner
    regular: Path
    bold: Path
    italic: Path
    bold_italic: Path

    @property
    def cuts(self) -> tuple[Path, ...]:
        """All four files."""
        return (self.regular, self.bold, self.italic, self.bold_italic)


@lru_cache(maxsize=1)
def families() -> tuple[Family, ...]:
    """Every complete family, sorted by name.

    Raises:
        PartMissing: there is none at all.
    """
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it remarks on odd tables that nobody needs
    cuts: dict[str, dict[str, Path]] = {}
    for file in sorted(p for root in faces.ROOTS for p in root.rglob("*") if p.suffix in (".ttf", ".otf")):
        found = _family_and_cut(file)
        if found is not None:
            cuts.setdefault(found[0], {})[found[1]] = file
    whole = [
        Family(name, _manner(name), of["regular"], of["bold"], of["italic"], of["bold_italic"])
        for name, of in sorted(cuts.items())
        if len(of) == 4
    ]
    if not whole:
        raise PartMissing("fonts-liberation2", "no font with all Vietnamese letters is installed")
    return tuple(whole)


@lru_cache(maxsize=256)
def characters_of(file: Path) -> frozenset[str]:
    """Every character that a font file draws; none where the file is no font."""
    try:
        with file.open("rb") as data, TTFont(data, lazy=True, fontNumber=0) as opened:
            return frozenset(map(chr, opened.getBestCmap() or {}))
    except (TTLibError, OSError, ValueError, KeyError, AssertionError):
        return frozenset()


def _family_and_cut(file: Path) -> tuple[str, str] | None:
    if not characters_of(file) >= _WITHIN:
        return None
    with TTFont(file, lazy=True, fontNumber=0) as opened:
        family, style = (str(opened["name"].getDebugName(number) or "") for number in (1, 2))
    cut = _CUTS.get(style.lower())
    return (family, cut) if family and cut else None


def _manner(name: str) -> Manner:
    lower = name.lower()
    if any(part in lower for part in _TIMES):
        return Manner.TIMES
    return Manner.SANS if "mono" not in lower and any(part in lower for part in _SANS) else Manner.OTHER
