"""The hot folder: dossiers that a scanner drops are digitised as they become whole."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from threading import Event

from dossier.errors import SohoaError
from flows.service import Service, new_order
from flows.settings import Settings
from flows.wiring import VIETNAM
from scanners.hot_folder import HotFolder, ReadyDossier

log = logging.getLogger(__name__)

_POLL_SECONDS = 1.0


def watch_tray(service: Service, settings: Settings, ended: Event) -> None:
    """Look into the hot folder every second until the process ends."""
    settings.drop_folder.mkdir(parents=True, exist_ok=True)
    tray = HotFolder(settings.drop_folder, settings.state / "quarantine")
    while not ended.wait(_POLL_SECONDS):
        for event in tray.poll(time.time()):
            if isinstance(event, ReadyDossier):
                _digitise(service, settings, event)
            else:
                log.warning("%s was set aside: %s", event.name, event.error.cause)


def _digitise(service: Service, settings: Settings, ready: ReadyDossier) -> None:
    day = datetime.now(VIETNAM).date()
    sources = [str(path) for path in ready.files]
    try:
        service.submit(new_order(sources, ready.procedure, ready.dossier, day, settings.officer))
    except SohoaError as error:
        log.error("dossier %s from the hot folder: %s", ready.dossier, error)
