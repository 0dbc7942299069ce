"""Core-seconds: what work really costs, whatever else the machine does meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def measured(work: Callable[[], T]) -> tuple[T, float]:
    """The work's result, and the core-seconds that this process and its ended children spent meanwhile.

    For processes that do one thing at a time, as reading processes do. Raises what the work raises.
    """
    before = _spent()
    result = work()
    return result, _spent() - before


def _spent() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
