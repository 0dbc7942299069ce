"""The desk: what runs tell it, what people see of it, and who sees what.

A clerk sees the dossiers of the own counter. A dossier of another counter answers like one that is not there.
Administrators look after accounts and settings and see no dossier.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from dossier.accounts import Account, Role
from dossier.archive import DigitisationOrder
from dossier.desk import DeskEntry, DeskState
from dossier.desk_asked import DeskContent, DeskFacts, HitPage, Question, QueuePage, QueueView, Tally
from dossier.errors import CodeTaken, NotOnDesk, SohoaError, StorageError
from dossier.words import vietnamese_order
from storage.desk import SqlDesk

log = logging.getLogger(__name__)

PAGE: int = 50
"""Dossiers on one page of the queue, and of what a search found."""


_MAY_CHANGE: Final = frozenset({DeskState.EXPECTED, DeskState.RETURNED})
"""States in which a dossier has no papers here, so that its procedure may still turn out to be another."""


class Desk:
    """Every dossier that the centre knows of, archived or not."""

    def __init__(self, kept: SqlDesk, counter: str = "") -> None:
        """Nothing is read yet.

        Args:
            kept: the tables.
            counter: the counter of dossiers that come without one: from the hot folder, the command line.
        """
        self._kept = kept
        self._counter = counter

    # What people see.

    def may_see(self, account: Account, code: str) -> bool:
        """Whether there is such a dossier, for this person. Raises StorageError."""
        counter = self._kept.counter_of(code)
        if counter is None or account.role is Role.ADMINISTRATOR:
            return False
        return account.role is not Role.CLERK or counter == account.counter

    def entry(self, code: str) -> DeskEntry:
        """A dossier, whoever asks: `may_see` was asked before. Raises NotOnDesk, StorageError."""
        return self._kept.entry(code)

    def seen(self, account: Account, code: str) -> DeskEntry:
        """A dossier as this person may see it. Raises NotOnDesk, also for another counter's, StorageError."""
        if not self.may_see(account, code):
            raise NotOnDesk(code)
        return self._kept.entry(code)

    def queue(self, account: Account, view: QueueView, after: str = "", limit: int = PAGE) -> QueuePage:
        """A page of the queue within what this person may see. Raises StorageError."""
        if not _sees(account, view.counter):
            return QueuePage(())
        return self._kept.queue(replace(view, counter=_scope(account, view.counter)), after, limit)

    def search(self, account: Account, question: Question, after: str = "", limit: int = PAGE) -> HitPage:
        """A page of what was found within what this person may see. Raises StorageError."""
        if question.is_empty or not _sees(account, question.counter):
            return HitPage(())
        return self._kept.search(replace(question, counter=_scope(account, question.counter)), after, limit)

    def tally(self, account: Account) -> Tally:
        """How many dossiers this person may see, by state. Raises StorageError."""
        if not _sees(account, None):
            return Tally(dict.fromkeys(DeskState, 0), 0)
        return self._kept.tally(_scope(account, None))

    def totals(self) -> Tally:
        """How many dossiers there are, by state, for whoever looks after the machine. Raises StorageError."""
        return self._kept.tally(None)

    def counters(self) -> tuple[str, ...]:
        """Every counter, in Vietnamese order, for whoever sees them all. Raises StorageError."""
        return tuple(sorted(self._kept.counters(), key=vietnamese_order))

    # What people decide.

    def expect(
        self, account: Account, code: str, procedure: str, received_on: date, due_on: date | None = None
    ) -> DeskEntry:
        """Open a dossier before anything of it is scanned, at this person's counter.

        Args:
            account: who opens it.
            code: its code.
            procedure: national code.
            received_on: day of reception.
            due_on: day promised to the applicant; None where nobody said it.

        Raises NotOnDesk where another counter has one of this code, CodeTaken where it is of another
        procedure, StorageError.
        """
        if self._kept.counter_of(code) is not None:
            entry = self.seen(account, code)
            self.refuse_other(code, procedure)
            return entry
        counter = account.counter or self._counter
        return self._kept.note(DeskFacts(code, procedure, received_on, DeskState.EXPECTED, counter, due_on))

    def assign(self, account: Account, code: str, version: int, assignee: str) -> DeskEntry:
        """Say who works on a dossier; empty for nobody. Raises NotOnDesk, ChangedMeanwhile, StorageError."""
        self.seen(account, code)
        return self._kept.change(code, version, assignee=assignee)

    def give_back(self, account: Account, code: str, version: int) -> DeskEntry:
        """The dossier went back to the applicant. Raises NotOnDesk, ChangedMeanwhile, StorageError."""
        self.seen(account, code)
        return self._kept.change(code, version, state=DeskState.RETURNED)

    def take_back(self, account: Account, code: str, version: int) -> DeskEntry:
        """The dossier is at the counter again. Raises NotOnDesk, ChangedMeanwhile, StorageError."""
        self.seen(account, code)
        return self._kept.change(code, version, state=DeskState.REVIEW)

    def refuse_other(self, code: str, procedure: str) -> None:
        """Raises CodeTaken where this is the code of a dossier of another procedure, StorageError.

        Nothing stands against it while nothing was read under the code, or after it was given back.
        """
        if self._kept.counter_of(code) is None:
            return
        entry = self._kept.entry(code)
        if entry.procedure != procedure and entry.state not in _MAY_CHANGE:
            raise CodeTaken(code, entry.procedure)

    # What runs tell.

    def counter_for(self, order: DigitisationOrder) -> str:
        """The counter of an order: its own, else the dossier's, else this machine's. Raises StorageError."""
        return order.counter or self._kept.counter_of(order.dossier) or self._counter

    def note(
        self,
        order: DigitisationOrder,
        state: DeskState,
        content: DeskContent | None = None,
        due_on: date | None = None,
    ) -> DeskEntry:
        """A run says where a dossier is, and what was read of it; the same again changes nothing.

        Args:
            order: what is being digitised; its counter counts where it names one.
            state: where the dossier is from now on.
            content: None while nothing new was read.
            due_on: None for what the order says; without that what is known already stays.

        Raises StorageError.
        """
        facts = self._facts(order, state)
        return self._kept.note(replace(facts, content=content, due_on=due_on or order.due_on))

    def note_failed(self, order: DigitisationOrder, error: BaseException) -> None:
        """A run ended with an error, which is more than that the desk could not be told; never raises.

        Of the error whoever handed the dossier in is told its class, in the same transaction.
        """
        trouble = type(error).__name__ if isinstance(error, SohoaError) else "bug"
        try:
            self._kept.note(replace(self._facts(order, DeskState.FAILED), trouble=trouble))
        except StorageError:
            log.exception("dossier %s failed, and the desk could not be told", order.dossier)

    def note_waiting(self, order: DigitisationOrder) -> None:
        """A run goes on when something is back; never raises."""
        try:
            self.note(order, DeskState.WAITING)
        except StorageError:
            log.exception("dossier %s waits, and the desk could not be told", order.dossier)

    def note_interrupted(self, going_on: Collection[str] = ()) -> None:
        """What was under way when the process ended is not any more: it waits to be run again.

        Args:
            going_on: codes of dossiers that the queue still has, and begins again by itself.
        """
        for code in self._kept.codes((DeskState.READING, DeskState.SEALING, DeskState.WAITING)):
            if code in going_on:
                continue
            entry = self._kept.entry(code)
            self._kept.change(code, entry.version, state=DeskState.FAILED)
        if not self._kept.index_is_whole():
            log.warning("making the desk anew was cut off: searching finds less until `sohoa desk rebuild`")

    # What is known of it elsewhere.

    def enter(self, facts: DeskFacts, *, anew: bool = False) -> DeskEntry:
        """Enter what index and store know; `anew` writes the blind index again too. Raises StorageError."""
        return self._kept.note(facts, anew=anew)

    def reenter(self, code: str) -> None:
        """Write a dossier's own words into the blind index again. Raises NotOnDesk, StorageError."""
        entry = self._kept.entry(code)
        facts = DeskFacts(code, entry.procedure, entry.received_on, entry.state)
        self._kept.note(facts, anew=True)

    def content(self, code: str) -> DeskContent:
        """What was read of a dossier, as it is searched. Raises NotOnDesk, StorageError."""
        return self._kept.content(code)

    def codes(self, *states: DeskState) -> tuple[str, ...]:
        """Codes of the dossiers in some states, of all without any, sorted. Raises StorageError."""
        return self._kept.codes(states or tuple(DeskState))

    def forget(self, codes: Iterable[str]) -> None:
        """Leave nothing of these dossiers. Raises StorageError."""
        self._kept.forget(codes)

    def empty_index(self) -> None:
        """Take everything out of the blind index, before it is made anew. Raises StorageError."""
        self._kept.empty_index()

    def index_is_whole(self) -> bool:
        """Whether a search finds everything that is there. Raises StorageError."""
        return self._kept.index_is_whole()

    def finish_index(self) -> None:
        """Everything is entered again: count every counter's dossiers anew. Raises StorageError."""
        self._kept.recount()
        self._kept.note_whole()

    def _facts(self, order: DigitisationOrder, state: DeskState) -> DeskFacts:
        """What an order says, and where its dossier is."""
        counter = self.counter_for(order)
        return DeskFacts(order.dossier, order.procedure, order.received_on, state, counter, order.due_on)


def _scope(account: Account, counter: str | None) -> str | None:
    return account.counter if account.role is Role.CLERK else counter


def _sees(account: Account, counter: str | None) -> bool:
    if account.role is Role.CLERK:
        return counter in (None, account.counter)
    return account.role is not Role.ADMINISTRATOR
