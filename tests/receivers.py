"""A subscriber of events on loopback that answers as a test wants: well, late, badly, or not to the end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

Answers = Callable[[int], str]
"""What to do with the n-th call, from 0: "200", "500", "302", "slow", "cut" (dies within the reply)."""


class Receiver:
    """What came, in its order."""

    def __init__(self, answers: Answers, port: int = 0) -> None:
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.let_go = Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                number = len(receiver.calls)
                receiver.calls.append(({k.lower(): v for k, v in self.headers.items()}, body))
                answer = answers(number)
                if answer == "slow":
                    receiver.let_go.wait(20)
                elif answer == "cut":
                    self.wfile.write(b"HTTP/1.1 20")
                    self.wfile.flush()
                    self.connection.close()
                else:
                    self.send_response(int(answer))
                    if answer == "302":
                        self.send_header("location", f"http://127.0.0.1:{receiver.port}/elsewhere")
                    self.send_header("content-length", "0")
                    self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Tests are quiet."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_: Any) -> None:
                """A caller that went away is what some tests want."""

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/events"
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.calls]

    @property
    def told(self) -> list[tuple[str, int]]:
        """Dossier and version of every call, as said in the bodies."""
        bodies = [json.loads(body)["data"] for _, body in self.calls]
        return [(said.get("dossier", ""), said.get("version", 0)) for said in bodies]

    def close(self) -> None:
        self.let_go.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


@contextmanager
def receiver(*answers: str, port: int = 0) -> Iterator[Receiver]:
    """One that answers its first calls like this and every later one like the last."""
    here = Receiver(lambda n: answers[min(n, len(answers) - 1)] if answers else "200", port)
    try:
        yield here
    finally:
        here.close()


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Until it holds; a test that waits in vain fails."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
