"""The typeface of the visible mark: a Times-like font of this machine, cut down to the letters in use."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from fontTools import subset
from fontTools.ttLib import TTFont, TTLibError
from fontTools.ttLib.scaleUpem import scale_upem

from dossier.errors import PartMissing

FONT_FOLDERS: Final = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts").expanduser(),
    Path("~/.fonts").expanduser(),
)
_FILES: Final = (
    "LiberationSerif-Regular.ttf",
    "Tinos-Regular.ttf",
    "FreeSerif.ttf",
    "times.ttf",
    "Times.ttf",
)
"""Best first; all have the whole Vietnamese alphabet."""
UNITS: Final = 1000
"""Units per em that PDF counts widths in."""


@dataclass(frozen=True, slots=True)
class MarkFont:
    """A subset of a font, ready to be embedded."""

    name: str
    """PostScript name with its subset tag."""
    program: bytes
    """TrueType program, 1000 units per em."""
    characters: str
    """Character of glyph 1, 2, ...: sorted, no doubles."""
    widths: tuple[int, ...]
    """Advance widths of glyphs 1, 2, ..."""
    ascent: int
    descent: int
    box: tuple[int, int, int, int]
    """Bounding box of all glyphs."""

    def codes(self, text: str) -> str:
        """The text as hexadecimal glyph numbers; a letter that the font lacks becomes "?"."""
        return "".join(f"{self._glyph(c):04X}" for c in text)

    def width(self, text: str) -> float:
        """Width of the text in em."""
        return sum(self.widths[self._glyph(c) - 1] for c in text) / UNITS

    def _glyph(self, character: str) -> int:
        found = self.characters.find(character)
        return (found if found >= 0 else self.characters.index("?")) + 1


@cache
def find_font(folders: tuple[Path, ...] = FONT_FOLDERS) -> Path:
    """The font file of the mark.

    Raises:
        PartMissing: none is installed.
    """
    for name in _FILES:
        for folder in folders:
            for path in sorted(folder.rglob(name)) if folder.is_dir() else ():
                return path
    raise PartMissing("Liberation Serif", "no Times-like font with Vietnamese letters (fonts-liberation2)")


@lru_cache(maxsize=32)
def mark_font(path: Path, letters: str) -> MarkFont:
    """The subset of a font for these letters, in any order and number.

    Raises:
        PartMissing: the file is no usable font.
    """
    try:
        with TTFont(io.BytesIO(path.read_bytes()), lazy=True, recalcTimestamp=False) as font:
            wanted = sorted(set(letters + "?") & {chr(code) for code in font.getBestCmap()})
            options = subset.Options(notdef_outline=True, layout_features=[], hinting=False, name_IDs=[6])
            options.drop_tables += ["FFTM", "GDEF", "GPOS", "GSUB", "gasp"]
            cutter = subset.Subsetter(options)
            cutter.populate(unicodes=[ord(c) for c in wanted])
            cutter.subset(font)
            scale_upem(font, UNITS)
            return _built(font, wanted)
    except (OSError, TTLibError, KeyError) as e:
        raise PartMissing(path.name, "the font cannot be used") from e


def _built(font: TTFont, wanted: list[str]) -> MarkFont:
    names = font.getBestCmap()
    # One character, one glyph: two characters that share an outline (space and its kin) keep their meaning
    # because the order below is by character, and glyphs are reordered to follow it.
    distinct = list(dict.fromkeys(names[ord(c)] for c in wanted))
    kept = [next(c for c in wanted if names[ord(c)] == glyph) for glyph in distinct]
    rest = [name for name in font.getGlyphOrder() if name not in distinct and name != ".notdef"]
    _reorder(font, [".notdef", *distinct, *rest])
    out = io.BytesIO()
    font.save(out)
    head, metrics = font["head"], font["hmtx"]
    return MarkFont(
        name="SOHOAM+" + str(font["name"].getDebugName(6)),
        program=out.getvalue(),
        characters="".join(kept),
        widths=tuple(metrics[glyph][0] for glyph in distinct),
        ascent=font["hhea"].ascent,
        descent=font["hhea"].descent,
        box=(head.xMin, head.yMin, head.xMax, head.yMax),
    )


def _reorder(font: TTFont, order: list[str]) -> None:
    font.ensureDecompiled()
    for tag in ("glyf", "hmtx"):
        _ = font[tag]
    font.setGlyphOrder(order)
    font["glyf"].setGlyphOrder(order)
