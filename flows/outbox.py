"""Telling events to those who subscribed, until they are heard.

What is to be told stands in the database before it is told, so that a process that ends at any moment goes on
with the next start. An event keeps its id in every attempt: a subscriber that heard it, and whose answer got
lost, knows it again.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Event
from typing import Final

from dossier.clients import Delivery
from dossier.errors import SohoaError
from flows.wiring import VIETNAM
from storage.outbox import LONGEST_PAUSE_SECONDS, SqlOutbox
from storage.webhook_line import Answer, LineSettings, Message, tell
from storage.webhook_signature import signed_headers

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS: Final = 5.0
MOST_ATTEMPTS: Final = 84
"""About three days with the pauses between them."""
KEPT: Final = timedelta(days=30)
"""How long it can be looked up what was told."""
_AT_ONCE: Final = 4
_BATCH: Final = 40
_POLL_SECONDS: Final = 1.0
_TIDY_SECONDS: Final = 3600.0


def pause_seconds(attempts: int, chance: float) -> float:
    """How long to wait after so many attempts: doubled each time, bounded, with jitter.

    Args:
        attempts: how often it was tried, 1 or more.
        chance: random, 0.0 to 1.0.
    """
    longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * float(1 << min(attempts - 1, 20)))
    return longest * (0.5 + 0.5 * chance)


class Teller:
    """Tells what is due, a few subscribers side by side, each dossier's events one after the other."""

    def __init__(
        self,
        outbox: SqlOutbox,
        line: LineSettings,
        *,
        most_attempts: int = MOST_ATTEMPTS,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._outbox, self._line = outbox, line
        self._most_attempts, self._chance = most_attempts, chance

    def step(self, now: float) -> int:
        """Tell what is due at this time, in seconds since the epoch; how many were tried."""
        due = self._outbox.due(now, _BATCH)
        if due:
            asyncio.run(self._tell_all(due, now))
        return len(due)

    async def _tell_all(self, due: Sequence[Delivery], now: float) -> None:
        room = asyncio.Semaphore(_AT_ONCE)
        silent: set[str] = set()

        async def one(delivery: Delivery) -> None:
            async with room:
                if delivery.webhook.id in silent:
                    return
                answer = await self._tell(delivery, now)
                if answer.is_silent:
                    silent.add(delivery.webhook.id)
            self._note(delivery, answer, now)

        await asyncio.gather(*map(one, due))

    async def _tell(self, delivery: Delivery, now: float) -> Answer:
        event, body = delivery.event, delivery.event.body.encode()
        secrets = self._outbox.secrets_of(delivery.webhook)
        headers = signed_headers(secrets, event.id, int(now), body)
        headers["content-type"] = "application/json; charset=utf-8"
        return await tell(Message(delivery.webhook.url, headers, body), self._line)

    def _note(self, delivery: Delivery, answer: Answer, now: float) -> None:
        if answer.is_heard:
            self._outbox.delivered(delivery)
            return
        attempts = delivery.attempts + 1
        given_up = attempts >= self._most_attempts
        if given_up:
            log.error("event %s was given up: %s", delivery.event.id, answer.trouble)
        next_at = now + pause_seconds(attempts, self._chance())
        self._outbox.failed(delivery, answer.trouble, next_at, given_up=given_up)
        if answer.is_silent:
            # The whole subscriber is away: what else waits for it need not find that out one by one.
            failures = self._outbox.failures(delivery.webhook) + 1
            self._outbox.rest(delivery.webhook, now + pause_seconds(failures, self._chance()))


def watch_outbox(outbox: SqlOutbox, line: LineSettings, ended: Event) -> None:
    """Tell what is due until the process ends."""
    teller, tidy_at = Teller(outbox, line), 0.0
    while not ended.wait(_POLL_SECONDS):
        now = time.monotonic()
        try:
            # What follows in a dossier is due as soon as the one before it was heard.
            while not ended.is_set() and teller.step(time.time()):
                pass
            if now >= tidy_at:
                tidy_at = now + _TIDY_SECONDS
                outbox.tidy(datetime.now(VIETNAM) - KEPT)
        except SohoaError as error:
            log.warning("events cannot be told now: %s", error)
