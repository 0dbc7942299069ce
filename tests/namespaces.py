"""Machines of a province on one machine: network namespaces, each on a cable that a test may pull."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass


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


@contextmanager
def forwarded(addresses: Sequence[str], ports: Sequence[int]) -> Iterator[None]:
    """Machines reach servers that listen on our loopback, at our end of their cables."""
    command = [sys.executable, "-m", "tests.namespaces", ",".join(addresses), ",".join(map(str, ports))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        yield
    finally:
        process.kill()
        process.communicate()


async def _forward(addresses: Sequence[str], ports: Sequence[int]) -> None:
    for address in addresses:
        for port in ports:
            await asyncio.start_server(_meeting(port), address, port)
    print("open", flush=True)
    await asyncio.Event().wait()


def _meeting(port: int) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            there, back = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))

    return meet


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    with suppress(OSError):
        target.close()


if __name__ == "__main__":
    asyncio.run(_forward(sys.argv[1].split(","), [int(port) for port in sys.argv[2].split(",")]))
