"""A time stamping service that trickles costs a minute, not the whole day."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

import pytest

from dossier.errors import TimestampUnavailable
from pipeline.data_stamp import stamp_data
from pipeline.seal_raise import SealServices


def test_a_stamp_that_trickles_is_given_up() -> None:
    ending = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def trickle() -> None:
            client, _ = listening.accept()
            with client, suppress(OSError):
                client.recv(65_536)
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\n")
                while not ending.wait(0.02):
                    client.sendall(b"X-Slow: 1\r\n"[:1])

        serving = threading.Thread(target=trickle)
        serving.start()
        began = time.monotonic()
        try:
            services = SealServices(f"http://127.0.0.1:{listening.getsockname()[1]}/", (), seconds=0.1)
            with pytest.raises(TimestampUnavailable):
                stamp_data(b"MAU", services)
            assert time.monotonic() - began < 30, "whoever waits for the reply's end waits for ever"
        finally:
            ending.set()
            serving.join()
    for thread in threading.enumerate():
        if thread.name == "sealing":
            thread.join(10)
