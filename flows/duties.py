"""What has to be looked after: seals, the register, the ledger's head, fixity, keys, holds.

Threads of the resident process take these looks on one machine. On many, deployments of Prefect do, in a
worker (`flows.deployed`), and run the same code.
"""

from __future__ import annotations

import time
from threading import Event, Lock
from typing import Final

from dossier.errors import ServiceUnreachable
from dossier.work import Lane
from flows.audits import Audits
from flows.fixity_room import Pace
from flows.holding import keep_holds
from flows.keeping import seal_what_is_due
from flows.orphans import end_orphans
from flows.register_watch import RegisterWatch
from flows.seal_watch import SealWatch
from flows.service import Service
from flows.tickets import Tickets
from flows.worker_process import POOL_NAMES
from storage.clock import Clock, vietnam_now

_REGISTER_LOOK_SECONDS: Final = 30.0
"""Half of the minute after which `prefect.yaml` looks again: its pool has other work."""
_POLL_SECONDS: Final = 0.2


class Duties:
    """The looks of one process, from any thread; one that is under way is not begun twice."""

    def __init__(
        self, service: Service, ended: Event, tickets: Tickets | None = None, clock: Clock = vietnam_now
    ) -> None:
        """Nothing is looked at yet.

        Args:
            service: has been started; works dossiers off and takes those that shall run again.
            ended: set when the process ends; long looks stop then, resumable.
            tickets: how tickets are issued.
            clock: what day and time it is.
        """
        self._service, self._ended = service, ended
        self._tickets = tickets or Tickets()
        self._workshop = workshop = service.workshop
        self._audits = Audits(workshop, clock)
        self._register = RegisterWatch(service, workshop)
        self._seals = SealWatch(workshop, clock)
        self._busy = {name: Lock() for name in ("seals", "register", "head", "fixity", "keeping")}

    @property
    def audits(self) -> Audits:
        """What this process audits."""
        return self._audits

    def work_off(self, lane: Lane) -> str:
        """Do the next dossier of a lane to its end; its code, empty where none waits. Raises StorageError."""
        return self._service.work_off(lane)

    def match_tickets(self) -> int:
        """Tickets for dossiers that stand in the queue without one; how many were issued.

        Runs of workers that are gone are ended first. Raises StorageError, ServiceUnreachable.
        """
        end_orphans(POOL_NAMES)
        return self._tickets.match(self._service.queued())

    def renew_seals(self) -> int:
        """Raise and renew what is due; how many packages were. Nothing without a time stamping service."""
        if not self._workshop.settings.timestamp_url:
            return 0
        raised = 0
        with self._busy["seals"]:
            # A few at a time; the watch says by itself when it has been through.
            while not self._ended.is_set():
                step = self._seals.step(time.monotonic())
                raised += step
                if not step:
                    break
        return raised

    def look_for_register(self) -> None:
        """Hand on what waits for the register, one dossier after the other, while it answers and for as long
        as one look may take; the next look goes on. Raises StorageError.
        """
        until = time.monotonic() + _REGISTER_LOOK_SECONDS
        with self._busy["register"]:
            while self._register.step(time.monotonic()) and time.monotonic() < until:
                if self._ended.wait(_POLL_SECONDS):
                    break

    def keep_head(self) -> int:
        """Put the ledger's head under lock once a day; how many objects that took.

        Raises LedgerBroken, StoreUnreachable, StorageError.
        """
        with self._busy["head"]:
            return len(self._audits.keep_head()) if self._audits.owes_head() else 0

    def check_fixity(self) -> str:
        """A fixity run where one is due, or the rest of one; its outcome, empty where none is due.

        Raises StorageError.
        """
        with self._busy["fixity"]:
            if not self._audits.owes_fixity():
                return ""
            pace = Pace(self._workshop.settings.fixity_share, ended=self._ended)
            return str(self._audits.check_fixity(pace).outcome)

    def look_after_keys_and_holds(self) -> int:
        """Seal under the newest key what is not, and look after the holds; how much was sealed.

        Raises StorageError.
        """
        with self._busy["keeping"]:
            sealed = seal_what_is_due(self._workshop, self._ended)
            keep_holds(self._workshop)
            return sealed


_installed: Duties | None = None


def install_duties(duties: Duties) -> None:
    """Make these the duties that deployed flows of this process look after."""
    global _installed
    _installed = duties


def current_duties() -> Duties:
    """The duties of this process. Raises ServiceUnreachable where none were installed."""
    if _installed is None:
        raise ServiceUnreachable("duties", "this process is no worker")
    return _installed
