"""Keeping the resident process: service, door, hot folder, until somebody stops it."""

from __future__ import annotations

import json
import logging
import secrets
import signal
from collections.abc import Callable
from functools import partial
from threading import Event, Thread

import uvicorn

from console.client import address_file
from console.door import make_door
from console.output import Output
from console.web.room import open_room
from console.web.serving import OpenConsole, check_console, console_file, note_console, open_console
from dossier.errors import SettingRefused
from flows.audits import Audits, watch_audits
from flows.keeping import watch_keeping
from flows.logs import open_log, take_over_handlers
from flows.prefect_server import free_port
from flows.register_watch import watch_register
from flows.seal_watch import watch_seals
from flows.service import Service
from flows.settings import Settings
from flows.settings_check import make_state
from flows.settings_reach import check_start
from flows.tray import watch_tray
from flows.unfinished import refuse_unfinished

log = logging.getLogger(__name__)


def serve_until_stopped(settings: Settings, output: Output, *, quiet: bool) -> int:
    """Start everything, answer until a signal or a stop comes, end everything."""
    make_state(settings)
    open_log(settings)
    check_console(settings)
    check_start(settings)
    refuse_unfinished(settings)
    service = Service(settings)
    ended, door, screens = Event(), None, None
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        service.start()
        take_over_handlers()
        audits = Audits(service.workshop)
        threads = _start_watches(service, audits, ended)
        screens = _open_screens(service, audits)
        door = _open_door(service, audits, ended.set)
        if not quiet:
            if screens is not None:
                output.aside(screens.url)
            output.aside(output.term("ready"))
        ended.wait()
        address_file(settings.state).unlink(missing_ok=True)
        door.should_exit = True
        if screens is not None:
            screens.close()
        for thread in threads:
            thread.join(timeout=30 if thread.name == "audits" else 10)
    finally:
        if door is not None:  # else the address is that of the process that was there first
            address_file(settings.state).unlink(missing_ok=True)
            console_file(settings.state).unlink(missing_ok=True)
        service.stop()
    return 0


def _start_watches(service: Service, audits: Audits, ended: Event) -> list[Thread]:
    """What is looked after beside the door; workers look after the archive where there are any."""
    workshop, settings = service.workshop, service.workshop.settings
    watches: list[tuple[str, Callable[[], None]]] = [("tray", partial(watch_tray, service, settings, ended))]
    if settings.work == "here":
        watches += [
            ("register", partial(watch_register, service, ended)),
            ("seals", partial(watch_seals, workshop, ended)),
            ("keeping", partial(watch_keeping, workshop, ended)),
            ("audits", partial(watch_audits, audits, settings.fixity_share, ended)),
        ]
    return [workshop.watches.start(name, watch, ended) for name, watch in watches]


def _open_screens(service: Service, audits: Audits) -> OpenConsole | None:
    """The web console; None where it is switched off or its port is taken: dossiers are taken anyway."""
    settings = service.workshop.settings
    console_file(settings.state).unlink(missing_ok=True)
    if not settings.console_host:
        return None
    try:
        screens = open_console(open_room(service, audits))
    except SettingRefused as e:
        log.error("the web console does not answer: %s", e)
        note_console(settings.state, trouble=str(e))
        return None
    note_console(settings.state, url=screens.url)
    return screens


def _open_door(service: Service, audits: Audits, stop: Callable[[], None]) -> uvicorn.Server:
    token, port = secrets.token_urlsafe(32), free_port()
    app = make_door(service, audits, token, stop)
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
    )
    Thread(target=server.run, daemon=True, name="door").start()
    address = address_file(service.workshop.settings.state)
    unfinished = address.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps({"url": f"http://127.0.0.1:{port}", "token": token}), "utf-8")
    unfinished.replace(address)
    return server
