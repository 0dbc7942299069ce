"""Fonts to draw lines with: every letter of the alphabet, or for handwriting at least the digits.

Searched are the folders given: .ttf and .otf files as Debian's packages install them, and the files of the
npm packages `@fontsource/*`, which come in parts (latin, vietnamese) that are put together here.
"""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any, Final

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from PIL import ImageFont

from dossier.text import LETTERS
from models.training.characters import PRINT
from models.training.course import Course

_NEEDED: Final = frozenset(LETTERS | {chr(code) for code in range(33, 127)})
_EXTRA: Final = frozenset(PRINT) - _NEEDED - {" "}
_UNFIT: Final = (
    "hairline",
    "thin",
    "dejavumath",
    "symbol",
    "emoji",
    "lgc",
    "black",
    "extralight",
    "ultra",
    "outline",
    "caps",
    "-sc-",
)
_TIMES: Final = ("liberationserif", "tinos", "freeserif", "termes", "doulos", "nimbusroman", "stix", "xits")
_MONO: Final = ("mono", "cousine", "cursor", "hack", "code", "typewriter", "cmunt", "lmmono")
_SERIF: Final = (
    *("serif", "garamond", "libertine", "caladea", "charis", "gentium", "genb", "junicode", "cmunr", "cmunb"),
    *("cmunsl", "vollkorn", "pagella", "schola", "bonum", "lmroman", "bodoni", "fanwood"),
)
_HELD_BACK: Final = ("termes", "carlito", "notoserif-", "arimo")
"""Families that nothing is learnt from: how the net reads unknown type is measured on them."""


class Manner(StrEnum):
    """What a font looks like."""

    TIMES = "times"
    SERIF = "serif"
    SANS = "sans"
    MONO = "mono"
    SCRIPT = "script"
    """Like handwriting, but every letter stands by itself."""
    HAND = "hand"
    """Digits only are drawn with it."""


SHARES: Final = {
    Manner.TIMES: 0.60,
    Manner.SERIF: 0.13,
    Manner.SANS: 0.21,
    Manner.MONO: 0.035,
    Manner.SCRIPT: 0.025,
}
_EVEN_SHARES: Final = {
    Manner.TIMES: 0.27,
    Manner.SERIF: 0.28,
    Manner.SANS: 0.27,
    Manner.MONO: 0.14,
    Manner.SCRIPT: 0.04,
}
_LEGIBLE: Final = (
    "patrick-hand",
    "pangolin",
    "itim",
    "mali",
    "sriracha",
    "playpen",
    "shantell",
    "fuzzy",
    "mynerve",
    "grape",
)


@dataclass(frozen=True, slots=True)
class FontFile:
    """A font that may be drawn with."""

    path: str
    manner: Manner
    family: str
    lacking: str
    """Characters beyond letters and ASCII that it has not."""
    held_back: bool


def find_fonts(folders: Sequence[Path], work: Path) -> list[FontFile]:
    """Fonts of these folders, sorted; written to `work/fonts.json` and taken from there the next time."""
    kept = work / "fonts.json"
    if kept.is_file():
        return [
            FontFile(**{**row, "manner": Manner(row["manner"])})
            for row in json.loads(kept.read_text("utf-8"))
        ]
    work.mkdir(parents=True, exist_ok=True)
    files = sorted(
        path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in (".ttf", ".otf")
    )
    found = [font for path in files if (font := _described(path))]
    packages = sorted({path.parent.parent for folder in folders for path in folder.rglob("files/*.woff2")})
    found += [font for package in packages for font in _packaged(package, work / "fonts")]
    if not any(font.manner is Manner.TIMES for font in found):
        raise FileNotFoundError(
            f"no font in the manner of Times with all letters in {', '.join(map(str, folders))}"
        )
    kept.write_text(json.dumps([_row(font) for font in found], ensure_ascii=False, indent=0), "utf-8")
    return found


def _row(font: FontFile) -> dict[str, Any]:
    return {name: getattr(font, name) for name in FontFile.__slots__}


def _described(path: Path) -> FontFile | None:
    name = path.name.lower()
    if any(word in name for word in _UNFIT) or "[" in name or "vf" in name or "variable" in name:
        return None
    try:
        known = _characters(path)
    except Exception:  # noqa: BLE001 - a broken font file is no font
        return None
    if not all(ord(c) in known for c in _NEEDED):
        return None
    manner = next(
        (
            m
            for m, words in ((Manner.TIMES, _TIMES), (Manner.MONO, _MONO), (Manner.SERIF, _SERIF))
            if any(w in name for w in words)
        ),
        Manner.SANS,
    )
    if "dancing" in name or "lobster" in name:
        manner = Manner.SCRIPT
    family = name.split("-")[0].replace("bold", "").replace("italic", "").rsplit(".", 1)[0]
    lacking = "".join(sorted(c for c in _EXTRA if ord(c) not in known))
    return FontFile(str(path), manner, family, lacking, any(word in str(path).lower() for word in _HELD_BACK))


def _characters(path: Path) -> Collection[int]:
    with path.open("rb") as file, TTFont(file, lazy=True) as font:
        return set(font.getBestCmap() or {})


def _packaged(package: Path, into: Path) -> Iterable[FontFile]:
    """The fonts of one npm package, its parts put together."""
    into.mkdir(parents=True, exist_ok=True)
    for style in ("400-normal", "700-normal"):
        parts = [
            package / "files" / f"{package.name}-{part}-{style}.woff2"
            for part in ("latin", "latin-ext", "vietnamese")
        ]
        whole = into / f"{package.name}-{style}.ttf"
        if not parts[0].is_file():
            continue
        try:
            _merge([part for part in parts if part.is_file()], whole)
            known = _characters(whole)
        except Exception:  # noqa: BLE001, S112 - fonts whose parts do not fit together are left out
            continue
        full = all(ord(c) in known for c in _NEEDED)
        if full and any(package.name.startswith(word) for word in _LEGIBLE):
            lacking = "".join(sorted(c for c in _EXTRA if ord(c) not in known))
            yield FontFile(str(whole), Manner.SCRIPT, package.name, lacking, held_back=False)
        if all(ord(c) in known for c in "0123456789"):
            yield FontFile(str(whole), Manner.HAND, package.name, "", held_back=False)


def _merge(parts: Sequence[Path], whole: Path) -> None:
    opened = []
    for part in parts:
        font = TTFont(part)
        font.flavor = None
        for table in ("GSUB", "GPOS", "GDEF", "STAT", "kern"):
            if table in font:
                del font[table]
        data = io.BytesIO()
        font.save(data)
        data.seek(0)
        opened.append(data)
    if len(opened) == 1:
        whole.write_bytes(opened[0].getvalue())
    else:
        Merger().merge(opened).save(whole)


class Fonts:
    """Draws lots among the fonts: manners by their share, families evenly."""

    def __init__(
        self, found: Sequence[FontFile], *, held_back: bool = False, course: Course = Course.PLAIN
    ) -> None:
        shares = _EVEN_SHARES if course is Course.EVEN else SHARES
        power = 0.5 if course is Course.STRICT else 1.0
        self._shares = {manner: share**power for manner, share in shares.items()}
        self._families: dict[Manner, dict[str, list[FontFile]]] = {}
        for font in found:
            if font.held_back == held_back or font.manner is Manner.HAND:
                self._families.setdefault(font.manner, {}).setdefault(font.family, []).append(font)
        self._opened: dict[tuple[str, int], ImageFont.FreeTypeFont] = {}

    def draw(self, random: Random) -> FontFile:
        """One to print with."""
        manners = [manner for manner in self._shares if manner in self._families]
        manner = random.choices(manners, [self._shares[m] for m in manners])[0]
        family = random.choice(sorted(self._families[manner]))
        return random.choice(self._families[manner][family])

    def sister(self, font: FontFile, random: Random) -> FontFile:
        """Another cut of the same family: bold beside regular."""
        return random.choice(self._families[font.manner][font.family])

    def by_hand(self, random: Random) -> FontFile | None:
        """One whose digits look written; None where there are none."""
        families = self._families.get(Manner.HAND)
        if not families:
            return None
        return random.choice(families[random.choice(sorted(families))])

    def open(self, font: FontFile, size: int) -> ImageFont.FreeTypeFont:
        """The font at a size in pixels."""
        key = (font.path, size)
        if key not in self._opened:
            if len(self._opened) > 2000:
                self._opened.clear()
            self._opened[key] = ImageFont.truetype(font.path, size, layout_engine=ImageFont.Layout.BASIC)
        return self._opened[key]
