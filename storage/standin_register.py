"""A register that stands in for the national one: both protocols over real HTTP, on loopback only.

For tests, the demo and clerks' training. It keeps the people of a CSV file, checks the order of elements as
the exchange does, and misbehaves on demand (`Fault`). Run it with
`python -m storage.standin_register --csv FILE --port P [--protocol soap|rest] [--fault NAME]`.
"""

from __future__ import annotations

import argparse
import hmac
import json
import ssl
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Final

from dossier.text import nfc, same_name
from storage.dialogue import LOOK_UP, VERIFY
from storage.register import read_people
from storage.register_reply import Element, ReplyUnusable, parse_json, parse_xml
from storage.standin_replies import BOMB, Answer, Person, soap_fault, write_json, write_xml

_ORDER: Final = (
    *("mayeucau", "madvc", "matichhop", "macanbo", "madonvi"),
    *("sodinhdanh", "socmnd", "hovaten", "ngaythangnamsinh"),
)
_NEEDED: Final = ("mayeucau", "madvc", "matichhop", "macanbo", "hovaten")


class Fault(StrEnum):
    """How the stand-in misbehaves, for one question each."""

    NONE = "none"
    SLOW = "slow"
    """Answers only when released: later than anybody waits."""
    TRICKLE = "trickle"
    """Sends a byte at a time, without end."""
    HEAD_TRICKLE = "head_trickle"
    """Does so before the head of its reply is over."""
    DOWN = "down"
    """Hangs up without a word."""
    BUSY = "busy"
    """Status 503."""
    WRONG = "wrong"
    """Says no where it knows the person, and yes where it does not."""
    TWICE = "twice"
    """The same answer two times in one reply."""
    TWICE_DIFFERENT = "twice_different"
    """Two answers in one reply that differ."""
    OTHER_PERSON = "other_person"
    """An answer about somebody else."""
    LATE = "late"
    """The answer to the question before."""
    NO_ECHO = "no_echo"
    """A yes or no that names neither the request nor the person."""
    REORDERED = "reordered"
    """Elements in the opposite order, under other prefixes."""
    EMPTY = "empty"
    """An empty reply."""
    NOTHING = "nothing"
    """No bytes at all."""
    GARBAGE = "garbage"
    """A web page instead of an answer."""
    CUT_OFF = "cut_off"
    """Half a reply."""
    BOMB = "bomb"
    """A document type whose entities grow without end, or JSON nested without end."""
    ENDLESS = "endless"
    """More bytes than any reply has."""
    REFUSED = "refused"
    """A SOAP fault that repeats the person's data, or status 400."""


class StandInRegister:
    """The people, what is asked, and how to misbehave next; shared by all connections."""

    def __init__(
        self, csv_file: Path, token: str = "", fault: Fault = Fault.NONE, tls: ssl.SSLContext | None = None
    ) -> None:
        self.people = {row[0]: Person(*row) for row in read_people(csv_file)}
        self.token = token
        self.fault = fault
        """What happens where `faults` is empty."""
        self.faults: deque[Fault] = deque()
        """What happens to the next questions, one entry each."""
        self.released = Event()
        """Lets slow answers go."""
        self.asked: list[tuple[str, str]] = []
        """Operation and request code of every question, in order."""
        self._lock = Lock()
        self._server: ThreadingHTTPServer | None = None
        self._port = 0
        self._tls = tls

    @property
    def url(self) -> str:
        """Its address; the path tells the protocol."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._port}"

    def start(self, port: int = 0) -> None:
        """Listen on a port of loopback, a free one where none is named, the same one after a stop."""
        stand_in = self

        class Handler(_Handler):
            register = stand_in

        self.released.clear()
        self._server = ThreadingHTTPServer(("127.0.0.1", port or self._port), Handler)
        self._server.daemon_threads = True
        if self._tls is not None:
            self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
        self._port = int(self._server.server_address[1])
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True, name="stand-in").start()

    def stop(self) -> None:
        """Stop listening: the register is down."""
        self.released.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> StandInRegister:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def next_fault(self) -> Fault:
        """How to misbehave now."""
        with self._lock:
            return self.faults.popleft() if self.faults else self.fault

    def answer(self, operation: str, question: Element, fault: Fault) -> Answer:
        """What to say to a question."""
        request = question.child_text("mayeucau")
        with self._lock:
            previous = self.asked[-1][1] if self.asked else "SHKHONGCO"
            self.asked.append((operation, request))
        person = self._find(question)
        if fault is Fault.WRONG:
            person = None if person else Person(_number(question), "TÊN SAI MẪU", "1900-01-01", "", "")
        if fault is Fault.OTHER_PERSON:
            person = next(p for p in self.people.values() if p.personal_number != _number(question))
        if operation == VERIFY and person and fault not in (Fault.WRONG, Fault.OTHER_PERSON):
            person = person if _born_fits(question, person) else None
        if fault is Fault.EMPTY:
            person = None
        return Answer(
            operation=operation,
            request=previous if fault is Fault.LATE else "" if fault is Fault.NO_ECHO else request,
            person=person,
            names_person=fault is Fault.OTHER_PERSON,
            is_empty=fault is Fault.EMPTY,
            second={Fault.TWICE: "same", Fault.TWICE_DIFFERENT: "other"}.get(fault, ""),
            is_reordered=fault is Fault.REORDERED,
        )

    def _find(self, question: Element) -> Person | None:
        person = self.people.get(_number(question))
        name = question.child_text("hovaten")
        return person if person and same_name(person.full_name, nfc(name)) else None


class _Handler(BaseHTTPRequestHandler):
    register: StandInRegister

    def do_GET(self) -> None:
        """Somebody looks whether it is there."""
        fault = self.register.fault
        if fault is Fault.DOWN:
            self.close_connection = True
            return
        self._send(503 if fault is Fault.BUSY else 200, b"", "text/plain")

    def do_POST(self) -> None:
        """A question."""
        data = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        fault = self.register.next_fault()
        with suppress(OSError):  # whoever no longer listens needs no answer
            self._respond(data, fault)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: questions name people."""

    def _respond(self, data: bytes, fault: Fault) -> None:
        is_soap = not self.path.rstrip("/").endswith((VERIFY, LOOK_UP))
        token = self.register.token
        if token and not hmac.compare_digest(self.headers.get("Authorization", ""), f"Bearer {token}"):
            return self._send(401, b"", "text/plain")
        if fault is Fault.DOWN:
            self.close_connection = True
            return None
        if fault is Fault.SLOW:
            self.register.released.wait()
        if fault in (Fault.TRICKLE, Fault.HEAD_TRICKLE):
            return self._trickle(fault)
        if fault in _RAW:
            status, body = _raw(fault, is_soap, data)
            return self._send(status, body, "text/html")
        try:
            operation, question = _read(data, is_soap, self.path)
        except (ReplyUnusable, IndexError) as e:
            body = soap_fault(str(e)) if is_soap else json.dumps({"error": str(e)}).encode()
            return self._send(500 if is_soap else 400, body, "text/xml")
        answer = self.register.answer(operation, question, fault)
        body = write_xml(answer) if is_soap else write_json(answer)
        if fault is Fault.CUT_OFF:
            body = body[: len(body) // 2]
        return self._send(200, body, "text/xml" if is_soap else "application/json")

    def _trickle(self, fault: Fault) -> None:
        head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n"
        self.wfile.write(
            f"{head}X-Slow: ".encode() if fault is Fault.HEAD_TRICKLE else f"{head}\r\n".encode()
        )
        while not self.register.released.wait(0.01):
            self.wfile.write(b"x")
            self.wfile.flush()

    def _send(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


_RAW: Final = frozenset({Fault.BUSY, Fault.NOTHING, Fault.GARBAGE, Fault.BOMB, Fault.ENDLESS, Fault.REFUSED})


def _raw(fault: Fault, is_soap: bool, data: bytes) -> tuple[int, bytes]:
    """Replies that do not depend on who is asked about."""
    replies = {
        Fault.BUSY: (503, b""),
        Fault.NOTHING: (200, b""),
        Fault.GARBAGE: (200, "<html><body>Hệ thống đang bảo trì</body></html>".encode()),
        Fault.BOMB: (200, BOMB if is_soap else b'{"a":' * 100_000),
        Fault.ENDLESS: (200, b" " * 3_000_000),
        Fault.REFUSED: (500, soap_fault(data.decode("utf-8", "replace"))) if is_soap else (400, data),
    }
    return replies[fault]


def _read(data: bytes, is_soap: bool, path: str) -> tuple[str, Element]:
    """Operation and question. Raises ReplyUnusable for a wrong order or a missing element."""
    if is_soap:
        question = next(c for c in parse_xml(data).children if c.name == "body").children[0]
        operation = {VERIFY.lower(): VERIFY, LOOK_UP.lower(): LOOK_UP}.get(question.name, "")
    else:
        question, operation = parse_json(data), path.rstrip("/").rpartition("/")[2]
    names = [child.name for child in question.children]
    if not operation or [n for n in _ORDER if n in names] != names:
        raise ReplyUnusable("elements are unknown or not in order")
    if any(not question.child_text(name) for name in _NEEDED) or not _number(question):
        raise ReplyUnusable("an element is missing")
    name = question.child_text("hovaten")
    if name != name.upper():
        raise ReplyUnusable("the name is not in capitals")
    return operation, question


def _number(question: Element) -> str:
    return question.child_text("sodinhdanh") or question.child_text("socmnd")


def _born_fits(question: Element, person: Person) -> bool:
    day = question.child_text("ngaythangnamsinh", "ngaythangnam")
    year = question.child_text("ngaythangnamsinh", "nam") or day[:4]
    born = person.date_of_birth.replace("-", "")
    return not born or not year or (day.startswith(born) if day else born[:4] == year)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until the standard input ends or a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m storage.standin_register", description=__doc__)
    parser.add_argument("--csv", type=Path, required=True, help="people, as the embedded register reads them")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 for a free one")
    parser.add_argument(
        "--protocol", choices=("soap", "rest"), default="soap", help="for the printed address"
    )
    parser.add_argument("--fault", type=Fault, choices=list(Fault), default=Fault.NONE)
    parser.add_argument("--token-file", type=Path, help="file with the bearer token that is asked for")
    chosen = parser.parse_args(arguments)
    token = chosen.token_file.read_text("utf-8").strip() if chosen.token_file else ""
    register = StandInRegister(chosen.csv, token, chosen.fault)
    register.start(chosen.port)
    print(f"{register.url}/{chosen.protocol}", flush=True)
    with suppress(KeyboardInterrupt):
        Event().wait()
    register.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
