"""What samples are made of: invented people, machine-readable zones, type, words for dates."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import pytest

from dossier.errors import PartMissing
from dossier.text import without_marks
from models.mrz import card_zone
from scanners.samples import faces
from scanners.samples.civil import day_in_words, number_in_words
from scanners.samples.faces import Face, letters_lacking
from scanners.samples.mrz import check_digit, mrz_lines
from scanners.samples.people import FEMALE, MALE, Person, Village, masked, with_one_digit_wrong


@pytest.fixture
def people() -> list[Person]:
    village = Village(Random("a village"))
    return [village.invent(sex, years) for sex in (MALE, FEMALE) for years in ((1960, 1999), (2000, 2003))]


def test_check_digits_are_those_of_the_icao_specimen() -> None:
    """ICAO Doc 9303-5, the specimen of Utopia: I<UTOD231458907 / 7408122F1204159UTO<<<<<<<<<<<6."""
    assert check_digit("D23145890") == "7"
    assert check_digit("740812") == "2"
    assert check_digit("120415") == "9"
    assert check_digit("D231458907<<<<<<<<<<<<<<<" + "7408122" + "1204159" + "<<<<<<<<<<<") == "6"
    assert check_digit("D23145809") != "7"


def test_zone_reads_back_as_the_person(people: list[Person]) -> None:
    for person in people:
        lines = mrz_lines(person)
        assert [len(line) for line in lines] == [30, 30, 30]
        zone = card_zone(lines)
        assert zone is not None
        assert (zone.personal_number, zone.date_of_birth) == (person.personal_number, person.born)
        surname, _, given = lines[2].rstrip("<").partition("<<")
        assert f"{surname} {given.replace('<', ' ')}" == without_marks(person.full_name).upper()
        assert zone.sex == ("F" if person.sex == FEMALE else "M")


def test_zone_with_one_character_changed_no_longer_holds(people: list[Person]) -> None:
    first, second, third = mrz_lines(people[0])
    changed = second[:3] + str((int(second[3]) + 1) % 10) + second[4:]
    assert card_zone((first, changed, third)) is None


def test_cards_are_valid_on_the_day_of_reception(people: list[Person]) -> None:
    village = Village(Random(25))
    crowd = [village.invent(FEMALE, (year, year)) for year in range(1982, 1990)]
    for person in (*people, *crowd):
        assert person.issued_on < date(2026, 11, 16) < person.card_ends_on


def test_nobody_occurs_twice() -> None:
    village = Village(Random(4))
    for _ in range(12):
        village.invent(FEMALE, (1980, 1990))
        village.invent(MALE, (1980, 1990))
    assert len({person.personal_number for person in village.people}) == 24
    assert len({person.full_name for person in village.people}) == 24


def test_a_slip_changes_one_of_the_free_digits() -> None:
    number = "001190012345"
    slipped = with_one_digit_wrong(number)
    assert [i for i in range(12) if number[i] != slipped[i]] == [8]


def test_masked_numbers_show_five_digits() -> None:
    assert masked("001190012345") == "001•••••••45"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "một"),
        (10, "mười"),
        (11, "mười một"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (25, "hai mươi lăm"),
        (31, "ba mươi mốt"),
    ],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert number_in_words(number) == words


def test_a_date_in_words() -> None:
    assert (
        day_in_words(date(2026, 11, 2)) == "Ngày hai, tháng mười một, năm hai nghìn không trăm hai mươi sáu"
    )
    assert day_in_words(date(2005, 1, 15)).endswith("năm hai nghìn không trăm linh năm")


@pytest.mark.parametrize("face", list(Face))
def test_every_face_has_all_vietnamese_letters(face: Face) -> None:
    assert letters_lacking(face) == ""


def test_a_missing_font_is_named_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "ROOTS", (tmp_path,))
    faces.find.cache_clear()
    with pytest.raises(PartMissing, match="fonts-liberation2"):
        letters_lacking(Face.SERIF)
    faces.find.cache_clear()
