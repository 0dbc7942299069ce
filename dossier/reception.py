"""The day on which a dossier was received (ngày tiếp nhận)."""

from __future__ import annotations

from datetime import date

from dossier.errors import InputRefused


def refuse_future(received_on: date, today: date) -> None:
    """Raises InputRefused for a day that has not come: periods and locks of many years begin with it."""
    if received_on > today:
        raise InputRefused(received_on.isoformat(), "is after today")
