"""Days and names as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from dossier.text import day_of, same_name, year_of


@pytest.mark.parametrize("written", ["5/11/2026", "05/11/2026", "05.11.2026", "5-11-2026", " 2026-11-05 "])
def test_the_day_is_written_before_the_month(written: str) -> None:
    assert day_of(written) == date(2026, 11, 5)


@pytest.mark.parametrize(
    "written", ["", "11/23/2026", "31/04/2026", "5/11/26", "05/11/2026 8:00", "hôm nay", "٥/١١/٢٠٢٦"]
)
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|range|month"):
        day_of(written)


@pytest.mark.parametrize(
    ("written", "year"),
    [
        *(
            ("1943", 1943),
            ("__/__/1943", 1943),
            ("00/00/1943", 1943),
            ("...../...../1943.", 1943),
            (" … 1943 Nam", 1943),
        ),
        *(
            ("06/06/1943", None),
            ("00/06/1943", None),
            ("1943-06-06", None),
            ("1943/6/6", None),
            ("19430606", None),
        ),
        *(("43", None), ("3043", None), ("năm 1943", None), ("١٩٤٣", None), ("", None)),
    ],
)
def test_a_year_without_day_and_month(written: str, year: int | None) -> None:
    assert year_of(written) == year


@pytest.mark.parametrize("other", ["H' HEN NIÊ", "H’Hen Niê", "H’ Hen  Niê", "h`hen niê"])
def test_the_space_behind_an_apostrophe_makes_no_other_name(other: str) -> None:
    assert same_name("H'HEN NIÊ", other)
    assert not same_name("H'HEN NIÊ", other.replace("H", "Y", 1).replace("h", "y", 1))
    assert not same_name("H'HEN NIE", other)
