"""Flows that outlive the Prefect server: one that died is started again, and its run is begun anew.

What a run has done is in spool, checkpoints and archive and not in Prefect: begun anew, it goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock
from typing import Final, TypeVar

from dossier.errors import ServiceUnreachable, SohoaError
from flows.prefect_server import PrefectService

log = logging.getLogger(__name__)

T = TypeVar("T")

_TRIES: Final = 2


class PrefectGuard:
    """Looks after the Prefect server of this process. Safe for threads."""

    def __init__(self, prefect: PrefectService) -> None:
        self._prefect = prefect
        self._lock = Lock()

    def over(self, flow: Callable[[str], T]) -> Callable[[str], T]:
        """The same flow; where the server dies under it, it is begun anew once.

        Raises ServiceUnreachable where the server is gone and cannot be started, else what the flow raises.
        """

        def run(reference: str) -> T:
            for left in range(_TRIES - 1, -1, -1):
                self._see_to_it()
                try:
                    return flow(reference)
                except SohoaError:
                    raise
                except Exception as error:
                    if self._prefect.is_alive:
                        raise
                    if not left:
                        raise ServiceUnreachable("Prefect", f"ended {_TRIES} times under one run") from error
                    log.warning("the Prefect server ended under a run, which is begun anew: %s", error)
            raise AssertionError

        return run

    def _see_to_it(self) -> None:
        """Start a server that is gone; threads that come meanwhile wait for it."""
        with self._lock:
            if not self._prefect.is_alive:
                log.warning("the Prefect server does not answer and is started again where it is ours")
                self._prefect.start_again()
