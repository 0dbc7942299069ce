"""What the resident process looks after in the background: seals under new keys, legal holds that stand."""

from __future__ import annotations

import logging
from threading import Event
from typing import Final

from dossier.errors import SohoaError
from flows.holding import keep_holds
from flows.key_rotation import resealer
from flows.wiring import Workshop

log = logging.getLogger(__name__)

_SETTLE_SECONDS: Final = 20.0
_EVERY_SECONDS: Final = 3600.0
_BREATH_SECONDS: Final = 0.01
"""Between two things that are sealed anew: the counter comes first."""


def watch_keeping(workshop: Workshop, ended: Event) -> None:
    """Seal what is not under the newest key, look after the holds; once an hour until the end."""
    pause = _SETTLE_SECONDS
    while not ended.wait(pause):
        pause = _EVERY_SECONDS
        try:
            seal_what_is_due(workshop, ended)
            keep_holds(workshop)
        except SohoaError as error:
            log.warning("not everything could be looked after: %s", error)


def seal_what_is_due(workshop: Workshop, ended: Event) -> int:
    """Seal with the newest key what is not; how much that was. Stops at the end of the process."""
    sealed = failed = 0
    with resealer(workshop.settings, workshop.keys) as anew:
        for step in anew.steps():
            sealed += step.outcome == "sealed"
            failed += step.outcome == "failed"
            if step.outcome != "current" and ended.wait(_BREATH_SECONDS):
                break
            if ended.is_set():
                break
    if sealed or failed:
        log.info("%d things sealed with the newest key, %d could not be", sealed, failed)
    return sealed
