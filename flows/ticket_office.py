"""Hands out tickets beside the queue: whoever enters a dossier or takes one over never waits for Prefect."""

from __future__ import annotations

import logging
from queue import SimpleQueue
from threading import Thread
from typing import Final

from dossier.errors import ServiceUnreachable
from dossier.work import Lane
from flows.tickets import Tickets

log = logging.getLogger(__name__)

_CLOSE_SECONDS: Final = 20.0


class TicketOffice:
    """Issues a ticket for each dossier that is offered, in a thread of its own."""

    def __init__(self, tickets: Tickets | None = None) -> None:
        self._tickets = tickets or Tickets()
        self._offered: SimpleQueue[Lane | None] = SimpleQueue()
        self._thread = Thread(target=self._issue, daemon=True, name="tickets")
        self._thread.start()

    def offer(self, lane: Lane) -> None:
        """A dossier stands in this lane; returns at once."""
        self._offered.put(lane)

    def close(self) -> None:
        """Issue what was offered, and end."""
        self._offered.put(None)
        self._thread.join(_CLOSE_SECONDS)

    def _issue(self) -> None:
        while (lane := self._offered.get()) is not None:
            try:
                self._tickets.issue(lane)
            except ServiceUnreachable as error:
                # The dossier stands in the queue; the deployment `tickets` finds that it has none.
                log.warning("a dossier waits for its ticket: %s", error)
