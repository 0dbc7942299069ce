"""Vietnam's time, and the clock as something that can be handed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Final, TypeAlias

VIETNAM: Final = timezone(timedelta(hours=7))
"""+07:00 all year round."""

Clock: TypeAlias = Callable[[], datetime]
"""Gives the present moment, aware."""


def vietnam_now() -> datetime:
    """The present moment, +07:00."""
    return datetime.now(VIETNAM)
