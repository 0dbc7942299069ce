"""The working calendar of Vietnamese agencies: Monday to Friday, without public holidays.

The `holidays` library knows the public holidays, Tết by the lunar calendar, days off in lieu and the swapped
days that the government announced before its release. What is announced later is a setting.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache

import holidays


class WorkingCalendar:
    """Which days agencies work.

    Args:
        days_off: further days off, such as Tết as announced or a province's own.
        days_worked: days that are worked though they are a weekend or a holiday (hoán đổi, làm bù).
    """

    def __init__(self, days_off: Collection[date] = (), days_worked: Collection[date] = ()) -> None:
        self._off = frozenset(days_off)
        self._worked = frozenset(days_worked)

    def is_working(self, day: date) -> bool:
        """Whether agencies work on that day; what was announced goes before the calendar."""
        if day in self._worked:
            return True
        return day not in self._off and _public(day.year).is_working_day(day)

    def after(self, start: date, working_days: int) -> date:
        """The last of so many working days after a day, which does not count itself (BLDS Đ147(1))."""
        day = start
        while working_days > 0:
            day += timedelta(days=1)
            working_days -= self.is_working(day)
        return day


@lru_cache(maxsize=8)
def _public(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=[year])
