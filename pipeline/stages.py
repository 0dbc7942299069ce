"""What each stage of reading costs, for whoever asks: core-seconds of this process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_asked: ContextVar[dict[str, float] | None] = ContextVar("stages", default=None)


@contextmanager
def measured() -> Iterator[dict[str, float]]:
    """Inside, stages add what they cost to the mapping: core-seconds by name, in order of their first run."""
    spent: dict[str, float] = {}
    before = _asked.set(spent)
    try:
        yield spent
    finally:
        _asked.reset(before)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """The body is one stage; nothing is measured unless somebody asked."""
    spent = _asked.get()
    if spent is None:
        yield
        return
    started = time.process_time()
    try:
        yield
    finally:
        spent[name] = spent.get(name, 0.0) + time.process_time() - started
