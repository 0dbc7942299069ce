"""Every letter and sign of Vietnamese papers, printed at 200 dpi in twelve faces, is read back.

`sohoa bench alphabet` does the same in every font of the machine, and prints what a reader misses.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from console.bench_alphabet import missed_in
from dossier.text import LETTERS
from scanners.samples import alphabet_lines
from scanners.samples.alphabet_lines import TELLING_SIGNS, TOLD, misread
from scanners.samples.faces import Face, find
from tests.printed import readers

NOT_YET = "ẩỵẳẽxẲỴ"
"""What the weights misread in at least half of the twelve faces; strict: delete what is mended."""
WAVERING = "…ẼƯẨẮỡ,—’Ồ.”ưOđồ–ÔvỌọễắỆCƠỞÒ"
"""What is misread in one to five faces, another few with every small change before the net."""
FAMILIES = ("Serif", "Sans", "Mono")
CUTS = ("Regular", "Bold", "Italic", "BoldItalic")


def _faces() -> tuple[Path, ...]:
    folder = find(Face.SERIF).parent
    return tuple(folder / f"Liberation{family}-{cut}.ttf" for family in FAMILIES for cut in CUTS)


@cache
def _missed() -> dict[str, set[str]]:
    """Each character that was misread, and in which faces."""
    found: dict[str, set[str]] = {}
    for face in _faces():
        for character in missed_in(face, readers()):
            found.setdefault(character, set()).add(face.stem.removeprefix("Liberation"))
    return found


def _character(character: str) -> object:
    if character not in NOT_YET + WAVERING and not _has_small_marks(character):
        return character
    strict = character in NOT_YET
    due = pytest.mark.xfail(strict=strict, reason="the weights misread it in some faces")
    return pytest.param(character, marks=due)


def _has_small_marks(character: str) -> bool:
    """Two marks on one letter, or a hook or a tilde on a capital: few pixels at 200 dpi."""
    _, *marks = unicodedata.normalize("NFD", character)
    return len(marks) > 1 or (character.isupper() and bool({"\u0309", "\u0303"} & set(marks)))


@pytest.mark.parametrize("character", [_character(c) for c in sorted(TOLD)])
def test_it_is_read_back_in_every_face(character: str) -> None:
    assert _missed().get(character, set()) == set()


def test_faces_are_covered_and_lines_hold_everything_twice() -> None:
    text = "".join(alphabet_lines.lines())
    assert len(LETTERS) == 134
    assert len(TELLING_SIGNS) == 21
    assert min(Counter(text)[character] for character in TOLD) >= 2
    assert all(alphabet_lines.drawable(line, face) for line in alphabet_lines.lines() for face in _faces())


@pytest.mark.parametrize("pair", [("hòa", "hoà"), ("thúy", "thuý"), ("KHỎE", "KHOẺ"), ("tụy", "tuỵ")])
def test_both_placements_of_the_tone_are_there(pair: tuple[str, str]) -> None:
    text = " ".join(alphabet_lines.lines()).replace(",", " ").split()
    assert set(pair) <= set(text)


@pytest.mark.parametrize(
    ("read", "lost"),
    [
        ("hộ khẩu, 25 °C", ""),
        ("hộ khấu, 25 °C", "ẩ"),
        ("hộ khẩu, 25 C", "°"),
        ("hộ khẩu , 25°C", ""),
        ("hộ khẩuu, 25 °C", "u"),
        ("", ",25Chku°ẩộ"),
    ],
)
def test_what_is_lost_is_told_by_character(read: str, lost: str) -> None:
    assert misread("hộ khẩu, 25 °C", read) == lost


def test_a_font_without_the_letters_is_not_used(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    assert not alphabet_lines.drawable("đường", broken)
