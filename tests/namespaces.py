"""Machines of a province on one machine: network namespaces, each on a cable that a test may pull."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread


def are_allowed() -> bool:
    """Whether this process may make network namespaces."""
    name = f"sohoa-ask-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False)
    if made.returncode == 0:
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
    return made.returncode == 0


@dataclass(frozen=True)
class Machine:
    """A namespace with one cable to this one."""

    name: str
    cable: str
    """Our end of the cable."""
    net: str
    """First three numbers of the cable's network."""

    @property
    def server(self) -> str:
        """Our address, as the machine knows it."""
        return f"{self.net}.1"

    def connect(self) -> None:
        """Make the namespace and its cable."""
        far = f"{self.cable}f"
        for command in (
            f"ip netns add {self.name}",
            f"ip link add {self.cable} type veth peer name {far} netns {self.name}",
            f"ip address add {self.net}.1/24 dev {self.cable}",
            f"ip link set {self.cable} up",
            f"ip -n {self.name} link set lo up",
            f"ip -n {self.name} address add {self.net}.2/24 dev {far}",
            f"ip -n {self.name} link set {far} up",
        ):
            subprocess.run(command.split(), check=True, capture_output=True)

    def cut(self) -> None:
        """Pull the cable: nothing comes through, and nobody is told."""
        subprocess.run(["ip", "link", "set", self.cable, "down"], check=True)

    def mend(self) -> None:
        """Put the cable back."""
        subprocess.run(["ip", "link", "set", self.cable, "up"], check=True)

    def command(self, *command: str) -> list[str]:
        """A command as it runs on this machine."""
        return ["ip", "netns", "exec", self.name, *command]

    def remove(self) -> None:
        """Take the machine away; its end of the cable goes with it."""
        subprocess.run(["ip", "link", "del", self.cable], capture_output=True, check=False)
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True, check=False)


class Forwarder:
    """Lets machines reach servers that listen on our loopback, at our end of their cables."""

    def __init__(self, addresses: Sequence[str], ports: Sequence[int]) -> None:
        self._addresses, self._ports = addresses, ports
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True, name="forwarder")

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(30)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._servers = [
            await asyncio.start_server(self._met(port), address, port)
            for address in self._addresses
            for port in self._ports
        ]

    def _met(self, port: int):  # type: ignore[no-untyped-def]
        async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            with suppress(OSError, asyncio.CancelledError):
                there, back = await asyncio.open_connection("127.0.0.1", port)
                await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))

        return meet

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.sleep(0.1)


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    with suppress(OSError):
        target.close()
