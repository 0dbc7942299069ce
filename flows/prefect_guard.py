"""Flows that outlive the Prefect server: one that died is started again, and its run is begun anew.

What a run has done is in spool, checkpoints and archive and not in Prefect: begun anew, it goes on. Where the
server is there and fails (no answer, status 500, a lost database), the dossier waits until it works.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock
from typing import Final, TypeVar

from dossier.errors import PrefectAway, ServiceUnreachable, SohoaError
from flows.prefect_server import PrefectService

log = logging.getLogger(__name__)

T = TypeVar("T")

_TRIES: Final = 2
_CARRIERS: Final = frozenset({"prefect", "httpx", "httpcore"})
"""Packages whose errors are those of Prefect's client and engine: others translate at their own doors."""


class PrefectGuard:
    """Looks after the Prefect server of this process. Safe for threads."""

    def __init__(self, prefect: PrefectService) -> None:
        self._prefect = prefect
        self._lock = Lock()

    def carries(self) -> bool:
        """Whether a run that is begun now would be carried out."""
        return self._prefect.is_ready

    def over(self, flow: Callable[[str], T]) -> Callable[[str], T]:
        """The same flow; where the server dies under it, it is begun anew once.

        Raises PrefectAway where the server is gone, cannot be started or does not work, else what the flow
        raises: that the server failed as well while it was told so costs one more run, not the error.
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
                        if is_of_prefect(error):
                            raise PrefectAway("Prefect", _said(error)) from error
                        raise
                    if not left:
                        raise PrefectAway("Prefect", f"ended {_TRIES} times under one run") from error
                    log.warning("the Prefect server ended under a run, which is begun anew: %s", error)
            raise AssertionError

        return run

    def _see_to_it(self) -> None:
        """Start a server that is gone; threads that come meanwhile wait for it."""
        with self._lock:
            if self._prefect.is_alive:
                return
            log.warning("the Prefect server does not answer and is started again where it is ours")
            try:
                self._prefect.start_again()
            except ServiceUnreachable as e:
                raise PrefectAway(e.subject, e.cause) from e


def is_of_prefect(error: BaseException) -> bool:
    """Whether an error comes from what carries runs out, not from what they do: by its kind, or by where it
    was raised (Prefect's client says with a plain RuntimeError that it does not reach its server)."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    raised_in = str(last.tb_frame.f_globals.get("__name__", "")) if last is not None else ""
    modules = (raised_in, *(kind.__module__ for kind in type(error).__mro__))
    return any(module.partition(".")[0] in _CARRIERS for module in modules)


def _said(error: Exception) -> str:
    """The error's kind and first line; addresses of runs are left out, they say nothing to people."""
    return f"{type(error).__name__}: {error}".splitlines()[0].partition(" for url")[0][:200]
