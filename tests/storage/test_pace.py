"""A store that accepts connections and never replies, trickles or stops half-way, over real sockets."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from threading import Event, Thread

import pytest

from dossier.errors import NotInArchive, StoreUnreachable
from storage.breaker import CircuitBreaker
from storage.memory import MemoryArchive
from storage.pace import SLOWEST_BYTES_PER_SECOND, Pace
from storage.resting import LONG_SECONDS, RestingArchive
from storage.s3 import S3Archive, StoreSettings, open_client

PATIENCE = 0.3
HEAD = b"HTTP/1.1 200 OK\r\nETag: e\r\nContent-Length: 40\r\n\r\n"
Serve = Callable[[socket.socket, Event], None]


@pytest.fixture
def store_that() -> Iterator[Callable[[Serve], StoreSettings]]:
    ending, held = Event(), ExitStack()

    def listen(serve: Serve) -> StoreSettings:
        listening = held.enter_context(socket.create_server(("127.0.0.1", 0)))
        listening.settimeout(0.05)

        def accept() -> None:
            while not ending.is_set():
                with suppress(TimeoutError):
                    client, _ = listening.accept()
                    client.settimeout(5)
                    Thread(target=answer, args=(client,), daemon=True).start()

        def answer(client: socket.socket) -> None:
            with client, suppress(OSError):
                serve(client, ending)

        thread = Thread(target=accept)
        thread.start()
        held.callback(thread.join)
        host, port = listening.getsockname()
        settings = StoreSettings(f"{host}:{port}", "MAU", "MAU", secure=False)
        return replace(settings, patience_seconds=PATIENCE, reads_again=0)

    with held:
        yield listen
        ending.set()


def never_replies(client: socket.socket, ending: Event) -> None:
    client.recv(65_536)
    ending.wait(5)


def trickles(client: socket.socket, ending: Event) -> None:
    """Each byte comes well within the patience."""
    client.recv(65_536)
    for byte in HEAD * 20:
        client.sendall(bytes((byte,)))
        if ending.wait(PATIENCE / 6):
            return


def stops_after_its_head(client: socket.socket, ending: Event) -> None:
    client.recv(65_536)
    client.sendall(HEAD)
    ending.wait(5)


def trickles_a_body(client: socket.socket, ending: Event) -> None:
    client.recv(65_536)
    client.sendall(HEAD)
    trickles(client, ending)


@pytest.mark.parametrize("serve", [never_replies, trickles, stops_after_its_head, trickles_a_body])
def test_is_given_up(store_that: Callable[[Serve], StoreSettings], serve: Serve) -> None:
    archive = S3Archive(store_that(serve))
    began = time.monotonic()
    with pytest.raises(StoreUnreachable):
        archive.get("dossiers/a/manifest.json")
    # Whoever hangs, hangs for the five seconds of the servers above, or longer.
    assert time.monotonic() - began < 4.5


def test_a_large_file_over_a_line_slower_than_its_connecting(
    store_that: Callable[[Serve], StoreSettings],
) -> None:
    size = 8 << 20

    def reads_late(client: socket.socket, ending: Event) -> None:
        ending.wait(2.2)  # longer than connecting may take
        left = size
        while left > 0 and (block := client.recv(1 << 20)):
            left -= len(block)
        client.sendall(b"HTTP/1.1 200 OK\r\nETag: e\r\nContent-Length: 0\r\n\r\n")

    client = open_client(replace(store_that(reads_late), patience_seconds=20))
    put = client._put_object("sohoa-archive", "a", bytes(size), {"Content-Type": "application/pdf"})
    assert put.etag == "e"


def test_what_moves_may_take_as_long_as_it_needs_and_pauses_of_our_own_do_not_count() -> None:
    now = 0.0
    pace, limits = Pace(30, lambda: now), list[float]()

    def step(seconds: float, count: int) -> int:
        nonlocal now
        now += seconds
        return count

    for _ in range(100):
        pace.moved(limits.append, lambda: step(20, 20 * SLOWEST_BYTES_PER_SECOND))
        now += 1000
    assert set(limits) == {30}
    pace.begin()
    pace.moved(limits.append, lambda: step(20, 1))
    pace.moved(limits.append, lambda: step(10, 1))
    assert limits[-1] == pytest.approx(10, abs=0.01)
    pace.moved(limits.append, lambda: step(1, 1))
    with pytest.raises(TimeoutError):
        pace.moved(limits.append, lambda: step(1, 1))


class Silent(MemoryArchive):
    """An archive that lets its callers wait before it fails them."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.takes, self.asked = 0.0, 90.0, 0

    def get(self, key: str, version_id: str = "") -> bytes:
        """Raises StoreUnreachable while it takes any time."""
        self.asked += 1
        if self.takes:
            self.now += self.takes
            raise StoreUnreachable("store", "no byte")
        return super().get(key, version_id)


def test_whoever_comes_after_somebody_waited_in_vain_is_told_at_once() -> None:
    silent = Silent()
    breaker = CircuitBreaker(limit=1, rest_seconds=30, clock=lambda: silent.now)
    archive = RestingArchive(silent, MemoryArchive(), breaker, lambda: silent.now)

    def asked() -> int:
        with pytest.raises(StoreUnreachable):
            archive.get("a")
        return silent.asked

    # 1. The first one waits, those after it do not ask; later one at a time tries.
    assert [asked(), asked(), asked()] == [1, 1, 1]
    silent.now += 31
    assert [asked(), asked()] == [2, 2]
    # 2. A probe that passes ends the rest; that something is not there is an answer too.
    archive.probe()
    silent.takes = 0
    with pytest.raises(NotInArchive):
        archive.get("a")
    # 3. Who is refused at once has lost nothing: everybody may ask.
    silent.takes = LONG_SECONDS / 2
    assert [asked(), asked()] == [4, 5]
