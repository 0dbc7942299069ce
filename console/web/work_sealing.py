"""Sealing beside the screen: it takes seconds, and the next citizen is there already."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from dossier.archive import ArchivePackage
from dossier.errors import SohoaError
from flows.review import Reviews

log = logging.getLogger(__name__)


class Sealings:
    """Dossiers that are being sealed by this process, and what went wrong with those that could not be."""

    def __init__(self, reviews: Reviews) -> None:
        self._reviews = reviews
        self._workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="seal")
        self._lock = Lock()
        self._under_way: dict[str, Future[ArchivePackage]] = {}
        self._failed: dict[str, SohoaError] = {}

    def begin(self, code: str, version: int, by: str) -> None:
        """Seal what the clerk saw; the same dossier again joins the sealing that is under way."""
        with self._lock:
            if code in self._under_way:
                return
            self._failed.pop(code, None)
            self._under_way[code] = self._workers.submit(self._seal, code, version, by)

    def is_under_way(self, code: str) -> bool:
        """Whether this process seals it now."""
        return code in self._under_way

    def trouble(self, code: str) -> SohoaError | None:
        """Why the last sealing failed; None where it did not."""
        return self._failed.get(code)

    def wait(self, code: str, seconds: float) -> None:
        """Return when it is sealed or refused, or when so much time has passed. Raises as `Reviews.seal`."""
        under_way = self._under_way.get(code)
        if under_way is None:
            return
        try:
            under_way.result(timeout=seconds)
        except TimeoutError:
            return

    def _seal(self, code: str, version: int, by: str) -> ArchivePackage:
        try:
            return self._reviews.seal(code, version, by)
        except SohoaError as error:
            log.warning("dossier %s cannot be sealed: %s", code, type(error).__name__)
            with self._lock:
                self._failed[code] = error
            raise
        finally:
            with self._lock:
                del self._under_way[code]
