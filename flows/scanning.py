"""From the feeder to dossiers: sides kept as they come, read for signs, put together, split, changed."""

from __future__ import annotations

import base64
import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from dossier.batch import BatchPlan, BatchQuestion, Doubt, SideReading, SideRole
from dossier.batch_record import Batch, BatchEdit, BatchOrder, FiledDossier
from dossier.batch_sheet import CoverSheet
from dossier.errors import BatchEditRefused, ScannerError, SourceError
from dossier.ports import Scanner
from dossier.scanning import FedSide
from flows.settings import Settings
from flows.wiring import VIETNAM, open_batches, open_keys
from models.codes import ZxingCodeReader
from models.sheet_reader import SheetReader
from pipeline.batch_edit import assign
from pipeline.batch_split import split_batch
from pipeline.collate import sheets_of_duplex, sheets_of_two_passes
from pipeline.picture import decode as decode_picture
from scanners.files import read_pages_guarded
from scanners.resolution import plausible_dpi
from storage.files import translated, write_whole

log = logging.getLogger(__name__)

OnSide = Callable[[int], None]
"""Told the number of each side once it is kept."""


class ScanRoom:
    """Where batches are scanned and sorted, on this machine and without the resident process."""

    def __init__(self, settings: Settings) -> None:
        """Work in the state folder. Raises KeyMissing, DiskFull, StorageError."""
        self._officer = settings.officer
        with translated(settings.state):
            settings.state.mkdir(parents=True, exist_ok=True)
        self._batches = open_batches(settings, open_keys(settings))
        self._reader = SheetReader(ZxingCodeReader(), settings.receipt_code)

    def begin(self, order: BatchOrder) -> Batch:
        """A new batch, empty. Raises DiskFull, StorageError."""
        now = datetime.now(VIETNAM)
        chance = base64.b32encode(secrets.token_bytes(3))[:4].decode()
        batch = Batch(f"M{now:%y%m%d-%H%M%S}-{chance}", now.isoformat(timespec="seconds"), order)
        self._batches.save(batch)
        return batch

    def load(self, batch_id: str) -> Batch:
        """A batch that was begun before. Raises BatchNotFound, StorageError."""
        return self._batches.load(batch_id)

    def ids(self) -> tuple[str, ...]:
        """Every batch, the oldest first."""
        return self._batches.ids()

    def count(self, batch: Batch) -> int:
        """Sides that are kept."""
        return len(self.numbers(batch))

    def forget(self, batch: Batch) -> None:
        """Forget a batch whole. Raises StorageError."""
        self._batches.forget(batch.id)

    def numbers(self, batch: Batch) -> tuple[int, ...]:
        """The numbers of the sides that are kept, in the order of the feed."""
        return tuple(self._batches.sides(batch.id))

    def side(self, batch_id: str, number: int) -> tuple[str, bytes]:
        """A side: the name under which it is kept, and its picture. Raises BatchNotFound, StorageError."""
        picture = self._batches.picture(batch_id, number)
        return self._batches.sides(batch_id)[number], picture

    @contextmanager
    def laid_out(self, batch: Batch, numbers: Sequence[int]) -> Iterator[tuple[Path, ...]]:
        """Sides as files, in this order, until the end of the block: for who hands them on by their paths.

        Raises BatchNotFound, DiskFull, StorageError.
        """
        with TemporaryDirectory(prefix="sohoa-") as folder:
            files = []
            for number in numbers:
                name, picture = self.side(batch.id, number)
                files.append(Path(folder) / name)
                write_whole(files[-1], picture)
            yield tuple(files)

    def papers(self, batch: Batch, numbers: Sequence[int]) -> dict[str, Callable[[], bytes]]:
        """Sides as the files of an order, in this order: what gives each one's bytes, by its source.

        Raises StorageError.
        """
        names = self._batches.sides(batch.id)
        return {
            f"/batches/{batch.id}/{names[n]}": partial(self._batches.picture, batch.id, n) for n in numbers
        }

    def feed(self, batch: Batch, scanner: Scanner, on_side: OnSide, *, backs: bool = False) -> Batch:
        """Feed until the feeder is empty; what was fed before an interruption is kept and continued.

        Backs that came to their end and are not as many as the fronts are fed again whole: the first ones
        are kept beside the batch.

        Args:
            backs: this is the second of two passes.

        Raises:
            ScannerError: the feed was interrupted; a second call continues at the next side.
            BatchEditRefused: the batch has been sorted already, or this pass is not the next one.
        """
        _check_pass(batch, self.count(batch), backs=backs)
        if backs and not batch.fronts:
            batch = replace(batch, fronts=self.count(batch))
        elif backs and batch.has_ended:
            for number in self.numbers(batch)[batch.fronts :]:
                self._batches.set_aside(batch.id, number)
        batch = replace(batch, has_ended=False)
        self._batches.save(batch)
        self._set_half_sheet_aside(batch)
        try:
            self._keep_all(batch, scanner.feed(batch.order.profile), on_side)
        except ScannerError:
            self._set_half_sheet_aside(batch)
            raise
        batch = replace(batch, has_ended=True)
        self._batches.save(batch)
        return batch

    def take_in(self, batch: Batch, files: Sequence[Path], on_side: OnSide) -> Batch:
        """The same from files that a device left somewhere: their pages in order.

        Raises:
            SourceError: one of them cannot be taken in; none is then, for all of them are still there.
            BatchEditRefused: the batch has been sorted already, or is one of two passes.
        """
        _check_pass(batch, self.count(batch), backs=False)
        before = {*self.numbers(batch)}
        try:
            with TemporaryDirectory(prefix="sohoa-") as folder:
                self._keep_all(batch, _sides_of(files, Path(folder)), on_side)
        except SourceError:
            self._batches.erase(batch.id, {*self.numbers(batch)} - before)
            raise
        batch = replace(batch, has_ended=True)
        self._batches.save(batch)
        return batch

    def sort(self, batch: Batch) -> Batch:
        """Read what was not read yet, put fronts and backs together, split.

        Raises:
            PassesDiffer: fronts and backs are not equally many.
            BatchEditRefused: the feed was interrupted, so that the last dossier may lack sheets.
        """
        if not batch.has_ended:
            raise BatchEditRefused(
                batch.id, "its feed was interrupted; continue it, or finish it with --ended"
            )
        known = {reading.number: reading for reading in batch.readings}
        sheets = _sheets(batch, self.numbers(batch))
        readings = []
        for sheet, numbers in enumerate(sheets, start=1):
            for number in numbers:
                reading = known.get(number) or self._read(batch, number)
                readings.append(replace(reading, sheet=sheet))
        batch = replace(batch, readings=tuple(readings), plan=_plan(batch.order, readings))
        self._batches.save(batch)
        return batch

    def edit(self, batch_id: str, what: str, change: Callable[[BatchPlan], BatchPlan]) -> Batch:
        """Change where sides belong as they stand now, and note who did it.

        Raises:
            BatchEditRefused: it has not been sorted, the change makes no sense, or a dossier would be settled
                whose procedure nobody named.
        """

        def edited(batch: Batch) -> Batch:
            if batch.plan is None:
                raise BatchEditRefused(batch.id, "it has not been sorted yet")
            changed = change(batch.plan)
            for dossier in changed.ready:
                if dossier not in batch.plan.ready and not self.procedure_of(batch, changed, dossier):
                    raise BatchEditRefused(dossier, "its procedure is not known; name it with --procedure")
            noted = BatchEdit(datetime.now(VIETNAM).isoformat(timespec="seconds"), self._officer, what)
            return replace(batch, plan=changed, edits=(*batch.edits, noted))

        return self._batches.change(batch_id, edited)

    def due(self, batch: Batch) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
        """Dossiers that are settled and not yet filed as they are now: code, procedure, sides in order."""
        if batch.plan is None:
            return ()
        kept = self._batches.sides(batch.id)
        filed = {each.dossier: each.sides for each in batch.filed}
        owed = []
        for dossier in batch.plan.ready:
            numbers = tuple(side.number for side in batch.plan.of(dossier))
            procedure = self.procedure_of(batch, batch.plan, dossier)
            if procedure and filed.get(dossier) != numbers and kept.keys() >= {*numbers}:
                owed.append((dossier, procedure, numbers))
        return tuple(owed)

    def procedure_of(self, batch: Batch, plan: BatchPlan, dossier: str) -> str:
        """Its cover sheet's or the clerk's; empty where neither names one."""
        named = (tally.procedure for tally in plan.tallies if tally.dossier == dossier)
        return next(named, "") or batch.order.expected.procedure

    def declare_ended(self, batch: Batch) -> Batch:
        """The clerk says that nothing is left to be fed after an interruption."""
        batch = replace(batch, has_ended=True)
        self._batches.save(batch)
        return batch

    def note_filed(self, batch_id: str, dossier: str, sides: Sequence[int], state: str) -> Batch:
        """Remember that a dossier was handed on with these sides; the plan may have been changed since."""

        def filed(batch: Batch) -> Batch:
            others = tuple(each for each in batch.filed if each.dossier != dossier)
            return replace(batch, filed=(*others, FiledDossier(dossier, tuple(sides), state)))

        return self._batches.change(batch_id, filed)

    def _keep_all(self, batch: Batch, fed: Iterator[FedSide], on_side: OnSide) -> None:
        number = max(self._batches.sides(batch.id), default=0)
        for side in fed:
            number += 1
            self._batches.keep(batch.id, number, side.picture, side.media_type)
            on_side(number)

    def _set_half_sheet_aside(self, batch: Batch) -> None:
        """A duplex sheet that was interrupted is fed again from its front."""
        numbers = tuple(self._batches.sides(batch.id))
        if batch.order.profile.duplex and len(numbers) % 2:
            self._batches.set_aside(batch.id, numbers[-1])

    def _read(self, batch: Batch, number: int) -> SideReading:
        pixels = decode_picture(self._batches.picture(batch.id, number))
        height, width = pixels.shape[:2]
        stated = float(batch.order.profile.resolution_dpi) if batch.order.device else None
        grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
        return self._reader.read(grey, plausible_dpi(width, height, stated), (number, number))


def _check_pass(batch: Batch, count: int, *, backs: bool) -> None:
    """Refuse a feed that is not the batch's next one. Raises BatchEditRefused."""
    if batch.plan is not None:
        raise BatchEditRefused(batch.id, "it has been sorted; begin a new one")
    if not backs and batch.fronts:
        raise BatchEditRefused(batch.id, "its fronts are fed; feed its backs with --backs")
    if backs and not batch.order.is_two_pass:
        raise BatchEditRefused(batch.id, "it was not begun for two passes")
    if backs and not batch.fronts and not batch.has_ended:
        raise BatchEditRefused(batch.id, "its fronts were interrupted; continue them first")
    if backs and batch.has_ended and batch.fronts and count == 2 * batch.fronts:
        raise BatchEditRefused(batch.id, "its backs are fed; finish it")


def _sheets(batch: Batch, numbers: tuple[int, ...]) -> Sequence[tuple[int, ...]]:
    """The sides of each sheet, in the order of the stack. Raises PassesDiffer."""
    if batch.fronts:
        return sheets_of_two_passes(numbers[: batch.fronts], numbers[batch.fronts :])
    if batch.order.profile.duplex and batch.order.device:
        return sheets_of_duplex(numbers)
    return [(number,) for number in numbers]


def _plan(order: BatchOrder, readings: Sequence[SideReading]) -> BatchPlan:
    """Where everything belongs; all to the one dossier that the clerk named, unless something denies it."""
    plan = split_batch(readings, order.expected)
    papers = [side.number for side in plan.sides if side.role is SideRole.PAPER]
    if not order.dossier or not papers:
        return plan
    named = assign(plan, papers, order.dossier, order.expected.procedure)
    questions = [q for q in plan.questions if q.doubt is Doubt.BACK_WITH_INK]
    questions += _denials(order, readings, papers)
    if not any(tally.procedure for tally in named.tallies if tally.dossier == order.dossier):
        questions.append(BatchQuestion(Doubt.PROCEDURE_UNKNOWN, order.dossier, tuple(papers)))
    denied = any(q.sides == tuple(papers) for q in questions)
    sides = tuple(
        replace(side, is_settled=not denied) if side.role is SideRole.PAPER else side for side in named.sides
    )
    return replace(named, sides=sides, questions=tuple(questions), dossiers_expected=1)


def _denials(
    order: BatchOrder, readings: Sequence[SideReading], papers: Sequence[int]
) -> list[BatchQuestion]:
    """What speaks against all papers being of the dossier that the clerk named."""
    signs = {r.sign.dossier for r in readings if isinstance(r.sign, CoverSheet)}
    others = sorted((signs | {code for r in readings for code in r.receipts}) - {order.dossier})
    damaged = [r.number for r in readings if r.is_marked and r.sign is None]
    sheets = len({r.sheet for r in readings if r.number in set(papers)})
    sides = tuple(papers)
    found = [BatchQuestion(Doubt.OTHER_RECEIPT, ", ".join(others), sides)] if others else []
    found += [BatchQuestion(Doubt.SHEET_DAMAGED, str(number), sides) for number in damaged]
    if order.expected.sheets not in (0, sheets):
        found.append(BatchQuestion(Doubt.DOSSIERS_DIFFER, "", sides, sheets, order.expected.sheets))
    return found


def _sides_of(files: Sequence[Path], folder: Path) -> Iterator[FedSide]:
    for file in files:
        for page in read_pages_guarded(file, folder):
            yield FedSide(page.picture, page.media_type, page.dpi)
