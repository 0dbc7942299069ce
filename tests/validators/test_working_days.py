"""The working calendar of agencies: holidays, days off in lieu, days that the government swapped."""

from __future__ import annotations

from datetime import date

import pytest

from validators.working_days import WorkingCalendar


@pytest.mark.parametrize(
    ("off", "worked"),
    [
        (date(2025, 5, 2), date(2025, 4, 26)),
        (date(2026, 1, 2), date(2026, 1, 10)),
        (date(2026, 8, 31), date(2026, 8, 22)),
    ],
)
def test_a_day_that_the_government_swapped_is_off_and_made_up_for(off: date, worked: date) -> None:
    calendar = WorkingCalendar()
    assert not calendar.is_working(off)
    assert calendar.is_working(worked)


def test_a_request_over_the_new_year_has_its_three_working_days() -> None:
    """Received on 31/12/2025: 1/1 and 2/1 are off, then a weekend."""
    assert WorkingCalendar().after(date(2025, 12, 31), 3) == date(2026, 1, 7)
    assert WorkingCalendar().after(date(2026, 1, 8), 3) == date(2026, 1, 12), "Saturday 10/1 is worked"


def test_what_a_centre_says_goes_before_what_is_known() -> None:
    own = WorkingCalendar(days_off=[date(2026, 1, 10)], days_worked=[date(2026, 1, 2)])
    assert own.is_working(date(2026, 1, 2))
    assert not own.is_working(date(2026, 1, 10))


def test_tet_is_off_in_every_year_that_is_known() -> None:
    calendar = WorkingCalendar()
    for first, last in (((1, 27), (1, 31)), ((2, 16), (2, 20)), ((2, 8), (2, 10))):
        year = {(1, 27): 2025, (2, 16): 2026, (2, 8): 2027}[first]
        days = range(date(year, *first).toordinal(), date(year, *last).toordinal() + 1)
        assert not any(calendar.is_working(date.fromordinal(day)) for day in days)
