"""Every letter and sign of Vietnamese papers, printed at 200 dpi in twelve faces, is read back.

`sohoa bench alphabet` does the same in every font of the machine, and prints what a reader misses.
"""

from __future__ import annotations

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

RIGHT_EVERYWHERE = 136
"""Of the 155, with the shipped weights (139 when they were measured); the aim is all. A change before the net
moves two or three either way. Raise it with better weights."""
RIGHT_IN_ALL = 0.975
"""Share of the 155 characters in twelve faces."""
WORST = 6
"""Faces of twelve in which a character may fail."""
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


def test_most_are_read_back_in_every_face_and_none_is_lost() -> None:
    missed = {character: faces for character, faces in _missed().items() if character in TOLD}
    told = ", ".join(f"{c} {len(faces)}" for c, faces in sorted(missed.items(), key=lambda m: -len(m[1])))
    assert len(TOLD) - len(missed) >= RIGHT_EVERYWHERE, told
    prints = len(TOLD) * len(_faces())
    assert 1 - sum(map(len, missed.values())) / prints >= RIGHT_IN_ALL, told
    assert max(map(len, missed.values()), default=0) <= WORST, told


def test_no_letter_without_marks_is_lost() -> None:
    plain = {c: faces for c, faces in _missed().items() if c.isascii() and c.isalnum()}
    assert all(len(faces) <= len(_faces()) // 2 for faces in plain.values()), plain


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
