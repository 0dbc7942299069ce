"""Opening the console: where it listens, with which certificate, and what is refused before it does."""

from __future__ import annotations

import ipaddress
import json
import logging
import socket
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Final

import uvicorn

from console.web.app import make_console
from console.web.room import Room
from dossier.errors import SettingRefused
from flows.settings import Settings

log = logging.getLogger(__name__)

_KEPT_OPEN_SECONDS: Final = 15
_AT_ONCE: Final = 500
"""Connections; a browser opens up to six."""
_LAST_WORDS_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class OpenConsole:
    """A console that answers."""

    url: str
    server: uvicorn.Server
    thread: Thread
    room: Room

    def close(self) -> None:
        """Answer what is being answered, then end."""
        self.server.should_exit = True
        self.thread.join(timeout=_LAST_WORDS_SECONDS * 2)
        self.room.close()


def check_console(settings: Settings) -> None:
    """Refuse what would show people's papers to the network. Raises SettingRefused, naming the setting."""
    certificate, key = settings.console_certificate_file, settings.console_key_file
    if (certificate is None) != (key is None):
        missing = "CERTIFICATE" if certificate is None else "KEY"
        raise SettingRefused(f"SOHOA_CONSOLE_{missing}_FILE", "the certificate and its key go together")
    for name, file in (("CERTIFICATE", certificate), ("KEY", key)):
        if file is not None and not file.is_file():
            raise SettingRefused(f"SOHOA_CONSOLE_{name}_FILE", f"{file.name} is not there")
    if settings.console_host and not settings.console_is_secure and not _is_loopback(settings.console_host):
        raise SettingRefused(
            "SOHOA_CONSOLE_HOST",
            "beyond this machine the console asks for SOHOA_CONSOLE_CERTIFICATE_FILE and "
            "SOHOA_CONSOLE_KEY_FILE, or for SOHOA_CONSOLE_PROXY where TLS ends before it",
        )


def open_console(room: Room) -> OpenConsole:
    """Listen, and answer from a thread of its own.

    Raises SettingRefused where the port is taken or the address is none of this machine's.
    """
    settings = room.settings
    check_console(settings)
    listening = _listen(settings)
    server = uvicorn.Server(
        uvicorn.Config(
            make_console(room),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.console_proxy),
            forwarded_allow_ips=settings.console_proxy or None,
            ssl_certfile=settings.console_certificate_file,
            ssl_keyfile=settings.console_key_file,
            timeout_keep_alive=_KEPT_OPEN_SECONDS,
            timeout_graceful_shutdown=_LAST_WORDS_SECONDS,
            limit_concurrency=_AT_ONCE,
        )
    )
    thread = Thread(target=server.run, args=([listening],), daemon=True, name="console")
    thread.start()
    url = _url(settings, listening.getsockname()[1])
    log.info("the console answers at %s", url)
    room.arrivals.go_on()
    room.integration.go_on()
    return OpenConsole(url, server, thread, room)


def console_file(state: Path) -> Path:
    """Where the resident process writes the console's address, or why there is none."""
    return state / "run" / "console.json"


def note_console(state: Path, *, url: str = "", trouble: str = "") -> None:
    """Write down where the console answers, or what stands against it."""
    file = console_file(state)
    unfinished = file.with_suffix(".new")
    unfinished.write_text(json.dumps({"url": url, "trouble": trouble}), "utf-8")
    unfinished.replace(file)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.console_host else socket.AF_INET
    try:
        return socket.create_server((settings.console_host, settings.console_port), family=family)
    except OSError as e:
        named = "SOHOA_CONSOLE_HOST" if isinstance(e, socket.gaierror) else "SOHOA_CONSOLE_PORT"
        raise SettingRefused(named, f"{settings.console_host}:{settings.console_port}: {e.strerror}") from e


def _url(settings: Settings, port: int) -> str:
    host = settings.console_names[0] if settings.console_names else settings.console_host
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound to
        host = "127.0.0.1"
    shown = f"[{host}]" if ":" in host else host
    scheme = "https" if settings.console_certificate_file is not None else "http"
    return f"{scheme}://{shown}:{port}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
