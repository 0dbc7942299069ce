"""How often somebody may do what costs much: sign in, search, upload.

The guard (`console.web.security`) counts searches and uploads of every screen; what asks for a password says
`dependencies=[Depends(limited("sign-in"))]`. The account is counted, or the network address where nobody is
signed in. The counts are this process's own and forgotten with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from fastapi import HTTPException, Request

from console.web.access import visit_of

_MOST_KNOWN: Final = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """A bucket that fills up again."""

    at_once: int
    per_minute: float


LIMITS: Final = {
    "sign-in": Limit(60, 30.0),
    "search": Limit(120, 240.0),
    "upload": Limit(200, 600.0),
}
"""A whole centre may sign in from one address at eight o'clock; one account is locked by its own count."""


@dataclass
class Buckets:
    """What is left to everybody."""

    clock: Callable[[], float] = time.monotonic
    left: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def take(self, kind: str, who: str) -> bool:
        """One call; False where nothing is left."""
        limit, now = LIMITS[kind], self.clock()
        with self.lock:
            if len(self.left) >= _MOST_KNOWN:
                self.left = {k: v for k, v in self.left.items() if now - v[1] < 60.0}
            left, since = self.left.get((kind, who), (float(limit.at_once), now))
            left = min(float(limit.at_once), left + (now - since) * limit.per_minute / 60.0)
            self.left[kind, who] = (max(0.0, left - 1.0), now)
            return left >= 1.0


@dataclass(frozen=True, slots=True)
class limited:
    """The dependency that counts one kind of call. Raises HTTPException 429."""

    kind: str

    def __call__(self, request: Request) -> None:
        buckets: Buckets = request.app.state.buckets
        if not buckets.take(self.kind, who_of(request)):
            raise HTTPException(429)


def who_of(request: Request) -> str:
    """Whose calls are counted."""
    account = visit_of(request).account
    return account.name if account is not None else address_of(request)


def address_of(request: Request) -> str:
    """The browser's network address."""
    return request.client.host if request.client is not None else ""
