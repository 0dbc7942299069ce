"""Limits that hold over all machines, kept by the shared Prefect server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from prefect.concurrency.sync import concurrency

from flows.settings import Settings

STORE_LIMIT: Final = "archive-store"
"""Packages put into the archive store at the same time."""
_LEASE_SECONDS: Final = 60.0
"""How long a place stays taken whose holder fell silent; the holder renews it long before."""


@contextmanager
def limited(settings: Settings, name: str) -> Iterator[None]:
    """A place under a limit until the end of the block; on one machine alone nobody else is there to limit.

    A limit that was never made bounds nothing. Losing the place half-way does not stop what was begun: it is
    safe to do twice, only dear.
    """
    if settings.work == "here":
        yield
        return
    with concurrency(name, occupy=1, lease_duration=_LEASE_SECONDS, raise_on_lease_renewal_failure=False):
        yield
