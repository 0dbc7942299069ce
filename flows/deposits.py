"""Dossiers that other systems hand in, from the first file to the verdict."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Lock
from typing import Any, Final, Protocol

from dossier import errors
from dossier.archive import DigitisationOrder, DossierReport
from dossier.clients import Client, Deposit, DepositFile, DepositOrder
from dossier.desk import DeskState
from dossier.errors import DepositNotFound, DepositRefused, NotOnDesk, ReviewNotFound, SohoaError
from dossier.page import StoredObject
from dossier.work import Lane
from flows.dossier_queue import Submits
from flows.needs import needed_here
from flows.progress import Progress
from flows.report import document_data, finding_data, identity_data, report_data
from flows.review import Reviews
from flows.service import Run, new_order
from flows.wiring import Workshop
from scanners.delivery import IntakeLimits
from scanners.envelope import CMS, DETACHED
from scanners.files import open_file
from storage.deposit_tables import CHANGEABLE, Refusal
from storage.deposits import SqlDeposits

log = logging.getLogger(__name__)

MOST_FILES: Final = 500
"""In one dossier."""
RETRY_SECONDS: Final = 60.0
"""How long a dossier waits after trouble that passes, such as a store that is down."""
_POLL_SECONDS: Final = 1.0
_SUFFIXES: Final = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "application/pdf": ".pdf",
    CMS: ".p7m",
    DETACHED: ".p7s",
}


class Digitises(Submits, Protocol):
    """What this needs of the resident process; `flows.service.Service` is one."""

    @property
    def workshop(self) -> Workshop:
        """What runs work with."""

    @property
    def reviews(self) -> Reviews:
        """Drafts between reading and sealing."""

    def progress(self, run: Run) -> Progress:
        """How far a run is."""


class Deposits:
    """Opens, fills and begins what other systems hand in. Safe for threads."""

    def __init__(self, service: Digitises, kept: SqlDeposits) -> None:
        self._service, self.kept = service, kept
        self._lock = Lock()
        self._runs: dict[str, Run] = {}
        self._again: dict[str, float] = {}

    @property
    def workshop(self) -> Workshop:
        """What runs work with."""
        return self._service.workshop

    def of(self, client: Client, code: str) -> Deposit:
        """A dossier of this client. Raises DepositNotFound also for one of another client or counter."""
        deposit = self.kept.find(code)
        if deposit.client != client.name or not client.sees(deposit.order.counter):
            raise DepositNotFound(code)
        return deposit

    def open(
        self, client: Client, order: DepositOrder, key: str = "", fingerprint: str = ""
    ) -> tuple[Deposit, bool]:
        """Open a dossier at a counter, and enter it on the desk; the same again changes nothing.

        A dossier that the desk has already is taken over where it is the same procedure's at a counter that
        this client may see.

        Raises ProcedureUnknown, DepositRefused with a `Refusal` as its cause, StorageError.
        """
        self.workshop.catalogue.procedure(order.procedure, order.received_on)
        standing = self._standing(order.dossier)
        if standing is not None and not self._is_open(order.dossier):
            if not client.sees(standing.counter) or standing.procedure != order.procedure:
                raise DepositRefused(order.dossier, Refusal.TAKEN)
            order = replace(order, counter=standing.counter)
        deposit, is_new = self.kept.open(client.name, order, key, fingerprint)
        if self._standing(deposit.order.dossier) is None:
            self.workshop.desk.note(self._order(deposit), DeskState.EXPECTED)
        elif is_new and standing is not None and standing.state is not DeskState.EXPECTED:
            deposit = self.kept.move(order.dossier, standing.state)
        if is_new:
            self._say(client, "deposit-opened", deposit.order.dossier, {"procedure": order.procedure})
        return deposit, is_new

    def take(self, client: Client, deposit: Deposit, path: Path) -> tuple[DepositFile, bool]:
        """Keep an uploaded file, judged by its content; whether it is new.

        Raises SourceError for what is no page, DepositRefused, DiskFull, StorageError.
        """
        code = deposit.order.dossier
        limits = IntakeLimits(size_bytes=self.workshop.settings.console_upload_mb << 20)
        delivered = open_file(path, limits, follow_links=False)
        kept = self.workshop.spool.put(delivered.data, delivered.media_type)
        suffix = _SUFFIXES[delivered.media_type]
        file = DepositFile(0, kept.sha256, kept.size_bytes, delivered.media_type, suffix)
        file, is_new = self.kept.add_file(code, file, MOST_FILES)
        if is_new:
            self._say(client, "deposit-file", code, {"sha256": file.sha256, "size_bytes": file.size_bytes})
        return file, is_new

    def drop(self, client: Client, deposit: Deposit, sha256: str) -> None:
        """Take a file out again. Raises DepositRefused, DepositNotFound, StorageError."""
        if self.kept.drop_file(deposit.order.dossier, sha256):
            self._erase(sha256)
        self._say(client, "deposit-file-dropped", deposit.order.dossier, {"sha256": sha256})

    def withdraw(self, client: Client, deposit: Deposit) -> None:
        """Forget a dossier that was not begun. Raises DepositRefused, DepositNotFound, StorageError."""
        code = deposit.order.dossier
        for sha256 in self.kept.withdraw(code):
            self._erase(sha256)
        self.workshop.desk.forget([code])
        self._say(client, "deposit-withdrawn", code, {})

    def begin(self, client: Client, deposit: Deposit, *, review: bool) -> Deposit:
        """Digitise it; one that is under way goes on.

        Args:
            client: who asks.
            deposit: as found.
            review: whether a clerk looks at it before it is sealed.

        Raises DepositRefused, ServiceBusy, StorageError.
        """
        code = deposit.order.dossier
        if deposit.state is DeskState.READING:
            return deposit
        if deposit.state not in CHANGEABLE:
            raise DepositRefused(code, Refusal.WRONG_STATE)
        if not self.kept.files(code):
            raise DepositRefused(code, Refusal.NO_FILES)
        before = self.kept.wants_review(code)
        self.kept.note_begun(code, review=review)  # whoever begins it again has to know
        try:
            begun = self._submit(deposit, review=review)
        except SohoaError:
            self.kept.note_begun(code, review=before)
            raise
        self._say(client, "deposit-begun", code, {"review": review})
        return begun

    def progress(self, code: str) -> Progress | None:
        """How far a run is; None where none is under way in this process."""
        with self._lock:
            run = self._runs.get(code)
        return None if run is None or run.future.done() else self._service.progress(run)

    def report(self, deposit: Deposit) -> Mapping[str, Any] | None:
        """The newest verdict, with what a clerk has set right; None before there is one.

        Raises StorageError, KeyMissing.
        """
        code = deposit.order.dossier
        if deposit.state is DeskState.REVIEW and (told := self._of_draft(code)) is not None:
            return told
        written = self.workshop.index.summary(code) if deposit.state is DeskState.ARCHIVED else None
        written = written or self.kept.report(code)
        return None if written is None else json.loads(written)

    def go_on(self) -> None:
        """What an end of the process interrupted is begun again. Raises StorageError."""
        for deposit in self.kept.in_state(DeskState.FAILED):
            # The start of the service has called it failed, and no run has said with what.
            if deposit.trouble == "":
                self._again[deposit.order.dossier] = 0.0

    def _of_draft(self, code: str) -> Mapping[str, Any] | None:
        try:
            draft = self._service.reviews.open(code)
        except ReviewNotFound:
            return None
        return {
            "documents": [document_data(paper.document) for paper in draft.papers],
            "identities": [identity_data(identity) for identity in draft.identities],
            "findings": [finding_data(each.finding) for each in draft.findings],
        }

    def step(self, now: float) -> None:
        """Begin again what an end of the process interrupted, and what met trouble that may have passed.

        Args:
            now: seconds of a steady clock.
        """
        for deposit in self.kept.in_state(DeskState.FAILED):
            code = deposit.order.dossier
            at = self._again.get(code)
            if at is None and _may_pass(deposit.trouble):
                self._again[code] = now + RETRY_SECONDS
            if at is None or now < at:
                continue
            try:
                self._submit(deposit, review=self.kept.wants_review(code))
            except SohoaError as error:
                log.warning("dossier %s of another system waits: %s", code, error)
                self._again[code] = now + RETRY_SECONDS

    def _submit(self, deposit: Deposit, *, review: bool) -> Deposit:
        code = deposit.order.dossier
        kept = {
            f"/deposits/{code}/{file.name}": StoredObject(
                file.sha256, file.sha256, file.size_bytes, file.media_type
            )
            for file in self.kept.files(code)
        }
        order = replace(self._order(deposit), sources=tuple(kept), hold=review)
        run = self._service.submit(order, Lane.COUNTER, kept)
        with self._lock:
            is_known = self._runs.get(code) is run
            self._runs[code] = run
        self._again.pop(code, None)
        if not is_known:
            run.future.add_done_callback(lambda done: self._ended(code, done))
        # The desk was told that it is read, and the deposit follows the desk.
        return self.kept.find(code)

    def _ended(self, code: str, done: Future[DossierReport]) -> None:
        """A run is over: its verdict is kept. What trouble it met, the queue has told the desk."""
        if done.cancelled() or done.exception() is not None:
            return
        try:
            self.kept.keep_report(code, json.dumps(report_data(done.result()), ensure_ascii=False))
        except SohoaError:
            log.exception("dossier %s ended, and what came of it could not be kept", code)

    def _standing(self, code: str) -> _Standing | None:
        try:
            entry = self.workshop.desk.entry(code)
        except NotOnDesk:
            return None
        return _Standing(entry.counter, entry.procedure, entry.state)

    def _is_open(self, code: str) -> bool:
        try:
            self.kept.find(code)
        except DepositNotFound:
            return False
        return True

    def _order(self, deposit: Deposit) -> DigitisationOrder:
        order, officer = deposit.order, self.workshop.settings.officer
        made = new_order((), order.procedure, order.dossier, order.received_on, officer, cases=order.cases)
        return replace(made, counter=order.counter, due_on=order.due_on)

    def _erase(self, sha256: str) -> None:
        """Forget a file that no dossier of this machine needs."""
        if sha256 not in needed_here(self.workshop, ()).blobs:
            self.workshop.spool.erase(sha256)

    def _say(self, client: Client, action: str, code: str, detail: Mapping[str, object]) -> None:
        self.workshop.ledger.append(client.actor, action, code, json.dumps(detail, ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the desk says of a code."""

    counter: str
    procedure: str
    state: DeskState


def _may_pass(trouble: str) -> bool:
    """Whether a run that met this class of error may go better another time."""
    kind = getattr(errors, trouble, None)
    return isinstance(kind, type) and issubclass(kind, SohoaError) and kind.retryable


def watch_deposits(deposits: Deposits, ended: Event) -> None:
    """Look after deposits until the process ends."""
    while not ended.wait(_POLL_SECONDS):
        try:
            deposits.step(time.monotonic())
        except SohoaError as error:
            log.warning("dossiers of other systems cannot be looked after now: %s", error)
