"""A form that is sent twice begins one thing: the same form again is told what it began."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from typing import Final

FIELD: Final = "once"
"""Field of a form with the id that this page of it was given."""
_REMEMBERED: Final = 1000


def new_form_id() -> str:
    """An id for a form that is about to be shown."""
    return secrets.token_urlsafe(16)


def content_of(parts: Iterable[str | bytes]) -> str:
    """SHA-256 of what was sent, part by part, hexadecimal."""
    told = sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        told.update(len(data).to_bytes(8, "big"))
        told.update(data)
    return told.hexdigest()


@dataclass(slots=True)
class _Begun:
    """What one form began."""

    alone: Lock = field(default_factory=Lock)
    to: str = ""
    """Empty until it has begun something."""


class Once:
    """Forms that were sent lately, by whom and with what. Safe for threads."""

    def __init__(self, remembered: int = _REMEMBERED) -> None:
        self._remembered = remembered
        self._begun: OrderedDict[tuple[str, ...], _Begun] = OrderedDict()
        self._lock = Lock()

    def of(self, form: tuple[str, ...], begin: Callable[[], str]) -> str:
        """What the form began; it is begun now if it was not, while others with the same form wait.

        What `begin` raises begins nothing: the same form is tried again.

        Args:
            form: account, id of the form, and what was sent with it. Without an id every form is a new one.
            begin: begins it, and says what it began.
        """
        if not all(form):
            return begin()
        with self._lock:
            begun = self._begun.setdefault(form, _Begun())
            self._begun.move_to_end(form)
            while len(self._begun) > self._remembered:
                self._begun.popitem(last=False)
        with begun.alone:
            begun.to = begun.to or begin()
            return begun.to
