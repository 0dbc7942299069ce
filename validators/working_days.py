"""The working calendar of Vietnamese agencies: Monday to Friday, without public holidays.

The `holidays` library knows the public holidays, Tết by the lunar calendar, days off in lieu and most of the
swapped days that the government announced before its release; swapped_days.yaml has those that it lacks.
What is announced later is a setting.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

import holidays
from pydantic import BaseModel, ConfigDict

from validators.catalogue_schema import parsed

_FILE: Final = Path(__file__).parent / "data" / "swapped_days.yaml"


class _Swap(BaseModel):
    """An entry of swapped_days.yaml."""

    model_config = ConfigDict(extra="forbid", strict=True)

    day_off: date
    day_worked: date
    citation: str
    source: str


class WorkingCalendar:
    """Which days agencies work.

    Args:
        days_off: further days off, such as Tết as announced or a province's own.
        days_worked: days that are worked though they are a weekend or a holiday (hoán đổi, làm bù).
    """

    def __init__(self, days_off: Collection[date] = (), days_worked: Collection[date] = ()) -> None:
        self._announced = _swapped() | dict.fromkeys(days_off, False) | dict.fromkeys(days_worked, True)

    def is_working(self, day: date) -> bool:
        """Whether agencies work on that day; what was announced goes before the calendar."""
        known = self._announced.get(day)
        return _public(day.year).is_working_day(day) if known is None else known

    def after(self, start: date, working_days: int) -> date:
        """The last of so many working days after a day, which does not count itself (BLDS Đ147(1))."""
        day = start
        while working_days > 0:
            day += timedelta(days=1)
            working_days -= self.is_working(day)
        return day


@lru_cache(maxsize=1)
def _swapped() -> dict[date, bool]:
    """Whether each of the built-in swapped days is worked. Raises CatalogueInvalid."""
    entries = parsed(_FILE, list[_Swap])
    return {day: is_worked for e in entries for day, is_worked in ((e.day_off, False), (e.day_worked, True))}


@lru_cache(maxsize=8)
def _public(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=[year])
