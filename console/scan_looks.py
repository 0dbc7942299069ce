"""What a first look says of each side of a batch, told while the paper is still in the clerk's hand."""

from __future__ import annotations

import io
import logging
import sys
from concurrent.futures import BrokenExecutor, Future
from threading import Lock
from typing import Any

from PIL import Image

from console.inspect import show_page
from console.output import Output
from console.wording_batch import word
from console.wording_quality import VERDICTS
from dossier.batch_record import Batch
from dossier.errors import SourceError
from dossier.quality import QualityVerdict
from flows.arrival_sides import scanned_side
from flows.inspecting import SeenPage, batch_data
from flows.quality_desk import FirstLook, QualityDesk
from flows.scanning import ScanRoom
from flows.settings import Settings
from scanners.resolution import plausible_dpi

log = logging.getLogger(__name__)


class SideVerdicts:
    """Looks at the sides of a batch as they are kept, in a process beside the feed."""

    def __init__(self, room: ScanRoom, batch: Batch, settings: Settings, output: Output) -> None:
        """Begin with the sides that the batch has already: a sheet may come a second time."""
        self._room, self._batch, self._settings, self._output = room, batch, settings, output
        self._desk = QualityDesk(settings.model_cache)
        self._lock = Lock()
        self._looks: dict[int, Future[FirstLook]] = {}
        for number in room.numbers(batch):
            self._look(number)

    def __enter__(self) -> SideVerdicts:
        return self

    def __exit__(self, *_: object) -> None:
        self._desk.close()

    def side(self, number: int) -> None:
        """One more is kept. On a terminal its number is shown, and its verdict where that is not "fine"."""
        look = self._look(number)
        if self._output.is_terminal:
            self._write(f"\r{number} {word('side', self._output.language)} ")
            look.add_done_callback(lambda done: self._tell(number, done))

    def data(self) -> list[dict[str, Any]]:
        """Every side that can be looked at, as `sohoa inspect` tells it, with its number in the feed."""
        seen: list[SeenPage] = []
        numbers: list[int] = []
        for number in self._room.numbers(self._batch):
            look = self._looks.get(number) or self._look(number)
            try:
                seen.append(look.result().seen)
            except (SourceError, BrokenExecutor) as e:
                log.warning("side %d was not looked at: %s", number, e)
                continue
            numbers.append(number)
        pages = batch_data(self._settings, seen)
        return [{"feed_number": number} | page for number, page in zip(numbers, pages, strict=True)]

    def show(self, pages: list[dict[str, Any]]) -> None:
        """The sides that should be scanned again, and those that came twice, in words."""
        for page in pages:
            if page["verdict"] != QualityVerdict.FINE or page["duplicates"]:
                show_page(page, self._output)

    def _look(self, number: int) -> Future[FirstLook]:
        name, picture = self._room.side(self._batch.id, number)
        with Image.open(io.BytesIO(picture)) as opened:
            width, height = opened.size
        order = self._batch.order
        stated = float(order.profile.resolution_dpi) if order.device else None
        page = scanned_side(name, picture, plausible_dpi(width, height, stated))
        try:
            look = self._desk.arrive(page, picture)
        except BrokenExecutor as e:  # its process died; the feed goes on without verdicts
            look = Future()
            look.set_exception(e)
        self._looks[number] = look
        return look

    def _tell(self, number: int, look: Future[FirstLook]) -> None:
        if look.cancelled() or look.exception() is not None:
            return
        verdict = look.result().quality.verdict
        if verdict is not QualityVerdict.FINE:
            language = self._output.language
            self._write(f"\r{word('side', language)} {number}: {VERDICTS[verdict][language]}\n")

    def _write(self, text: str) -> None:
        with self._lock:
            sys.stderr.write(text)
            sys.stderr.flush()


def needs_rescan(pages: list[dict[str, Any]]) -> bool:
    """Whether a side has to be scanned again before it can be read."""
    return any(page["verdict"] == QualityVerdict.RESCAN_NEEDED for page in pages)
