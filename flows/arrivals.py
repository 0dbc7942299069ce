"""Papers that arrive at the counter: fed by a scanner or dropped as files, looked at as they come, handed on.

Each side has its verdict while the paper is in hand (`flows.quality_desk`). A file that is none of ours is
told at once and goes on with the others: its dossier says so until a person answers for it, and its bytes end
in quarantine. What has come is kept in a record: a process that was killed hands it on when it is
back.
"""

from __future__ import annotations

import base64
import logging
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, Final, TypeAlias

from dossier.archive import DigitisationOrder, FileNotTaken
from dossier.arrival import (
    Arrival,
    ArrivalOrder,
    ArrivalRecord,
    ArrivalState,
    RefusedFile,
)
from dossier.batch import BatchPlan, Expectation
from dossier.batch_record import BatchOrder
from dossier.errors import BatchEditRefused, BatchNotFound, ScannerBusy, ScannerError, SohoaError, SourceError
from dossier.scanning import PROFILES
from flows.arrival_live import LiveArrival, LiveArrivals
from flows.arrival_retry import Retries
from flows.arrival_sides import ComeSide, safe_name, shown_name
from flows.quality_desk import QualityDesk
from flows.scanning import ScanRoom
from flows.settings import Settings
from flows.wiring import VIETNAM, open_arrivals, open_keys
from scanners.files import open_bytes, read_pages_guarded
from scanners.finding import open_scanner

log = logging.getLogger(__name__)

Papers: TypeAlias = Mapping[str, Callable[[], bytes]]
"""The files of an order: what gives each one's bytes, by its source."""
HandOn: TypeAlias = Callable[[DigitisationOrder, ArrivalOrder, Papers], "Future[Any]"]
"""Begins to read a dossier; the future ends when its draft is there."""
_LOOK_AGAIN_SECONDS: Final = 5.0
"""Until papers are handed on again whose dossier another run is reading."""
_AT_ONCE: Final = 16
"""Arrivals that are worked on; a feed waits for its device, and several counters may share this machine."""


class Arrivals:
    """What arrives at this machine's counters. Safe for threads."""

    def __init__(self, settings: Settings, hand_on: HandOn, desk: QualityDesk | None = None) -> None:
        """Work in the state folder; nothing is begun before `go_on` or a clerk asks.

        Args:
            desk: who looks at sides, ended by whoever began it; None for one that begins with the first side.
        """
        self._settings, self._hand_on = settings, hand_on
        self._kept = open_arrivals(settings, open_keys(settings))
        self._scans = ScanRoom(settings)
        self._workers = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="arrival")
        self._lock = Lock()
        self._live = LiveArrivals()
        self._devices: set[str] = set()
        self._retries = Retries(_LOOK_AGAIN_SECONDS)
        self._desk, self._owns_desk = desk, desk is None

    def go_on(self) -> None:
        """Hand on what was whole when the last process ended, and remember what was not."""
        for record in self._kept.records():
            live = self._live.add(LiveArrival(record, ArrivalState.STOPPED))
            if record.is_whole:
                self._workers.submit(self._guarded, live, self._read)

    def scan(self, order: ArrivalOrder, device: str, profile: str = "document") -> Arrival:
        """Begin to feed. Raises ScannerNotFound, ScannerBusy where this device feeds already."""
        scanner = open_scanner(device, self._settings.scanners)
        self._take(device)
        try:
            chosen = next(each for each in PROFILES if each.name == profile)
            expected = Expectation(procedure=order.procedure)
            batch = self._scans.begin(BatchOrder(device, chosen, expected, order.dossier))
            record = ArrivalRecord(_new_id(), order, device, batch.id, (), datetime.now(VIETNAM))
            self._kept.save(record)
        except BaseException:
            self._devices.discard(device)
            raise
        live = self._live.add(LiveArrival(record, ArrivalState.FEEDING, scanner=scanner))
        self._workers.submit(self._guarded, live, self._feed)
        return self._told(live)

    def feed_on(self, arrival: str) -> Arrival:
        """Feed on after trouble. Raises BatchNotFound, ScannerNotFound, ScannerBusy."""
        live = self._live.of(arrival)
        if live.state is ArrivalState.STOPPED and live.record.device:
            self._take(live.record.device)
            live.scanner = live.scanner or open_scanner(live.record.device, self._settings.scanners)
            live.state, live.trouble = ArrivalState.FEEDING, None
            self._workers.submit(self._guarded, live, self._feed)
        return self._told(live)

    def finish(self, arrival: str) -> Arrival:
        """The feed is over although it stopped: nothing is left to be scanned. Raises BatchNotFound."""
        live = self._live.of(arrival)
        if live.state is ArrivalState.STOPPED and live.record.batch:
            self._scans.declare_ended(self._scans.load(live.record.batch))
            self._whole(live)
            self._workers.submit(self._guarded, live, self._read)
        return self._told(live)

    def again(self, arrival: str) -> Arrival:
        """Hand on and read once more what could not be. Raises BatchNotFound."""
        live = self._live.of(arrival)
        if self._told(live).can_be_read_again:
            live.trouble = None
            self._guarded(live, self._read)
        return self._told(live)

    def answer(self, arrival: str, what: str, change: Callable[[BatchPlan], BatchPlan]) -> Arrival:
        """A person says where sides of a batch belong; what is certain now is read.

        Raises BatchNotFound, BatchEditRefused, also where somebody else has answered everything meanwhile.
        """
        live = self._live.of(arrival)
        if live.state is not ArrivalState.ASKED:
            raise BatchEditRefused(live.record.batch or arrival, "nothing is asked any more")
        self._scans.edit(live.record.batch, what, change)
        self._guarded(live, self._read)
        return self._told(live)

    def begin_files(self, order: ArrivalOrder) -> str:
        """Name under which files are about to come. Nothing is read before `end_files`."""
        record = ArrivalRecord(_new_id(), order, "", "", (), datetime.now(VIETNAM))
        self._kept.save(record)
        self._live.add(LiveArrival(record, ArrivalState.FEEDING))
        return record.id

    def take_file(self, arrival: str, name: str, data: bytes) -> None:
        """Keep the next file; its name is kept as far as it can be one. Raises DiskFull, StorageError."""
        live = self._live.of(arrival)
        taken = {*live.record.files}
        safe = safe_name(name, taken)
        live.record = replace(live.record, files=(*live.record.files, safe))
        self._kept.keep(arrival, len(live.record.files), data)

    def refuse(self, arrival: str, name: str, error: SohoaError) -> None:
        """A file is too large or one too many: nothing of it is kept, and its dossier says so."""
        live = self._live.of(arrival)
        shown = shown_name(name)
        live.refused.append(RefusedFile(shown, error))
        kept = FileNotTaken(shown, type(error).__name__, error.cause)
        live.record = replace(live.record, not_taken=(*live.record.not_taken, kept))

    def end_files(self, arrival: str) -> Arrival:
        """Everything has come: judge each file by its content, and read them if any can be."""
        live = self._live.of(arrival)
        usable = 0
        for number, name in enumerate(live.record.files, start=1):
            try:
                open_bytes(name, self._kept.file(live.record, number))
                usable += 1
            except SourceError as error:
                live.refused.append(RefusedFile(name, error))
        if not usable:
            live.state = ArrivalState.REFUSED
            self._kept.forget(arrival)
            return self._told(live)
        self._whole(live)
        self._workers.submit(self._guarded, live, self._read)
        return self._told(live)

    def of(self, arrival: str) -> Arrival:
        """How it stands. Raises BatchNotFound."""
        return self._told(self._live.of(arrival))

    def of_dossier(self, dossier: str) -> Arrival | None:
        """The newest arrival of a dossier; None where this process knows none."""
        found = self._live.of_dossier(dossier)
        return self._told(found) if found is not None else None

    def open_of(self, counter: str) -> tuple[Arrival, ...]:
        """Those of a counter that a person has to do something about, the newest first."""
        live = self._live.of_counter(counter)
        waits = (ArrivalState.STOPPED, ArrivalState.ASKED, ArrivalState.FEEDING)
        told = [self._told(each) for each in reversed(live) if each.state in waits or each.has_failed]
        return tuple(each for each in told if each.state in waits or each.can_be_read_again)

    def picture(self, arrival: str, number: int) -> bytes:
        """A side as it came. Raises BatchNotFound."""
        live = self._live.of(arrival)
        return live.sides.picture(number)

    def close(self) -> None:
        """End; what has come is kept."""
        self._retries.close()
        self._workers.shutdown(wait=True, cancel_futures=True)
        if self._desk is not None and self._owns_desk:
            self._desk.close()

    def _feed(self, live: LiveArrival) -> None:
        batch = self._scans.load(live.record.batch)
        try:
            if live.scanner is not None:
                batch = self._scans.feed(batch, live.scanner, lambda number: self._arrived(live, number))
        except ScannerError as error:
            live.state, live.trouble = ArrivalState.STOPPED, error
            return
        finally:
            self._devices.discard(live.record.device)
        self._whole(live)
        self._read(live)

    def _read(self, live: LiveArrival) -> None:
        """Hand on every dossier that is certain."""
        if live.record.batch:
            self._hand_on_batch(live)
            self._let_go(live)
            return
        record = live.record
        papers = {
            f"/arrivals/{record.id}/{name}": partial(self._kept.file, record, number)
            for number, name in enumerate(record.files, start=1)
        }
        if not live.sides.count:
            self._look_into(live)
        dossier = live.record.order.dossier
        if self._begins(live, dossier, ()):
            live.trouble = None
            self._hand(live, dossier, live.record.order.procedure, papers)
        live.state = ArrivalState.HANDED_ON
        self._let_go(live)

    def _hand_on_batch(self, live: LiveArrival) -> None:
        batch = self._scans.load(live.record.batch)
        refused = []
        if batch.plan is None:
            live.state = ArrivalState.SORTING
            batch = self._scans.sort(batch)
        for dossier, procedure, sides in self._scans.due(batch):
            if not self._begins(live, dossier, sides):
                continue
            try:
                self._hand(live, dossier, procedure, self._scans.papers(batch, sides))
            except SohoaError as error:
                live.under_way.pop(dossier, None)
                refused.append(RefusedFile(dossier, error))
        live.refused = refused  # dossiers that could not be handed on before were tried again
        asked = batch.plan is not None and (batch.plan.asked or batch.plan.open_questions)
        live.state = ArrivalState.ASKED if asked else ArrivalState.HANDED_ON

    def _begins(self, live: LiveArrival, dossier: str, sides: tuple[int, ...]) -> bool:
        """Whether a dossier is to be handed on now; one that is being read is looked at again at its end."""
        with self._lock:
            if dossier in live.under_way:
                return False
            live.under_way[dossier] = sides
            return True

    def _hand(self, live: LiveArrival, dossier: str, procedure: str, papers: Papers) -> None:
        order = live.record.order
        asked = DigitisationOrder(
            dossier,
            procedure,
            tuple(papers),
            order.received_on,
            order.officer,
            order.cases,
            not_taken=live.record.not_taken,
            due_on=order.due_on,
        )
        try:
            run = self._hand_on(asked, order, papers)
        except BaseException:
            live.under_way.pop(dossier, None)
            raise
        live.dossiers = [*dict.fromkeys([*live.dossiers, dossier])]
        run.add_done_callback(lambda done: self._read_or_not(live, dossier, done))

    def _read_or_not(self, live: LiveArrival, dossier: str, done: Future[Any]) -> None:
        """What is in the spool need not lie here; what could not be read stays, to be tried again."""
        sides = live.under_way.pop(dossier, ())
        if done.cancelled() or done.exception() is not None:
            error = None if done.cancelled() else done.exception()
            live.trouble = error if isinstance(error, SohoaError) else live.trouble
            return
        if live.record.batch:
            try:
                batch = self._scans.note_filed(live.record.batch, dossier, sides, "review")
            except BatchNotFound as error:
                self._is_gone(live, error)
                return
            if any(due == dossier for due, _, _ in self._scans.due(batch)):
                # Somebody gave it more sides, or took some away, while it was being read.
                with suppress(RuntimeError):  # the process ends; the batch knows what is due
                    self._workers.submit(self._guarded, live, self._read)
                return
        self._let_go(live)

    def _let_go(self, live: LiveArrival) -> None:
        """Once everything was handed on and read, nothing need be handed on after an end of the process."""
        if live.state is not ArrivalState.HANDED_ON or live.under_way or live.trouble is not None:
            return
        if not live.record.batch or not self._scans.due(self._scans.load(live.record.batch)):
            self._kept.forget(live.record.id)

    def _arrived(self, live: LiveArrival, number: int) -> None:
        """Look at a side that has just been kept."""
        batch = live.record.batch
        name, picture = self._scans.side(batch, number)
        dpi = self._scans.load(batch).order.profile.resolution_dpi
        side = ComeSide(name, picture, float(dpi), lambda: self._scans.side(batch, number)[1])
        live.sides.add(side, self._quality())

    def _look_into(self, live: LiveArrival) -> None:
        told = {each.name for each in live.refused}
        for number, name in enumerate(live.record.files, start=1):
            if name in told:
                continue
            try:
                file = open_bytes(name, self._kept.file(live.record, number))
                with TemporaryDirectory(prefix="sohoa-") as folder:
                    for page in read_pages_guarded(file, Path(folder)):
                        live.sides.add(ComeSide(name, page.picture, page.dpi), self._quality())
            except SourceError as error:
                live.refused.append(RefusedFile(name, error))

    def _quality(self) -> QualityDesk:
        with self._lock:
            if self._desk is None:
                self._desk = QualityDesk(self._settings.model_cache)
            return self._desk

    def _guarded(self, live: LiveArrival, work: Callable[[LiveArrival], None]) -> None:
        """Trouble of a thread is the arrival's trouble, told on its screen."""
        try:
            work(live)
        except BatchNotFound as error:
            self._is_gone(live, error)
        except SohoaError as error:
            log.warning("arrival %s stopped: %s", live.record.id, type(error).__name__)
            live.state, live.trouble = ArrivalState.STOPPED, error
        except Exception:
            live.state, live.trouble = ArrivalState.STOPPED, SohoaError(live.record.id, "unexpected")
            log.exception("arrival %s stopped", live.record.id)
            raise

        if live.waits_for_a_run:
            self._retries.begin(live.record.id, partial(self._read_again, live))

    def _is_gone(self, live: LiveArrival, error: BatchNotFound) -> None:
        """Its batch was erased, with its person or by hand: nothing is left to be read, now or at a start."""
        log.warning("arrival %s is over, its batch was erased", live.record.id)
        live.state, live.trouble = ArrivalState.REFUSED, error
        self._kept.forget(live.record.id)

    def _read_again(self, live: LiveArrival) -> None:
        """Hand on once more what another run of its dossier was in the way of."""
        if live.waits_for_a_run:
            with suppress(RuntimeError):  # the process ends; the next one hands it on
                self._workers.submit(self._guarded, live, self._read)

    def _whole(self, live: LiveArrival) -> None:
        live.record = replace(live.record, is_whole=True)
        self._kept.save(live.record)

    def _take(self, device: str) -> None:
        with self._lock:
            if device in self._devices:
                raise ScannerBusy(device, "somebody feeds it now")
            self._devices.add(device)

    def _told(self, live: LiveArrival) -> Arrival:
        plan = self._scans.load(live.record.batch).plan if live.state is ArrivalState.ASKED else None
        return Arrival(
            live.record,
            live.state,
            live.sides.told(),
            tuple(live.refused),
            live.trouble,
            tuple(live.dossiers),
            plan.open_questions if plan is not None else (),
            plan.asked if plan is not None else (),
        )


def _new_id() -> str:
    chance = base64.b32encode(secrets.token_bytes(3))[:4].decode()
    return f"A{datetime.now(VIETNAM):%y%m%d-%H%M%S}-{chance}"
