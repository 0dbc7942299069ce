"""The line of the fault suite does to requests what it is told, once or until it is lifted."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flows.chaos_wire import Line, LineFault, lift


class Counting(BaseHTTPRequestHandler):
    """Counts what reaches it."""

    protocol_version = "HTTP/1.1"
    reached: list[bytes]

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.reached.append(body)
        self.send_response(200)
        self.send_header("Content-Length", "1")
        self.end_headers()
        self.wfile.write(b"%d" % len(self.reached))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    Counting.reached = []
    here = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    thread = threading.Thread(target=here.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield here
    here.shutdown()
    thread.join()
    here.server_close()


@pytest.fixture
def line(server: ThreadingHTTPServer, tmp_path: Path) -> Iterator[Line]:
    with Line(lambda: ("127.0.0.1", server.server_port), tmp_path / "told", 0.01) as here:
        yield here


def put(line: Line) -> bytes:
    connection = HTTPConnection(line.address, timeout=10)
    try:
        connection.request("PUT", "/", b"giay")
        return connection.getresponse().read()
    finally:
        connection.close()


def test_a_whole_line_passes_everything(line: Line) -> None:
    assert (put(line), put(line)) == (b"1", b"2")
    assert Counting.reached == [b"giay", b"giay"]


def test_a_line_that_fails_says_so_and_passes_nothing_on(line: Line, tmp_path: Path) -> None:
    (tmp_path / "told").write_text(LineFault.FAILS, "ascii")
    assert (put(line), put(line)) == (b"", b"")
    assert Counting.reached == []
    lift(tmp_path / "told")
    assert put(line) == b"1"


def test_a_cut_line_stays_cut_until_it_is_lifted(line: Line, tmp_path: Path) -> None:
    (tmp_path / "told").write_text(LineFault.CUT, "ascii")
    for _ in range(2):
        with pytest.raises(ConnectionError):
            put(line)
    assert Counting.reached == []
    lift(tmp_path / "told")
    assert put(line) == b"1"


def test_a_silent_line_takes_requests_and_does_nothing(line: Line, tmp_path: Path) -> None:
    (tmp_path / "told").write_text(LineFault.SILENT, "ascii")
    with asked(line) as client:
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)
    assert Counting.reached == []


@pytest.mark.parametrize("fault", [LineFault.TRICKLES, LineFault.STOPS])
def test_a_line_that_stops_half_way_has_done_it_and_is_whole_when_lifted(
    server: ThreadingHTTPServer, tmp_path: Path, fault: LineFault
) -> None:
    (tmp_path / "told").write_text(fault, "ascii")
    with Line(lambda: ("127.0.0.1", server.server_port), tmp_path / "told", 4.0) as slow:
        with asked(slow) as client:
            assert client.recv(1) == b"H"
            assert Counting.reached == [b"giay"]
        lift(tmp_path / "told")
        assert put(slow) == b"2"


def asked(line: Line) -> socket.socket:
    host, port = line.address.split(":")
    client = socket.create_connection((host, int(port)), timeout=30)
    client.sendall(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\ngiay")
    return client


@pytest.mark.parametrize(
    ("fault", "reached", "heard"),
    [
        (LineFault.BLINK, 0, None),
        (LineFault.REPLY_LOST, 1, None),
        (LineFault.REPLY_LATE, 1, b"1"),
        (LineFault.REQUEST_DOUBLED, 2, b"2"),
        (LineFault.REPLY_DOUBLED, 1, b"1"),
    ],
)
def test_what_holds_for_one_request_is_over_with_it(
    line: Line, tmp_path: Path, fault: LineFault, reached: int, heard: bytes | None
) -> None:
    (tmp_path / "told").write_text(fault, "ascii")
    if heard is None:
        with pytest.raises(ConnectionError):
            put(line)
    else:
        assert put(line) == heard
    assert len(Counting.reached) == reached
    assert put(line) == b"%d" % (reached + 1)
