"""The archive and the residence register with somebody who is told how long each call took.

Both are other adapters of their ports and change nothing: what is returned and raised passes through.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dossier.archive import ArchivedObject
from dossier.identity import RegisterAnswer, RegisterQuery
from dossier.ports import Archive, ResidenceRegister

Observe = Callable[[str, float, str], None]
"""Told of each call: what was done, seconds it took, and its outcome (an error's name; empty for none)."""


class MeteredArchive:
    """Another archive (port Archive) whose calls are timed."""

    def __init__(self, archive: Archive, observe: Observe) -> None:
        self._archive, self._observe = archive, observe

    @property
    def inner(self) -> Archive:
        """The archive itself."""
        return self._archive

    def probe(self) -> None:
        """Raise StoreUnfit or StoreUnreachable."""
        with _timed("probe", self._observe):
            self._archive.probe()

    def put(self, key: str, data: bytes, media_type: str, retention_days: int = 0) -> ArchivedObject:
        """Put under a new key."""
        with _timed("put", self._observe):
            return self._archive.put(key, data, media_type, retention_days)

    def get(self, key: str, version_id: str = "") -> bytes:
        """The bytes of one version."""
        with _timed("get", self._observe):
            return self._archive.get(key, version_id)

    def describe(self, key: str, version_id: str = "") -> ArchivedObject:
        """What is kept under a key."""
        with _timed("describe", self._observe):
            return self._archive.describe(key, version_id)

    def list(self, prefix: str) -> tuple[str, ...]:
        """Keys that begin with this prefix."""
        with _timed("list", self._observe):
            return self._archive.list(prefix)


class MeteredRegister:
    """Another register (port ResidenceRegister) whose questions are timed."""

    def __init__(self, register: ResidenceRegister, observe: Observe) -> None:
        self._register, self._observe = register, observe

    @property
    def inner(self) -> ResidenceRegister:
        """The register itself."""
        return self._register

    def ask(self, query: RegisterQuery) -> RegisterAnswer:
        """Compare a person with the register; the outcome is told, never about whom."""
        began = time.monotonic()
        answer = self._register.ask(query)
        self._observe("ask", time.monotonic() - began, answer.outcome.value)
        return answer

    def is_answering(self) -> bool:
        """Whether the register can be reached now."""
        return self._register.is_answering()


@contextmanager
def _timed(operation: str, observe: Observe) -> Iterator[None]:
    began, outcome = time.monotonic(), ""
    try:
        yield
    except Exception as e:
        outcome = type(e).__name__
        raise
    finally:
        observe(operation, time.monotonic() - began, outcome)
