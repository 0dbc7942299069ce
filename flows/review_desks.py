"""Drafts at hand: opened once, kept up to date with the database, and let go when too many are open."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from dossier.errors import CorrectionRefused, ReviewClosed, ReviewConflict, ReviewNotFound
from dossier.review import Change, Correction, Draft, ReviewState
from flows.review_base import Prepared, read_pages
from flows.review_correcting import Seen, correction_of, described, settled
from flows.review_drafting import Drafting
from flows.review_history import Action, Event, History, history, read_event
from flows.review_sorting import apply, meet, touched
from flows.wiring import Workshop
from storage.clock import Clock
from storage.codec import decode
from storage.review import Stand

_PAGES_AT_HAND: Final = 300
"""Pages of drafts that are kept in memory; 0.1 to 0.3 MB each."""


@dataclass(slots=True)
class OpenDraft:
    """One dossier's draft at hand."""

    workshop: Workshop
    stand: Stand
    drafting: Drafting
    events: list[Event] = field(default_factory=list)
    drafts: dict[tuple[int, ReviewState], Draft] = field(default_factory=dict)

    def history(self, version: int | None = None) -> History:
        """What was done, up to a version."""
        return history(self.events if version is None else self.events[:version])

    def draft(self) -> Draft:
        """As it stands."""
        at = (len(self.events), self.stand.state)
        if at not in self.drafts:
            self.drafts.clear()
            self.drafts[at] = self.drafting.draft(self.history(), self.stand.state)
        return self.drafts[at]

    def seen(self, in_force: Sequence[Correction]) -> Seen:
        """What somebody saw when these corrections were in force."""
        order = self.drafting.prepared.order
        procedure = self.workshop.catalogue.procedure(order.procedure, order.received_on)
        cases = frozenset(case.code for case in procedure.cases)
        return Seen(self.drafting.arranged(in_force), self.draft, cases)

    def merged(self, version: int, change: Change, by: str, clock: Clock) -> Correction | None:
        """The correction on top of everything; None where it stands there already.

        Raises ReviewConflict where somebody else changed the same since the version, CorrectionRefused.
        """
        seen = self.seen(self.history(version).in_force)
        ready = settled(self.drafting, seen, change)
        mine = touched(seen.arrangement, ready)
        for event, theirs, keys in self.since(version):
            if theirs.change == ready and event.action is not Action.UNDO:
                return None
            if event.by != by and meet(mine, keys):
                _, after, _, _ = described(self.drafting, seen.arrangement, ready)
                stands = theirs.before if event.action is Action.UNDO else theirs.after
                code, kind = self.drafting.prepared.order.dossier, type(ready).__name__
                raise ReviewConflict(code, kind, event.by, after, stands)
        now = self.seen(self.history().in_force)
        correction = correction_of(self.drafting, now, ready, (len(self.events) + 1, by, clock()))
        if apply(now.arrangement, correction, self.drafting.readings) == now.arrangement:
            return None
        return correction

    def since(self, version: int) -> Iterator[tuple[Event, Correction, frozenset[str]]]:
        """What was done since a version: the correction made, undone or redone, and what it is about."""
        for number in range(version, len(self.events)):
            event, before = self.events[number], self.history(number)
            about, stood = event.correction, before.in_force
            if event.action is Action.UNDO:
                about, stood = (stood[-1] if stood else None), stood[:-1]
            elif event.action is Action.REDO:
                about = before.undone[-1] if before.undone else None
            if about is not None:
                yield event, about, touched(self.drafting.arranged(stood), about.change)


class OpenDrafts:
    """The drafts at hand. Safe for threads that work on different dossiers."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._lock = Lock()
        self._open: OrderedDict[str, OpenDraft] = OrderedDict()

    def of(self, code: str) -> OpenDraft:
        """A draft up to its last event. Raises ReviewNotFound."""
        kept = self._workshop.reviews
        stand = kept.stand(code)
        if stand is None:
            with self._lock:
                self._open.pop(code, None)
            raise ReviewNotFound(code, "was not read yet")
        with self._lock:
            desk = self._open.get(code)
        if desk is None or (desk.stand.round, desk.stand.saved) != (stand.round, stand.saved):
            record = kept.find(code)
            if record is None:
                raise ReviewNotFound(code, "was not read yet")
            prepared = decode(Prepared, record.content)
            pages = read_pages(self._workshop, prepared)
            desk = OpenDraft(self._workshop, stand, Drafting(self._workshop, prepared, pages))
        if stand.version > len(desk.events):
            desk.events += map(read_event, kept.events(code, stand.round, after=len(desk.events)))
        desk.stand = stand
        with self._lock:
            self._open[code] = desk
            self._open.move_to_end(code)
            self._make_room(code)
        return desk

    def open(self, code: str, version: int) -> OpenDraft:
        """A draft that takes corrections. Raises ReviewClosed, ReviewNotFound, CorrectionRefused."""
        desk = self.of(code)
        if desk.stand.state is not ReviewState.OPEN:
            raise ReviewClosed(code, desk.stand.state.value)
        if not 0 <= version <= len(desk.events):
            raise CorrectionRefused(code, f"there is no version {version}")
        return desk

    def _make_room(self, code: str) -> None:
        while sum(len(desk.drafting.pages) for desk in self._open.values()) > _PAGES_AT_HAND:
            oldest = next(iter(self._open))
            if oldest == code:
                return
            del self._open[oldest]
