"""The desk made anew from what else is kept: index, judgements, people, and the text in the store.

What people decided stays where the desk still knows it: who works on a dossier, that it was opened or given
back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from threading import Lock, Thread
from typing import Protocol

from dossier.desk import DeskState
from dossier.desk_asked import DeskFacts
from dossier.errors import DiskFull, NotOnDesk, SohoaError
from flows.desk_content import known_facts
from flows.wiring import Workshop

log = logging.getLogger(__name__)

_DECIDED = (DeskState.RETURNED, DeskState.READING, DeskState.SEALING, DeskState.WAITING, DeskState.FAILED)
"""States that no other table knows."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did."""

    entered: int
    """Dossiers that index or judgements know."""
    kept: int
    """Dossiers that only the desk knows: opened, and nothing of them read."""
    dropped: tuple[str, ...]
    """Dossiers that were archived and of which nothing is kept any more."""
    failed: tuple[tuple[str, SohoaError], ...]
    """Dossiers of which something could not be read, with what stood against it; they stay as they were."""


def rebuild_desk(workshop: Workshop, told: Callable[[str], None] = lambda _: None) -> Rebuilt:
    """Enter every known dossier anew; a search finds less until it is done. Raises StorageError, DiskFull."""
    desk = workshop.desk
    on_desk = set(desk.codes())
    archived = set(desk.codes(DeskState.ARCHIVED))
    codes = sorted({*on_desk, *workshop.index.dossiers(), *workshop.judgements.dossiers()})
    # 1. Nothing of the old index stays, whatever it was.
    desk.empty_index()
    # 2. Each dossier, in the order of reception as far as codes tell it.
    entered, kept, dropped, failed = 0, 0, [], []
    for code in codes:
        told(code)
        try:
            facts = known_facts(workshop, code)
            if facts is not None:
                desk.enter(_with_decisions(workshop, facts), anew=True)
                entered += 1
            elif code in archived:
                dropped.append(code)
            else:
                desk.reenter(code)
                kept += 1
        except DiskFull:
            raise
        except SohoaError as error:
            failed.append((code, error))
    # 3. What is gone goes, and what is left is counted.
    desk.forget(dropped)
    desk.finish_index()
    log.info("desk made anew: %d dossiers entered, %d kept, %d dropped", entered, kept, len(dropped))
    return Rebuilt(entered, kept, tuple(dropped), tuple(failed))


class HasWorkshop(Protocol):
    """What has a workshop once it has started: the resident process."""

    @property
    def workshop(self) -> Workshop:
        """Composed."""


class Rebuilding:
    """One rebuild at a time in the resident process, followed from outside."""

    def __init__(self, service: HasWorkshop) -> None:
        self._service = service
        self._lock = Lock()
        self._future: Future[Rebuilt] | None = None
        self.looked_at = 0
        """Dossiers so far."""

    def begin(self) -> None:
        """Begin, unless one is under way."""
        with self._lock:
            if self._future is None or self._future.done():
                self.looked_at = 0
                self._future = Future()
                # The process may end in the middle; the desk says then that its index is not whole.
                Thread(target=self._rebuild, args=(self._future,), daemon=True, name="desk").start()

    def done(self) -> Rebuilt | None:
        """What the last one did; None while it goes on, or where none was begun. Raises what ended it."""
        future = self._future
        return future.result() if future is not None and future.done() else None

    def _rebuild(self, future: Future[Rebuilt]) -> None:
        try:
            future.set_result(rebuild_desk(self._service.workshop, self._count))
        except BaseException as error:  # noqa: BLE001 - whoever follows is told
            future.set_exception(error)

    def _count(self, _code: str) -> None:
        self.looked_at += 1


def enter_known(workshop: Workshop, code: str) -> None:
    """Enter one dossier that came into the archive by another way than a run. Raises StorageError."""
    facts = known_facts(workshop, code)
    if facts is not None:
        workshop.desk.enter(_with_decisions(workshop, facts))


def _with_decisions(workshop: Workshop, facts: DeskFacts) -> DeskFacts:
    """The same with the state that somebody or a run gave it, where only the desk knows it."""
    if facts.state is DeskState.ARCHIVED:
        return facts
    try:
        state = workshop.desk.entry(facts.code).state
    except NotOnDesk:
        return facts
    return replace(facts, state=state) if state in _DECIDED else facts
