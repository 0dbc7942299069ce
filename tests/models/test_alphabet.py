"""A reader without every Vietnamese letter is refused for text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from dossier.errors import ReaderUnfit
from dossier.page import Engine
from dossier.ports import ReadLine
from dossier.text import LETTERS
from models.alphabet import check_alphabet
from models.line_net import VietnameseLineReader
from models.tesseract import TesseractRecogniser

if TYPE_CHECKING:
    from dossier.ports import Grey


class FixedAlphabet:
    """A reader that says what it can return and reads nothing."""

    engine = Engine("fixed", "1", "")

    def __init__(self, alphabet: str) -> None:
        self.alphabet = alphabet

    def read(self, lines: Sequence[Grey]) -> tuple[ReadLine, ...]:
        return tuple(ReadLine(()) for _ in lines)


def test_our_net_has_every_letter() -> None:
    check_alphabet(VietnameseLineReader())


@pytest.mark.parametrize("letter", ["ỵ", "Ỵ", "đ", "Ữ"])
def test_one_missing_letter_is_refused_by_name(letter: str) -> None:
    with pytest.raises(ReaderUnfit, match=letter):
        check_alphabet(FixedAlphabet("".join(LETTERS - {letter})))


def test_letters_in_two_code_points_do_not_count() -> None:
    """A net that returns base letters and loose marks cannot place a mark on the letter that it read."""
    with pytest.raises(ReaderUnfit):
        check_alphabet(FixedAlphabet("aăâeêioôơuưyđ\u0300\u0301\u0303\u0309\u0323"))


def test_debian_tesseract_is_refused_for_the_letters_that_its_file_lacks() -> None:
    with pytest.raises(ReaderUnfit, match="Ỵỵ"):
        check_alphabet(TesseractRecogniser())
