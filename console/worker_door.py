"""Where a worker tells how it is: health for everybody, figures for who has the token (`console.metrics`).

There is nothing else there, and no TLS: it is for a province's closed network, or behind a proxy.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Final

import uvicorn
from fastapi import FastAPI

from console.metrics import Readiness, Told, add_figures
from flows.health import worker_readiness
from flows.metrics_now import expose
from flows.worker_process import Working

_AT_ONCE: Final = 20
log = logging.getLogger(__name__)


def make_worker_app(working: Working) -> FastAPI:
    """The pages of a worker."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    workshop = working.workshop
    expose(workshop, working.audits)
    workshop.meters.add(working.life)
    ready = Readiness(workshop, time.monotonic, worker_readiness)
    token_file = workshop.settings.metrics_token_file
    add_figures(app, Told(ready, workshop.meters.text, token_file, lambda: working.life.is_alive))
    return app


@contextmanager
def worker_door(working: Working) -> Iterator[None]:
    """Listen until the end of the block, where the settings name a port. A port that is taken is told, and
    the worker works without."""
    settings = working.workshop.settings
    if not settings.worker_port:
        yield
        return
    app = make_worker_app(working)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.worker_host,
            port=settings.worker_port,
            log_level="warning",
            access_log=False,
            server_header=False,
            limit_concurrency=_AT_ONCE,
        )
    )
    thread = Thread(target=_listen, args=(server,), daemon=True, name="figures")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def _listen(server: uvicorn.Server) -> None:
    try:
        server.run()
    except SystemExit:
        log.warning("health and figures of this worker are not told: its port is taken")
