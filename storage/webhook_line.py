"""The line to those who subscribed: where an event may go, and one attempt to tell it.

Whoever may subscribe could make this machine call what only this machine reaches: its own doors, the
centre's network, a cloud's metadata. So the address is resolved here, every address that comes back is
judged, and the call goes to the one that was judged, whatever the name answers a moment later. Redirects are
not followed, proxies of the environment not asked, and of the answer nothing but its status is read.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from dossier.errors import WebhookRefused

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""Addresses of a name, as text. Raises OSError."""

_LONGEST_URL: Final = 2000
_SHARED: Final = ip_network("100.64.0.0/10")
_TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""NAT64: the last 32 bits are an address of the old kind."""


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How the line is used."""

    networks: tuple[str, ...] = ()
    """Networks beyond the public ones that may be called, "10.0.0.0/8"; 127.0.0.0/8 for this machine."""
    seconds: float = 10.0
    """Deadline of one attempt, from the first packet to the status."""
    ca_file: Path | None = None
    """The authority behind subscribers' certificates, beside those of the system."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes."""

    host: str
    """The name, for the Host header and the certificate."""
    address: str
    """The address that was judged."""
    port: int
    is_tls: bool
    path: str
    """With its query."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt."""

    status: int
    """0 where none came."""
    trouble: str
    """In a few words; empty where it was heard."""

    @property
    def is_heard(self) -> bool:
        """Whether the subscriber took it."""
        return 200 <= self.status < 300

    @property
    def is_silent(self) -> bool:
        """Whether the subscriber as a whole cannot be reached or asks to be left alone."""
        return self.status in (0, 429, 502, 503, 504)


def system_addresses(host: str, port: int) -> tuple[str, ...]:
    """What the system resolves a name to. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(each[4][0]).partition("%")[0] for each in found))


def target_of(url: str, settings: LineSettings, resolve: Resolver = system_addresses) -> Target:
    """Where a call to this address would go.

    Raises WebhookRefused where it is no https address, a name that does not resolve, or one of whose
    addresses may not be called; http is taken for this machine alone.
    """
    host, port, is_tls, path = _parts(url)
    try:
        addresses = [ip_address(each) for each in resolve(host, port)]
    except (OSError, ValueError, UnicodeError) as e:
        raise WebhookRefused(host, "the name does not resolve") from e
    if not addresses:
        raise WebhookRefused(host, "the name does not resolve")
    for address in addresses:
        if not _may_be_called(address, settings.networks):
            raise WebhookRefused(host, "leads to an address that may not be called")
        if not is_tls and not address.is_loopback:
            raise WebhookRefused(host, "http is taken for this machine alone; use https")
    return Target(host, str(addresses[0]), port, is_tls, path)


async def tell(message: Message, settings: LineSettings, resolve: Resolver = system_addresses) -> Answer:
    """One attempt. Never raises for what the other side does, or where it is."""
    try:
        async with asyncio.timeout(settings.seconds):
            target = await asyncio.to_thread(target_of, message.url, settings, resolve)
            return await _post(target, message, settings)
    except WebhookRefused as refused:
        return Answer(0, refused.cause)
    except TimeoutError:
        return Answer(0, f"no answer within {settings.seconds:g} s")
    except (httpx.HTTPError, ssl.SSLError, OSError) as e:
        return Answer(0, type(e).__name__)


async def _post(target: Target, message: Message, settings: LineSettings) -> Answer:
    host = f"[{target.address}]" if ":" in target.address else target.address
    scheme = "https" if target.is_tls else "http"
    named = f"[{target.host}]" if ":" in target.host else target.host
    trust = _trust(settings.ca_file) if target.is_tls else False
    transport = httpx.AsyncHTTPTransport(verify=trust, retries=0, trust_env=False)
    async with httpx.AsyncClient(
        transport=transport, timeout=settings.seconds, follow_redirects=False, trust_env=False
    ) as client:
        request = client.build_request(
            "POST",
            f"{scheme}://{host}:{target.port}{target.path}",
            content=message.body,
            headers={**message.headers, "host": f"{named}:{target.port}", "user-agent": "sohoa"},
            extensions={"sni_hostname": target.host},
        )
        reply = await client.send(request, stream=True)
        await reply.aclose()
    if 200 <= reply.status_code < 300:
        return Answer(reply.status_code, "")
    return Answer(reply.status_code, f"HTTP {reply.status_code}")


@lru_cache(maxsize=2)
def _trust(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def _parts(url: str) -> tuple[str, int, bool, str]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except (ValueError, UnicodeError) as e:
        raise WebhookRefused("url", "is not an address") from e
    if len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise WebhookRefused("url", "is too long, or has letters that no address has")
    if parts.scheme not in ("https", "http") or not host:
        raise WebhookRefused("url", "is not an https address")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise WebhookRefused(host, "holds a name, a password or a fragment")
    is_tls = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return host, port or (443 if is_tls else 80), is_tls, path


def _may_be_called(address: Address, networks: Sequence[str]) -> bool:
    """Whether it is public, or in a network that the administrator allowed, whichever way it is written."""
    for hidden in _hidden(address):
        if not _may_be_called(hidden, networks):
            return False
    if any(_is_in(address, network) for network in networks):
        return True
    # A mapped address is judged by the one within; everything else has to be public by itself.
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return True
    is_shared = isinstance(address, IPv4Address) and address in _SHARED
    return address.is_global and not (address.is_multicast or is_shared or address.is_reserved)


def _hidden(address: Address) -> tuple[IPv4Address, ...]:
    """Addresses of the old kind within one of the new kind: mapped, 6to4, Teredo, NAT64."""
    if isinstance(address, IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in _TRANSLATED):
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(each for each in found if each is not None)


def _is_in(address: Address, network: str) -> bool:
    allowed = ip_network(network)
    return address.version == allowed.version and address in allowed
