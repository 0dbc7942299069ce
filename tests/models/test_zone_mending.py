"""Machine-readable zones: put right where it is proven, left alone where it is not."""

from __future__ import annotations

from random import Random

import pytest

from dossier.geometry import Box
from dossier.page import Line
from models.mrz import card_zone, check_digit, is_well_formed, zone_checks, zone_holds
from models.mrz_mending import mended, zone_text
from models.zones import zone_places
from scanners.samples.mrz import mrz_lines
from scanners.samples.people import FEMALE, Village

CARD = mrz_lines(Village(Random(9303)).invent(FEMALE, (1980, 1990)))
NUMBER = CARD[0][15:27]
PASSPORT = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
"""ICAO 9303-4, appendix A: the specimen of Utopia."""


def test_published_passport_holds() -> None:
    assert zone_checks(PASSPORT) == dict.fromkeys(
        ("document", "birth", "expiry", "optional", "composite"), True
    )
    assert mended(PASSPORT) == PASSPORT


@pytest.mark.parametrize("place", range(44))
def test_every_digit_of_a_passport_is_covered(place: int) -> None:
    second = PASSPORT[1]
    if not second[place].isdigit():
        return
    wrong = second[:place] + str((int(second[place]) + 1) % 10) + second[place + 1 :]
    assert not zone_holds((PASSPORT[0], wrong))


@pytest.mark.parametrize(("read", "meant"), [("O", "0"), ("I", "1"), ("S", "5"), ("B", "8"), ("Z", "2")])
def test_letters_where_only_digits_stand(read: str, meant: str) -> None:
    """A Vietnamese card has digits only after the country, so there is one choice."""
    spoilt = (CARD[0][:5] + CARD[0][5:].replace(meant, read), CARD[1].replace(meant, read), CARD[2])
    assert mended(spoilt) == CARD


def test_fillers_lost_and_doubled() -> None:
    shorter = (CARD[0], CARD[1].replace("<<<<<<<<<<<", "<<<<<<<<"), CARD[2][:-2])
    longer = (CARD[0].replace("<<", "<<<<"), CARD[1], CARD[2] + "<<<")
    assert mended(shorter) == CARD
    assert mended(longer) == CARD
    assert mended((CARD[0], CARD[1].replace("<", ""), CARD[2])) == (), "too many are gone"


def test_strange_fillers_and_small_letters() -> None:
    assert zone_text("P^TWNLIN∧<MEI≤Hua«") == "P<TWNLIN<<MEI<HUA<"
    assert zone_text("ESPAÑOLA 12") == "ESPANOLA12"


@pytest.mark.parametrize("copy", [slice(5, 14), slice(18, 27)])
def test_one_copy_of_the_number_proves_the_other(copy: slice) -> None:
    first = CARD[0]
    place = copy.start + 4
    wrong = first[:place] + str((int(first[place]) + 3) % 10) + first[place + 1 :]
    assert mended((wrong, *CARD[1:])) == CARD


def test_what_is_not_proven_stays_as_it_was_read_and_is_no_witness() -> None:
    """The same wrong digit in both copies, and a digit of the birth: no reading makes all checks hold."""
    first, second, third = CARD
    wrong = str((int(first[9]) + 3) % 10)
    both = first[:9] + wrong + first[10:22] + wrong + first[23:]
    for spoilt in ((both, second, third), (first, "0" + second[1:], third)):
        if spoilt[1] == second or second[0] != "0":
            assert mended(spoilt) == spoilt
            assert card_zone(mended(spoilt)) is None


@pytest.mark.parametrize("wrong", range(1, 10))
def test_no_substitution_is_ever_turned_into_another_number(wrong: int) -> None:
    first, second, third = CARD
    for place in [*range(5, 14), *range(15, 27)]:
        spoilt = first[:place] + str((int(first[place]) + wrong) % 10) + first[place + 1 :]
        zone = card_zone(mended((spoilt, second, third)))
        assert zone is None or zone.personal_number == NUMBER


def test_mistaken_letter_in_a_free_field_only_if_one_reading_holds() -> None:
    """O for 0 in the document number is the only way; 2 for Z in the optional field has two, so it stays."""
    told = PASSPORT[1].replace("L898902C3", "L8989O2C3")
    assert mended((PASSPORT[0], told)) == PASSPORT
    for untold in ("2E184226B", "2E1842268"):
        second = PASSPORT[1].replace("ZE184226B", untold)
        assert mended((PASSPORT[0], second)) == (PASSPORT[0], second)
        assert not zone_holds((PASSPORT[0], second))


def test_g_for_6_cannot_be_told_and_is_left() -> None:
    """G counts 16 and 6 counts 6: the check digit is the same, so nobody can say which it is."""
    assert check_digit("G") == check_digit("6")
    second = PASSPORT[1].replace("ZE184226B", "ZE18422GB")
    assert mended((PASSPORT[0], second)) == (PASSPORT[0], second)


def test_vietnamese_passport_has_the_number_in_its_optional_field() -> None:
    number = "001090001234"
    optional = f"{number}<<"
    second = f"B12345678{check_digit('B12345678')}VNM9002018M3002016{optional}{check_digit(optional)}"
    total = check_digit(second[0:10] + second[13:20] + second[21:43])
    lines = ("P<VNMNGUYEN<<VAN<MAU<<<<<<<<<<<<<<<<<<<<<<<<", f"{second}{total}")
    zone = card_zone(lines)
    assert zone is not None
    assert (zone.personal_number, zone.sex, zone.bare_name) == (number, "M", "NGUYEN VAN MAU")
    assert card_zone((lines[0], f"{second}{(total + 1) % 10}")) is None


def test_a_sex_that_is_none_is_noticed_though_no_check_digit_covers_it() -> None:
    odd = (CARD[0], CARD[1][:7] + "I" + CARD[1][8:], CARD[2])
    assert zone_holds(odd)
    assert not is_well_formed(odd)


def test_places_of_zones_among_other_lines() -> None:
    def line(text: str, top: float, left: float = 100, width: float = 900) -> Line:
        return Line(text, Box(left, top, left + width, top + 45), 0.9, ())

    zone = [line(text, 1000 + 60 * i) for i, text in enumerate(CARD)]
    misread = [line(text.replace("<", "c"), 2000 + 60 * i) for i, text in enumerate(CARD)]
    others = [
        line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 100),
        line("Độc lập - Tự do - Hạnh phúc", 160),
        line("Nơi thường trú: Thôn Quỳnh Lưu, Phường Tân Mẫu", 220),
        line("034092326492", 1120, width=300),
    ]
    found = zone_places([*others, *reversed(zone), *misread])
    assert [[row.box.top for row in place] for place in found] == [[1000, 1060, 1120], [2000, 2060, 2120]]
