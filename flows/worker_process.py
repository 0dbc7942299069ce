"""A worker's process: workshop, leases and readers kept warm, work from Prefect's pools until the end."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Final

from dossier.errors import SettingRefused
from flows.audits import Audits
from flows.service import Service
from flows.settings import Settings
from flows.wiring import Workshop
from flows.worker_life import WorkerLife

log = logging.getLogger(__name__)

POOL_NAMES: Final = ("counter", "backlog", "audit", "renewal")
"""Work pools, as `flows.deployments` makes them."""
_READS: Final = frozenset({"counter", "backlog"})


@dataclass(frozen=True, slots=True)
class Working:
    """A worker, for whoever tells others how it is."""

    workshop: Workshop
    audits: Audits
    life: WorkerLife


Door = Callable[[Working], AbstractContextManager[None]]
"""Opened while a worker works."""


def work_until_stopped(settings: Settings, pools: Sequence[str], ended: Event, door: Door) -> None:
    """Take work from these pools until the end; a dossier under way is brought to its end first.

    Raises SettingRefused where machines cannot share what this one is set to, ServiceUnreachable, SohoaError.
    """
    _refuse_unshared(settings, pools)
    os.environ["PREFECT_WORKER_QUERY_SECONDS"] = str(settings.worker_poll_seconds)
    service = Service(settings)
    try:
        service.start()
        if _READS.intersection(pools):
            service.workshop.reading.warm()
        # Prefect reads its settings when it is imported: `start` has made them by now.
        from flows.deployed import DEPLOYED
        from flows.duties import Duties, install_duties
        from flows.worker import StayingWorker, work_until

        duties, life = Duties(service, ended), WorkerLife(pools)
        install_duties(duties)
        name = f"{socket.gethostname()}-{os.getpid()}"

        def make(pool: str) -> StayingWorker:
            worker = StayingWorker(pool, f"{name}-{pool}", settings.worker_dossiers, DEPLOYED)
            worker.on_answer = partial(life.asked, pool)
            return worker

        with door(Working(service.workshop, duties.audits, life)):
            log.info("works on %s", ", ".join(pools))
            work_until(ended, pools, make, life.turns)
    finally:
        ended.set()
        service.stop()


def unshared(settings: Settings) -> Iterator[tuple[str, str]]:
    """Settings under which machines could not work on the same dossiers: name and reason."""
    if settings.work != "workers":
        yield "SOHOA_WORK", "is not `workers`: this process would begin dossiers by itself"
    if not settings.prefect_url:
        yield "SOHOA_PREFECT_URL", "is not set: there is no shared server to take work from"
    if not settings.database_url or settings.database_url.startswith("sqlite"):
        yield "SOHOA_DATABASE_URL", "names no database that machines share"
    if settings.store_endpoint == "embedded":
        yield "SOHOA_STORE_ENDPOINT", "names no store that machines share"
    if not settings.work_bucket:
        yield "SOHOA_WORK_BUCKET", "is not set: scans of other machines could not be read here"
    if settings.keys_file is None and not settings.data_keys.get_secret_value():
        yield "SOHOA_KEYS_FILE", "is not set: every machine needs the same keys of personal data"


def _refuse_unshared(settings: Settings, pools: Sequence[str]) -> None:
    for pool in pools:
        if pool not in POOL_NAMES:
            raise SettingRefused(pool, f"is no work pool: {', '.join(POOL_NAMES)}")
    for name, cause in unshared(settings):
        raise SettingRefused(name, cause)
