"""Pools that nobody deployed keep nobody from looking after the others."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from dossier.errors import ServiceUnreachable
from flows.orphans import end_orphans


class Prefect(BaseHTTPRequestHandler):
    """Answers as Prefect 3.8.8 does: about no pool with 404, about a forbidden one with 403, else nothing."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status = 404 if "/no-such-pool/" in self.path else 403 if "/forbidden/" in self.path else 200
        body = json.dumps([] if status == 200 else {"detail": "Work pool not found."}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def prefect() -> Iterator[None]:
    here = ThreadingHTTPServer(("127.0.0.1", 0), Prefect)
    thread = threading.Thread(target=here.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{here.server_port}/api"}):
        yield
    here.shutdown()
    thread.join()
    here.server_close()


@pytest.mark.usefixtures("prefect")
def test_a_pool_that_is_not_there_has_no_orphans_and_any_other_trouble_is_told() -> None:
    assert end_orphans(["no-such-pool", "counter"]) == 0
    with pytest.raises(ServiceUnreachable, match="403"):
        end_orphans(["no-such-pool", "forbidden"])
