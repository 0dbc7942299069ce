"""Pictures of pages as they were drawn lately, kept in memory only: nothing of them touches a disk."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock
from typing import Final

from dossier.geometry import UprightFrame
from dossier.page import StoredObject
from pipeline.screen_picture import upright_jpeg, width_for

_MOST_BYTES: Final = 48 * 2**20


class ShownPages:
    """Draws pages and remembers the newest; safe for threads."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        """Remember this many bytes of pictures."""
        self._most = most_bytes
        self._drawn: OrderedDict[tuple[str, UprightFrame, int], bytes] = OrderedDict()
        self._lock = Lock()
        self._size = 0

    def jpeg(self, kept: StoredObject, picture: bytes, frame: UprightFrame, width: int) -> bytes:
        """The page upright, about as wide as asked. Raises SourceError where it cannot be drawn."""
        key = kept.sha256, frame, width_for(width)
        with self._lock:
            if key in self._drawn:
                self._drawn.move_to_end(key)
                return self._drawn[key]
        drawn = upright_jpeg(picture, frame, key[2])
        with self._lock:
            if key not in self._drawn:
                self._drawn[key] = drawn
                self._size += len(drawn)
            while self._size > self._most and len(self._drawn) > 1:
                _, oldest = self._drawn.popitem(last=False)
                self._size -= len(oldest)
        return drawn


def page_version(kept: StoredObject, frame: UprightFrame, *parts: object) -> str:
    """Changes when the page would look otherwise: another picture, another turn, other values on it."""
    told = repr((kept.sha256, frame, parts))
    return hashlib.sha256(told.encode()).hexdigest()[:16]
