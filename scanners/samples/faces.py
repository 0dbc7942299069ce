"""The type that samples are set in: Liberation, whose letters measure like Times New Roman and Arial."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

from PIL import ImageFont

from dossier.errors import PartMissing
from dossier.text import LETTERS

ROOTS: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
"""Where fonts are looked for."""
_PACKAGE: Final = "fonts-liberation2"


class Face(StrEnum):
    """One cut of the type, by the name of its file."""

    SERIF = "LiberationSerif-Regular"
    BOLD = "LiberationSerif-Bold"
    ITALIC = "LiberationSerif-Italic"
    BOLD_ITALIC = "LiberationSerif-BoldItalic"
    SANS = "LiberationSans-Regular"
    SANS_BOLD = "LiberationSans-Bold"
    MONO = "LiberationMono-Bold"


@lru_cache(maxsize=64)
def font(face: Face | Path, size: int) -> ImageFont.FreeTypeFont:
    """The face, or a font file that is known to have all letters, at a size in pixels.

    Raises:
        PartMissing: the type is not installed, or lacks Vietnamese letters.
    """
    file = face if isinstance(face, Path) else _file_of(face)
    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)


def letters_lacking(face: Face) -> str:
    """The Vietnamese letters that a face draws as its empty box, sorted."""
    drawn = ImageFont.truetype(str(find(face)), 40, layout_engine=ImageFont.Layout.BASIC)
    box = bytes(drawn.getmask("\uffff"))
    return "".join(sorted(letter for letter in LETTERS if bytes(drawn.getmask(letter)) == box))


@lru_cache(maxsize=16)
def _file_of(face: Face) -> Path:
    if lacking := letters_lacking(face):
        raise PartMissing(face.value, f"the font has no {lacking}; install {_PACKAGE}")
    return find(face)


@lru_cache(maxsize=16)
def find(face: Face) -> Path:
    """The file of a face. Raises PartMissing where it is not installed."""
    for root in ROOTS:
        if found := sorted(root.rglob(f"{face.value}.ttf")):
            return found[-1]
    raise PartMissing(face.value, f"font not found; install the Debian package {_PACKAGE}")
