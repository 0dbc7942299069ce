"""The lines that the reader learns from: drawn with the fonts of the gate, without handwriting."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest

from models.line_net import WEIGHTS, VietnameseLineReader
from models.training import shards
from models.training.characters import CHARACTERS, HAND_DIGITS, PEN, PRINT, nearest
from models.training.draw import nothing
from models.training.fonts import FontFile, Manner, find_fonts
from models.training.hand import Pen
from models.training.net_shape import HEIGHT
from models.training.texts import LONGEST, Look, Piece, Texts, truth
from models.training.wear import worn

PROSE = "Ủy ban nhân dân phường giải quyết thủ tục hành chính trong năm ngày làm việc, kể từ ngày nhận.\n"


@pytest.fixture(scope="module")
def prose(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prose")
    (folder / "law.md").write_text(PROSE * 3, "utf-8")
    return folder


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> tuple[FontFile, ...]:
    folder = Path("/usr/share/fonts/truetype/liberation2")
    return tuple(find_fonts([folder], tmp_path_factory.mktemp("work")))


def test_the_same_seed_draws_the_same_lines(prose: Path, fonts: tuple[FontFile, ...]) -> None:
    material = shards.Material(prose, fonts, None)
    first, second = (shards.make(material, "7/0", 12) for _ in range(2))
    other = shards.make(material, "7/1", 12)
    assert [s.text for s in first] == [s.text for s in second] != [s.text for s in other]
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(first, second, strict=True))


def test_lines_are_as_high_as_the_net_and_say_only_what_it_knows(
    prose: Path, fonts: tuple[FontFile, ...]
) -> None:
    for sample in shards.make(shards.Material(prose, fonts, None), "3", 60):
        assert sample.picture.shape[0] == HEIGHT
        assert set(sample.text) <= set(CHARACTERS)
        assert len(sample.text) <= LONGEST + 40


def test_most_lines_are_read_as_they_were_meant(prose: Path, fonts: tuple[FontFile, ...]) -> None:
    """A truth that does not fit its picture would teach errors: the shipped net must agree with most."""
    samples = [
        s for s in shards.make(shards.Material(prose, fonts, None), "5", 80) if set(s.text) <= set(PRINT)
    ]
    read = VietnameseLineReader(WEIGHTS).read([sample.picture for sample in samples])
    bare = [
        (line.text.replace(" ", ""), s.text.replace(" ", "")) for line, s in zip(read, samples, strict=True)
    ]
    assert sum(a == b for a, b in bare) > 0.6 * len(samples)


def test_shards_survive_the_disk(prose: Path, fonts: tuple[FontFile, ...], tmp_path: Path) -> None:
    samples = shards.make(shards.Material(prose, fonts, None), "1", 5)
    shards.save(samples, tmp_path / "kept")
    again = shards.load(tmp_path / "kept")
    assert [s.text for s in again] == [s.text for s in samples]
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(again, samples, strict=True))


def test_dots_to_write_on_are_no_text() -> None:
    label, dots = Piece("Họ và tên:"), Piece("", Look.DOTS)
    assert truth((label, dots)) == "Họ và tên:"
    assert truth((label, dots, Piece("Hòa", spaced=True))) == "Họ và tên: Hòa"
    assert truth((Piece("(2)"), Piece("Cường", Look.SMALL, spaced=False))) == "(2)Cường"


def test_texts_come_back_to_heads_fields_and_handwriting(prose: Path) -> None:
    texts, random = Texts(prose), Random(2)
    looks = [piece.look for _ in range(600) for piece in texts.line(random)]
    assert {Look.PRINT, Look.HAND, Look.SMALL, Look.DOTS, Look.PEN} <= set(looks)


def test_no_prose_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no prose"):
        Texts(tmp_path)


def test_fonts_without_vietnamese_letters_are_left_out(fonts: tuple[FontFile, ...], tmp_path: Path) -> None:
    assert {font.manner for font in fonts} >= {Manner.TIMES, Manner.SANS, Manner.MONO}
    (tmp_path / "Broken-Regular.ttf").write_bytes(b"no font")
    with pytest.raises(FileNotFoundError):
        find_fonts([tmp_path], tmp_path / "work")


def test_pictures_of_nothing_say_nothing_and_are_cut_like_lines() -> None:
    random = Random(4)
    drawn = [nothing(random) for _ in range(40)]
    assert {line.text for line in drawn} == {""}
    pictures = [worn(line, random) for line in drawn]
    assert all(p is None or p.shape[0] == HEIGHT for p in pictures)
    assert sum(p is not None for p in pictures) > 30


def test_a_pen_leaves_ink(fonts: tuple[FontFile, ...]) -> None:
    from models.training.fonts import Fonts

    strokes = Pen(Fonts(fonts), None).strokes(40.0, Random(1))
    assert 0.0 < float(strokes.mean()) < 0.9


def test_every_character_has_somebody_to_start_from() -> None:
    assert len(set(CHARACTERS)) == len(CHARACTERS)
    assert nearest("ộ")[0] in ("ô", "ọ")
    assert nearest("Đ") == ["D"]
    assert nearest(HAND_DIGITS[7]) == ["7"]
    assert PEN in CHARACTERS
