"""An eSCL scanner on loopback, for tests, the demo and clerks' training: real HTTP, real pages, real faults.

    python -m scanners.standin_escl --folder PAGES [--port P] [--fault jam@3,unplug@5] [--duplex]

It feeds the pictures of a folder by name. A fault happens once, before the side it names; ending the job, or
trying again, stands for the person who clears it. Debian's sane-airscan scans from it as our own client does.
"""

from __future__ import annotations

import argparse
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from time import sleep
from typing import Final

from dossier.scanning import FedSide
from scanners.delivery import DEFAULT_LIMITS
from scanners.escl_messages import PWG, SCAN, UNITS_PER_INCH
from scanners.fed import fed_side
from scanners.files import open_file, read_pages
from scanners.pictures import prove
from scanners.simulated import Fault, read_faults, stack_of

_JOB: Final = re.compile(r"/eSCL/ScanJobs/([0-9a-f-]{36})(/NextDocument)?")
_BUSY_ANSWERS: Final = 2
"""How often a busy scanner refuses a job before it takes it."""
_INSIDE: Final = ("jam", "cover")
"""Trouble while sheets move."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers."""

    code: int
    body: bytes = b""
    media_type: str = "text/xml"
    location: str = ""
    cut: bool = False
    """Whether the line goes dead after half of the body."""


class Mechanics:
    """What goes on inside: a stack of sides, one job at a time, trouble."""

    def __init__(
        self, sides: Sequence[FedSide], faults: Sequence[Fault] = (), *, duplex: bool = False
    ) -> None:
        """Put a stack into the feeder."""
        self._lock = Lock()
        self._sides, self._faults, self._duplex = tuple(sides), list(faults), duplex
        self._fed = self._begun_at = 0
        self._job, self._job_state = "", "Completed"
        self._trouble = ""
        self._refusals = 0
        self.open_cover_word = "ScannerAdfHatchOpen"
        """As the specification has it; sane-airscan 0.99.27 knows only "ScannerAdfDoorOpen"."""
        self.sheet_seconds = 0.0
        """How long the feeder pulls before a side, or the lack of one, is known."""

    def capabilities(self) -> Reply:
        """ScannerCapabilities."""
        return Reply(200, _capabilities(self._sides, duplex=self._duplex))

    def status(self) -> Reply:
        """ScannerStatus."""
        with self._lock:
            feeder = self._feeder()
            state = "Processing" if self._job_state == "Processing" or self._refusals else "Idle"
            job = _job_info(self._job, self._job_state, self._fed - self._begun_at) if self._job else ""
            return Reply(200, _status(state, feeder, job))

    def begin(self) -> Reply:
        """POST ScanJobs."""
        with self._lock:
            if self._next_fault("busy"):
                self._refusals = _BUSY_ANSWERS
            if self._refusals:
                self._refusals -= 1
                return Reply(503)
            if self._trouble:  # met before; the end of its job may still be on its way
                self._trouble = ""
            elif self._next_fault("empty"):
                self._trouble = "empty"
            if self._trouble or self._fed >= len(self._sides):
                return Reply(409)
            self._job, self._job_state, self._begun_at = str(uuid.uuid4()), "Processing", self._fed
            return Reply(201, location=f"/eSCL/ScanJobs/{self._job}")

    def next_side(self, job: str) -> Reply:
        """GET NextDocument."""
        sleep(self.sheet_seconds)
        with self._lock:
            if job != self._job or self._job_state != "Processing" or self._trouble:
                return Reply(404)
            for kind in _INSIDE:
                if self._next_fault(kind):
                    self._trouble, self._job_state = kind, "Aborted"
                    return Reply(404)
            if self._fed >= len(self._sides):
                self._job_state = "Completed"
                return Reply(404)
            side = self._sides[self._fed]
            if self._next_fault("unplug"):
                return Reply(200, side.picture, side.media_type, cut=True)
            self._fed += 1
            return Reply(200, side.picture, side.media_type)

    def end(self, job: str) -> Reply:
        """DELETE a job: somebody has looked after the scanner."""
        with self._lock:
            if job == self._job:
                self._trouble = ""
                self._job_state = "Completed" if self._job_state == "Processing" else self._job_state
            return Reply(200)

    def _feeder(self) -> str:
        if self._trouble == "jam":
            return "ScannerAdfJam"
        if self._trouble == "cover":
            return self.open_cover_word
        is_empty = self._trouble == "empty" or self._fed >= len(self._sides)
        return "ScannerAdfEmpty" if is_empty else "ScannerAdfLoaded"

    def _next_fault(self, kind: str) -> bool:
        """Whether trouble of this kind waits before the next side; it is met once."""
        fault = Fault(kind, self._fed + 1)
        if fault not in self._faults:
            return False
        self._faults.remove(fault)
        return True


class StandInScanner:
    """The server, running while the context is open."""

    def __init__(self, mechanics: Mechanics, port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one."""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(mechanics))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/eSCL"

    def __enter__(self) -> StandInScanner:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def serve(self) -> None:
        """Answer until interrupted."""
        self._server.serve_forever()


def sides_of(folder: Path) -> tuple[FedSide, ...]:
    """The JPEG sides of a folder, in the order of a feeder. Raises SourceError, ScannerLost."""
    pages = (page for path in stack_of(folder) for page in read_pages(open_file(path)))
    return tuple(fed_side(page.picture, str(folder), page.dpi) for page in pages)


def _handler(mechanics: Mechanics) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            job = _JOB.fullmatch(self.path)
            if self.path == "/eSCL/ScannerCapabilities":
                self._answer(mechanics.capabilities())
            elif self.path == "/eSCL/ScannerStatus":
                self._answer(mechanics.status())
            elif job and job[2]:
                self._answer(mechanics.next_side(job[1]))
            else:
                self._answer(Reply(404))

        def do_POST(self) -> None:
            self._read_body()
            self._answer(mechanics.begin() if self.path == "/eSCL/ScanJobs" else Reply(404))

        def do_DELETE(self) -> None:
            job = _JOB.fullmatch(self.path)
            self._answer(mechanics.end(job[1]) if job else Reply(404))

        def log_message(self, format: str, *args: object) -> None:
            """Silence: tests and training have no use for an access log."""

        def _read_body(self) -> None:
            """All of it, so that the connection can be used again."""
            if "chunked" in self.headers.get("Transfer-Encoding", ""):
                while (size := int(self.rfile.readline().split(b";")[0], 16)) > 0:
                    self.rfile.read(size + 2)
                self.rfile.readline()
            else:
                self.rfile.read(int(self.headers.get("Content-Length", "0")))

        def _answer(self, reply: Reply) -> None:
            self.send_response(reply.code)
            self.send_header("Content-Type", reply.media_type)
            self.send_header("Content-Length", str(len(reply.body)))
            if reply.location:
                self.send_header("Location", reply.location)
            self.end_headers()
            if reply.cut:
                self.wfile.write(reply.body[: len(reply.body) // 2])
                self.wfile.flush()
                self.close_connection = True
                return
            self.wfile.write(reply.body)

    return Handler


def _capabilities(sides: Sequence[FedSide], *, duplex: bool) -> bytes:
    sizes = [(prove(s.picture, s.media_type, "side", DEFAULT_LIMITS), s.dpi) for s in sides]
    width = max((round(p.width * UNITS_PER_INCH / dpi) for p, dpi in sizes), default=2480)
    height = max((round(p.height * UNITS_PER_INCH / dpi) for p, dpi in sizes), default=3508)
    dpi = round(sizes[0][1]) if sizes else 300
    caps = _input_caps(width, height, dpi)
    both = f"<scan:AdfDuplexInputCaps>{caps}</scan:AdfDuplexInputCaps>" if duplex else ""
    options = "<scan:AdfOption>DetectPaperLoaded</scan:AdfOption>"
    options += "<scan:AdfOption>Duplex</scan:AdfOption>" if duplex else ""
    return _document(
        "ScannerCapabilities",
        "<pwg:Version>2.63</pwg:Version><pwg:MakeAndModel>So Hoa Stand-in</pwg:MakeAndModel>"
        "<pwg:SerialNumber>MAU0001</pwg:SerialNumber>"
        "<scan:UUID>00000000-0000-4000-8000-00000050484f</scan:UUID>"
        f"<scan:Platen><scan:PlatenInputCaps>{caps}</scan:PlatenInputCaps></scan:Platen>"
        f"<scan:Adf><scan:AdfSimplexInputCaps>{caps}</scan:AdfSimplexInputCaps>{both}"
        f"<scan:FeederCapacity>100</scan:FeederCapacity><scan:AdfOptions>{options}</scan:AdfOptions></scan:Adf>",
    )


def _input_caps(width: int, height: int, dpi: int) -> str:
    return (
        "<scan:MinWidth>16</scan:MinWidth><scan:MinHeight>16</scan:MinHeight>"
        f"<scan:MaxWidth>{width}</scan:MaxWidth><scan:MaxHeight>{height}</scan:MaxHeight>"
        "<scan:MaxScanRegions>1</scan:MaxScanRegions><scan:SettingProfiles><scan:SettingProfile>"
        "<scan:ColorModes><scan:ColorMode>Grayscale8</scan:ColorMode><scan:ColorMode>RGB24</scan:ColorMode>"
        "</scan:ColorModes><scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>"
        "<scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:DocumentFormats>"
        "<scan:SupportedResolutions><scan:DiscreteResolutions><scan:DiscreteResolution>"
        f"<scan:XResolution>{dpi}</scan:XResolution><scan:YResolution>{dpi}</scan:YResolution>"
        "</scan:DiscreteResolution></scan:DiscreteResolutions></scan:SupportedResolutions>"
        "</scan:SettingProfile></scan:SettingProfiles><scan:SupportedIntents><scan:Intent>Document"
        "</scan:Intent></scan:SupportedIntents>"
    )


def _status(state: str, feeder: str, job: str) -> bytes:
    return _document(
        "ScannerStatus",
        f"<pwg:Version>2.63</pwg:Version><pwg:State>{state}</pwg:State>"
        f"<scan:AdfState>{feeder}</scan:AdfState><scan:Jobs>{job}</scan:Jobs>",
    )


def _job_info(job: str, state: str, images: int) -> str:
    return (
        f"<scan:JobInfo><pwg:JobUri>/eSCL/ScanJobs/{job}</pwg:JobUri><pwg:JobUuid>{job}</pwg:JobUuid>"
        f"<scan:Age>1</scan:Age><pwg:ImagesCompleted>{images}</pwg:ImagesCompleted>"
        f"<pwg:JobState>{state}</pwg:JobState></scan:JobInfo>"
    )


def _document(name: str, content: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}<scan:{name} xmlns:scan="{SCAN}" xmlns:pwg="{PWG}">{content}</scan:{name}>'.encode()


def main() -> None:
    """Serve a folder until interrupted."""
    parser = argparse.ArgumentParser(description="An eSCL scanner on loopback.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--fault", default="")
    parser.add_argument("--duplex", action="store_true")
    asked = parser.parse_args()
    mechanics = Mechanics(sides_of(asked.folder), read_faults(asked.fault), duplex=asked.duplex)
    server = StandInScanner(mechanics, asked.port)
    print(server.url, flush=True)
    server.serve()


if __name__ == "__main__":
    main()
