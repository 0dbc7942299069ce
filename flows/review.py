"""The counter's work on a dossier between reading and sealing: looked at, corrected, undone, sealed.

What the screens use is `Reviews`. Every call is whole: what it changed is in the database when it returns,
and a process that is killed at any point is opened again at the last version.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock, RLock
from typing import Final

from dossier.archive import ArchivePackage
from dossier.errors import LeaseLost, NotSeenYet, ReviewConflict, ReviewNotFound, SealRefused, ServiceBusy
from dossier.finding import Finding, Severity
from dossier.review import Change, Correction, Draft, DraftPage, ReviewState, SealOrder, TypedText
from flows.describing import Finished
from flows.remembering import remember
from flows.review_asking import Inquiries, answers_about, shown_of, unanswered, unasked, unseen
from flows.review_base import KnownAnswer
from flows.review_desks import OpenDraft, OpenDrafts
from flows.review_history import Action, Event, correction_said, written_event
from flows.review_notice import draw_notice, notice_doubts
from flows.review_sealing import (
    Finish,
    finish_here,
    finished_with,
    package_of,
    report_of,
    told_of,
)
from flows.wiring import VIETNAM, Workshop
from storage.clock import Clock, vietnam_now
from storage.codec import encode

_CORRECTED: Final = "corrected"
_TRIES: Final = 5
_STRIPES: Final = 64
"""Locks that the dossiers share: clerks on different dossiers hardly ever wait for one another."""


class Reviews:
    """Drafts of dossiers, and what clerks do to them. Safe for threads."""

    def __init__(
        self,
        workshop: Workshop,
        finish: Finish = finish_here,
        clock: Clock = vietnam_now,
        inquiries: Inquiries | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            workshop: of this machine.
            finish: what seals and archives a reviewed dossier.
            clock: what time it is.
            inquiries: asks the register as soon as a correction makes somebody known; without it nobody is
                asked before the sealing.
        """
        self._workshop = workshop
        self._finish = finish
        self._clock = clock
        self._inquiries = inquiries
        self._locks = tuple(RLock() for _ in range(_STRIPES))
        self._questions = tuple(Lock() for _ in range(_STRIPES))
        self._drafts = OpenDrafts(workshop)
        self._guard = Lock()
        self._sealing: dict[str, Lock] = {}
        self.goes_on: Callable[[str, BaseException], bool] = lambda _code, _error: False
        """Whether a dossier's seal that failed so goes on by itself, when something is back."""

    # What stands there.

    def codes(self) -> tuple[str, ...]:
        """Dossiers whose draft is open or being sealed, the longest waiting first."""
        return self._workshop.reviews.waiting()

    def open(self, code: str) -> Draft:
        """The draft as it stands. Raises ReviewNotFound for a dossier that was not read yet.

        Whom the register did not answer about, it is asked about again while the clerk looks, if it is back.
        """
        with self._of(code):
            desk = self._drafts.of(code)
            draft = desk.draft()
        is_open = draft.state is ReviewState.OPEN
        if (
            self._inquiries is not None
            and is_open
            and unanswered(self._workshop, desk.drafting.prepared, draft)
        ):
            pause = self._workshop.settings.register_retry_seconds
            self._inquiries.begin(draft.code, self.ask, pause)
        return draft

    def seen(self, code: str, version: int) -> Draft:
        """The open draft as it stood at a version, for what is told by its neighbours.

        Raises ReviewNotFound, ReviewClosed, CorrectionRefused where there is no such version.
        """
        with self._of(code):
            desk = self._drafts.open(code, version)
            if version == len(desk.events):
                return desk.draft()
            return desk.drafting.draft(desk.history(version), desk.stand.state)

    def picture(self, code: str, page: int) -> tuple[DraftPage, bytes]:
        """A page and the untouched bytes of its picture. Raises ReviewNotFound, StorageError."""
        with self._of(code):
            desk = self._drafts.of(code)
            if not 1 <= page <= len(desk.drafting.pages):
                raise ReviewNotFound(code, f"has no page {page}")
            shown = desk.drafting.page(desk.drafting.arranged(desk.history().in_force), page)
        return shown, self._workshop.spool.get(shown.recognised.page.picture)

    # What clerks change.

    def correct(self, code: str, version: int, change: Change, by: str) -> Draft:
        """Apply one change to the draft that the clerk saw, and judge anew.

        What others changed since `version` is kept where it is about something else. The same change again
        changes nothing.

        Raises:
            ReviewConflict: another clerk changed the same thing since; it holds both values.
            CorrectionRefused: no such page, paper or kind, or a value that cannot be.
            ReviewClosed: it is being sealed, or is sealed.
            ReviewNotFound: there is no draft.
        """
        with self._of(code):
            for _ in range(_TRIES):
                desk = self._drafts.open(code, version)
                correction = desk.merged(version, change, by, self._clock)
                if correction is None:
                    return desk.draft()
                event = Event(correction.number, Action.CHANGE, by, correction.at, correction)
                if self._append(desk, code, event):
                    self._workshop.ledger.append(by, _CORRECTED, code, _said(correction))
                    return self._told(desk)
        raise ServiceBusy(code, "others are correcting it")

    def undo(self, code: str, version: int, by: str) -> Draft:
        """Take back the last correction in force; nothing to take back changes nothing.

        Raises ReviewConflict where something was corrected since `version`, ReviewClosed.
        """
        return self._step(code, version, Action.UNDO, by)

    def redo(self, code: str, version: int, by: str) -> Draft:
        """Bring back what was undone last, until something new is corrected. Raises as `undo`."""
        return self._step(code, version, Action.REDO, by)

    def ask(self, code: str) -> Draft:
        """Ask the register about everybody whom corrections made known; the draft with the answers.

        Whom it did not answer about is asked about again where it is back. It may take seconds, for which
        nobody else waits. Raises ReviewNotFound, StorageError, ServiceBusy.
        """
        with self._questions[hash(code) % _STRIPES]:
            with self._of(code):
                desk = self._drafts.of(code)
                draft, prepared = desk.draft(), desk.drafting.prepared
            if draft.state is not ReviewState.OPEN:
                return draft
            answers = answers_about(self._workshop, prepared, draft)
            return self._learnt(code, answers) if answers else draft

    # Sealing, and notices.

    def seal(self, code: str, version: int, by: str, shown: Collection[str] | None = None) -> ArchivePackage:
        """Seal and archive what the clerk saw; again, or from a second tab, it is the same package.

        Where it cannot go on before something is back, and goes on by itself then, the draft stays as it was
        sealed: nothing is corrected or added meanwhile.

        Args:
            code: of the dossier.
            version: of the draft that the clerk saw.
            by: the clerk.
            shown: what was on the screen (`shown_of`); None for what the draft shows now.

        Raises:
            SealRefused: a blocking finding is open.
            NotSeenYet: the register told something, or papers came, that the clerk has not seen yet.
            ReviewConflict: somebody corrected something since `version`.
            ServiceBusy, LeaseLost: another machine seals it; the draft stays as it leaves it.
            SealError, StorageError: as sealing itself; the same call goes on.
        """
        with self._sealed_alone(code):
            with self._of(code):
                desk = self._drafts.of(code)
                if desk.stand.state is ReviewState.SEALED:
                    return package_of(self._workshop, code, desk.stand.prefix)
            if desk.stand.state is ReviewState.OPEN:
                self._settle(code, version, by, shown)
            with self._of(code):
                desk = self._drafts.of(code)
                order, judgement = desk.drafting.final(desk.history())
                taken = desk.drafting.prepared.taken
                # From its key on nothing changes in the draft: it is what the clerk saw.
                ordered = SealOrder(desk.stand.version, by, shown_of(desk.draft()))
            done = Finished(order, taken, judgement, (), ordered)
            for correction in judgement.corrections:
                # A process that ended between a correction and its entry is made good here.
                self._workshop.ledger.append_once(correction.by, _CORRECTED, code, _said(correction))
            try:
                package = self._finish(self._workshop, done)
            except (ServiceBusy, LeaseLost):
                raise  # another machine seals it, and says what came of it
            except BaseException as error:
                if not finished_with(self._workshop, done) and not self.goes_on(code, error):
                    self._workshop.reviews.move(code, desk.stand.round, ReviewState.OPEN)
                    self._told(desk)
                raise
            told_of(self._workshop, done, package)
            self._workshop.reviews.move(code, desk.stand.round, ReviewState.SEALED, prefix=package.prefix)
            return package

    def notice(self, code: str, by: str) -> bytes:
        """The request for supplements (form 02 of TT 03/2025/TT-VPCP) from the open findings, PDF/A-2b.

        The ledger has an entry for each. Raises NoticeRefused where nothing is missing or it would ask for
        what may not be asked for, ReviewNotFound.
        """
        draft = self.open(code)
        return draw_notice(self._workshop, draft, by, self._clock())

    def notices(self, code: str) -> tuple[str, ...]:
        """When notices were printed for it, ISO 8601; one more is a second request: against the rules."""
        return tuple(at for at, _ in self._workshop.reviews.notices(code))

    def notice_doubts(self, code: str) -> tuple[Finding, ...]:
        """What speaks against printing a notice today, to be shown before: it would be the second one, or the
        working days for it are over. Printing it is not refused for that. Raises ReviewNotFound."""
        return notice_doubts(self._workshop, self.open(code), self._clock().astimezone(VIETNAM).date())

    # What is typed and not sent.

    def typed(self, account: str, dossier: str, place: str, text: str) -> None:
        """Keep what is typed and not yet sent; empty text forgets it. At most 10,000 letters."""
        self._workshop.typed.keep(account, dossier, place, text)

    def typed_of(self, account: str, dossier: str) -> tuple[TypedText, ...]:
        """What this account typed for a dossier and did not send, for two days."""
        return self._workshop.typed.of(account, dossier)

    # Within.

    def _of(self, code: str) -> RLock:
        """The lock of a dossier."""
        return self._locks[hash(code) % _STRIPES]

    def _step(self, code: str, version: int, action: Action, by: str) -> Draft:
        with self._of(code):
            for _ in range(_TRIES):
                desk = self._drafts.open(code, version)
                since = desk.events[version:]
                if len(since) == 1 and (since[0].action, since[0].by) == (action, by):
                    return desk.draft()  # the same key came twice
                _raise_if_changed(code, since)
                known = desk.history()
                if not (known.in_force if action is Action.UNDO else known.undone):
                    return desk.draft()
                event = Event(len(desk.events) + 1, action, by, self._clock(), None)
                if self._append(desk, code, event):
                    name = "correction-undone" if action is Action.UNDO else "correction-redone"
                    self._note(by, name, code, {"number": event.number})
                    return self._told(desk)
        raise ServiceBusy(code, "others are correcting it")

    def _append(self, desk: OpenDraft, code: str, event: Event) -> bool:
        kept = self._workshop.reviews.append(code, desk.stand.round, event.number, written_event(event))
        if kept:
            desk.events.append(event)
        return kept

    def _told(self, desk: OpenDraft) -> Draft:
        """The draft as it stands, told to the desk and to the list of people."""
        draft = desk.draft()
        order = replace(desk.drafting.prepared.order, due_on=draft.due_on)
        remember(self._workshop, order, report_of(draft))
        if self._inquiries is not None and unasked(desk.drafting.prepared, draft):
            self._inquiries.begin(draft.code, self.ask)
        return draft

    def _settle(self, code: str, version: int, by: str, shown: Collection[str] | None) -> None:
        """From here on the draft takes no corrections and no papers.

        Raises SealRefused, ReviewConflict, NotSeenYet.
        """
        for _ in range(_TRIES):
            with self._of(code):
                if self._drafts.of(code).stand.state is ReviewState.SEALING:
                    return  # ordered at another machine meanwhile
                desk = self._drafts.open(code, version)
                _raise_if_changed(code, desk.events[version:])
                seen = shown_of(desk.draft()) if shown is None else shown
            draft = self.ask(code)
            open_ = [
                each.finding.rule.value
                for each in draft.findings
                if each.finding.severity is Severity.BLOCKING
            ]
            if open_ or not draft.papers:
                raise SealRefused(code, ", ".join(dict.fromkeys(open_)) or "there is no paper in it")
            if news := unseen(draft, seen):
                raise NotSeenYet(code, ", ".join(news))
            moved = self._workshop.reviews.move(code, desk.stand.round, ReviewState.SEALING, version=version)
            if moved:
                self._note(by, "seal-ordered", code, {"version": version})
                return
        raise ServiceBusy(code, "others are correcting it")

    def _learnt(self, code: str, answers: Sequence[KnownAnswer]) -> Draft:
        """The draft with these answers, kept."""
        with self._of(code):
            for _ in range(_TRIES):
                desk = self._drafts.of(code)
                if desk.stand.state is not ReviewState.OPEN:
                    return desk.draft()
                learnt = desk.drafting.learnt(answers)
                if self._workshop.reviews.replace(code, desk.stand, encode(learnt)):
                    return self._told(self._drafts.of(code))
        raise ServiceBusy(code, "others are writing its draft")

    @contextmanager
    def _sealed_alone(self, code: str) -> Iterator[None]:
        """One call at a time seals a dossier; another one waits for it, and finds what it made."""
        with self._guard:
            alone = self._sealing.setdefault(code, Lock())
        with alone:
            yield

    def _note(self, by: str, action: str, code: str, said: dict[str, object]) -> None:
        self._workshop.ledger.append(by, action, code, json.dumps(said, ensure_ascii=False))


def _said(correction: Correction) -> str:
    """What the ledger says of a correction, without what was typed."""
    said = {"number": correction.number, "said": correction_said(correction)}
    return json.dumps(said, ensure_ascii=False)


def _raise_if_changed(code: str, since: Sequence[Event]) -> None:
    """Raises ReviewConflict where anything was done since."""
    if since:
        last = since[-1]
        theirs = last.correction.after if last.correction is not None else ""
        raise ReviewConflict(code, last.action.value, last.by, "", theirs)
