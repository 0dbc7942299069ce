"""Scanners through eSCL (AirScan, Mopria): a small client over HTTP, no driver needed.

    GET ScannerCapabilities    what it can do
    POST ScanJobs              begins a feed; Location names the job
    GET <job>/NextDocument     the next side; 404 where there is none
    GET ScannerStatus          why
    DELETE <job>               ends it

A 404 alone never counts as the end: the scanner is asked whether the feeder is empty, or jammed, or open,
and whether it counted more sides than have arrived.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import httpx

from dossier.errors import (
    CoverOpen,
    FeederEmpty,
    PaperJam,
    ScannerBusy,
    ScannerError,
    ScannerLost,
    ScannerRefused,
)
from dossier.scanning import FedSide, PaperSource, ScannerDevice, ScanProfile
from scanners.delivery import DEFAULT_LIMITS
from scanners.escl_messages import (
    COLOUR_MODES,
    Capabilities,
    InputCaps,
    MessageUnusable,
    Status,
    read_capabilities,
    read_status,
    resolution_for,
    scan_settings,
)
from scanners.fed import fed_side

log = logging.getLogger(__name__)

_FEEDER_TROUBLE: Final[dict[str, type[ScannerError]]] = {
    "ScannerAdfJam": PaperJam,
    "ScannerAdfMispick": PaperJam,
    "ScannerAdfMultipickDetected": PaperJam,
    "ScannerAdfHatchOpen": CoverOpen,
    "ScannerAdfDoorOpen": CoverOpen,
    "ScannerAdfInputTrayFailed": ScannerLost,
    "ScannerAdfEmpty": FeederEmpty,
}
_LARGEST_MESSAGE: Final = 1 << 20
_NOT_YET: Final = 503
_REFUSED: Final = (400, 405, 415)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a scanner may take."""

    side_seconds: float = 120.0
    """For one side, from asking to its last byte."""
    answer_seconds: float = 10.0
    """For anything else."""
    pause_seconds: float = 0.5
    """Between two questions where it is not ready yet."""
    busy_tries: int = 6
    """How often a job is tried to begin while the scanner works for somebody else."""
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class EsclScanner:
    """One eSCL scanner."""

    name: str
    url: str
    """Where its resources lie, for example "http://192.168.1.20/eSCL"."""
    verify: bool = True
    """Whether the certificate of an https address has to be valid; most scanners make their own."""
    patience: Patience = field(default_factory=Patience)

    @property
    def device(self) -> ScannerDevice:
        """Which one; its model is asked for, and its trouble told."""
        address = f"escl:{self.url}"
        try:
            with self._client() as client:
                return ScannerDevice(self.name, address, _capabilities(self, client).model)
        except ScannerError as e:
            return ScannerDevice(self.name, address, "", type(e).__name__)

    def feed(self, profile: ScanProfile) -> Iterator[FedSide]:
        """Sides as they come out; see `dossier.ports.Scanner`."""
        with self._client() as client:
            capabilities = _capabilities(self, client)
            caps, resolution = _fitting(self.name, capabilities, profile)
            settings = scan_settings(profile, caps, capabilities.version, resolution)
            sides = 0
            while True:
                before = sides
                for data in _job(self, client, profile, settings):
                    yield fed_side(data, self.name, float(resolution))
                    sides += 1
                    if profile.source is PaperSource.GLASS:
                        return
                # Some devices end a job after a number of sheets while others still lie in the feeder.
                if sides == before or _status(self, client).feeder != "ScannerAdfLoaded":
                    break
            if not sides:
                raise FeederEmpty(self.name, "no side came out")

    def _client(self) -> httpx.Client:
        # Redirects and proxies have no place between this machine and a scanner in the same room.
        return httpx.Client(
            timeout=self.patience.answer_seconds,
            verify=self.verify,
            follow_redirects=False,
            trust_env=False,
        )


def _job(
    scanner: EsclScanner, client: httpx.Client, profile: ScanProfile, settings: bytes
) -> Iterator[bytes]:
    """The pictures of one job."""
    job = _begin(scanner, client, profile, settings)
    sides = 0
    try:
        while (data := _next_side(scanner, client, job, sides)) is not None:
            yield data
            sides += 1
    finally:
        with suppress(ScannerError):
            _ask(scanner, client, "DELETE", job)


def _fitting(name: str, capabilities: Capabilities, profile: ScanProfile) -> tuple[InputCaps, int]:
    """What serves the profile, and at which resolution. Raises ScannerRefused."""
    caps = capabilities.input_for(profile)
    if caps is None:
        lacking = "duplex feeder; scan fronts and backs in two passes" if profile.duplex else "such input"
        raise ScannerRefused(name, f"it has no {lacking}")
    if caps.colours and COLOUR_MODES[profile.colour] not in caps.colours:
        raise ScannerRefused(name, f"it does not scan in {profile.colour.value}")
    if caps.formats and "image/jpeg" not in caps.formats:
        raise ScannerRefused(name, "it does not deliver JPEG")
    resolution = resolution_for(profile.resolution_dpi, caps.resolutions)
    if resolution is None:
        raise ScannerRefused(name, f"it scans at most {max(caps.resolutions)} dpi")
    return caps, resolution


def _begin(scanner: EsclScanner, client: httpx.Client, profile: ScanProfile, settings: bytes) -> str:
    """Begin a job and return its path."""
    busy: ScannerError = ScannerBusy(scanner.name, "it does not take a job")
    for turn in range(scanner.patience.busy_tries):
        if turn:
            scanner.patience.sleep(scanner.patience.pause_seconds)
        reply = _ask(scanner, client, "POST", "ScanJobs", settings)
        if reply.status_code == httpx.codes.CREATED:
            path: str = urlsplit(reply.headers.get("Location", "")).path
            if not path.strip("/"):
                raise ScannerLost(scanner.name, "it began a job without telling where")
            return path
        if reply.status_code in _REFUSED:
            raise ScannerRefused(scanner.name, f"it answered {reply.status_code}")
        trouble = _trouble(scanner.name, _status(scanner, client), profile)
        if trouble is not None:
            raise trouble
        busy = ScannerBusy(scanner.name, f"it answered {reply.status_code}")
    raise busy


def _next_side(scanner: EsclScanner, client: httpx.Client, job: str, sides: int) -> bytes | None:
    """The next side's picture; None where the feed has ended as it should."""
    patience = scanner.patience
    turns = max(1, round(patience.side_seconds / max(patience.pause_seconds, 0.01)))
    for _ in range(turns):
        reply = _ask(scanner, client, "GET", job.rstrip("/") + "/NextDocument")
        if reply.status_code == httpx.codes.OK:
            return reply.content
        status = _status(scanner, client)
        kind = _FEEDER_TROUBLE.get(status.feeder)
        if kind is not None and kind is not FeederEmpty:
            raise kind(scanner.name, status.feeder)
        if reply.status_code in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
            _check_end(scanner.name, status, job, sides)
            return None
        if reply.status_code != _NOT_YET:
            raise ScannerLost(scanner.name, f"it answered {reply.status_code}")
        patience.sleep(patience.pause_seconds)
    raise ScannerLost(scanner.name, "no side for too long")


def _check_end(name: str, status: Status, job: str, sides: int) -> None:
    """Raise ScannerLost over a job that was aborted, or one whose sides have not all arrived."""
    told = status.job(job)
    if told is None:
        return
    if told.state in ("Aborted", "Canceled"):
        raise ScannerLost(name, f"the job was {told.state.lower()}")
    if told.images is not None and told.images > sides:
        raise ScannerLost(name, f"it counted {told.images} sides, {sides} arrived")


def _trouble(name: str, status: Status, profile: ScanProfile) -> ScannerError | None:
    """Why a scanner does not begin; None where it is only busy."""
    if profile.source is PaperSource.FEEDER and (kind := _FEEDER_TROUBLE.get(status.feeder)):
        return kind(name, status.feeder)
    if status.state in ("Stopped", "Down"):
        return ScannerLost(name, f"its state is {status.state}")
    return None


def _capabilities(scanner: EsclScanner, client: httpx.Client) -> Capabilities:
    reply = _ask(scanner, client, "GET", "ScannerCapabilities")
    try:
        return read_capabilities(_message(scanner.name, reply))
    except MessageUnusable as e:
        raise ScannerLost(scanner.name, f"it does not speak eSCL: {e}") from e


def _status(scanner: EsclScanner, client: httpx.Client) -> Status:
    reply = _ask(scanner, client, "GET", "ScannerStatus")
    try:
        return read_status(_message(scanner.name, reply))
    except MessageUnusable as e:
        raise ScannerLost(scanner.name, f"its status cannot be read: {e}") from e


def _message(name: str, reply: httpx.Response) -> bytes:
    if reply.status_code == _NOT_YET:
        raise ScannerBusy(name, "it answered 503")
    if reply.status_code != httpx.codes.OK:
        raise ScannerLost(name, f"it answered {reply.status_code}")
    return reply.content[:_LARGEST_MESSAGE]


def _ask(
    scanner: EsclScanner, client: httpx.Client, method: str, path: str, body: bytes = b""
) -> httpx.Response:
    """One exchange, bounded in size and time. Raises ScannerLost."""
    is_side = path.endswith("/NextDocument")
    seconds = scanner.patience.side_seconds if is_side else scanner.patience.answer_seconds
    headers = {"Content-Type": "text/xml"} if body else {}
    parts = urlsplit(scanner.url)
    full = path if path.startswith("/") else f"{parts.path.rstrip('/')}/{path}"
    url = f"{parts.scheme}://{parts.netloc}{full}"
    limit = DEFAULT_LIMITS.size_bytes if is_side else _LARGEST_MESSAGE
    try:
        with client.stream(method, url, content=body, headers=headers, timeout=seconds) as reply:
            pieces, size = [], 0
            for piece in reply.iter_bytes():
                size += len(piece)
                if size > limit:
                    raise ScannerLost(scanner.name, f"it sent more than {limit} bytes")
                pieces.append(piece)
            return httpx.Response(reply.status_code, headers=_plain(reply), content=b"".join(pieces))
    except (httpx.HTTPError, httpx.InvalidURL) as e:
        raise ScannerLost(scanner.name, f"{type(e).__name__}: {e}" if str(e) else type(e).__name__) from e


def _plain(reply: httpx.Response) -> dict[str, str]:
    """Headers that still hold once the body has been taken out of its transport encoding."""
    return {"Location": reply.headers["Location"]} if "Location" in reply.headers else {}
