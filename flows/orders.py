"""Orders under way, by reference: what Prefect writes down of a flow names no file and nobody."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class OrderBook(Generic[T]):
    """What the flows of this process work on; safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._orders: dict[str, T] = {}

    @contextmanager
    def entered(self, order: T) -> Iterator[str]:
        """A reference that stands for an order until the end of the block."""
        reference = uuid.uuid4().hex
        with self._lock:
            self._orders[reference] = order
        try:
            yield reference
        finally:
            with self._lock:
                del self._orders[reference]

    def order(self, reference: str) -> T:
        """What a reference stands for. Raises KeyError for none of this process."""
        with self._lock:
            return self._orders[reference]
