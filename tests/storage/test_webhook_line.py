"""Where an event may go: what an outsider may not make this machine call."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from dossier.errors import WebhookRefused
from storage.webhook_line import LineSettings, Message, Resolver, target_of, tell
from tests.receivers import receiver

PUBLIC = "93.184.215.14"


def answering(*addresses: str) -> Resolver:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",  # noqa: S104 - an address that has to be refused
        "10.0.0.1",
        "172.16.5.5",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2002:a00:1::",
    ],
)
def test_addresses_within_are_refused_whichever_way_they_are_written(address: str) -> None:
    with pytest.raises(WebhookRefused, match="may not be called"):
        target_of("https://hooks.example/x", LineSettings(), answering(address))
    with pytest.raises(WebhookRefused):
        target_of("https://hooks.example/x", LineSettings(), answering(PUBLIC, address))


def test_a_public_address_is_called_as_it_was_judged() -> None:
    target = target_of("https://hooks.example:8443/x?a=b", LineSettings(), answering(PUBLIC))
    assert (target.address, target.port, target.path) == (PUBLIC, 8443, "/x?a=b")
    assert target_of("https://hooks.example", LineSettings(), answering("2606:4700::1111")).port == 443


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example",
        "ftp://hooks.example/",
        "file:///etc/passwd",
        "gopher://hooks.example/",
        "http://hooks.example/",
        "https://",
        "https://user@hooks.example/",
        "https://user:word@hooks.example/",
        "https://hooks.example/#fragment",
        "https://hooks.example:99999/",
        "https://hooks.example:-1/",
        "https://[::1/",
        "https://hooks.example/\r\nHost: other",
        "https://hooks example/",
        "https://hoóks.example/",
        "https://" + "a" * 70 + ".example/",
        "https://hooks.example/" + "a" * 2000,
    ],
)
def test_what_is_no_https_address_is_refused(url: str) -> None:
    with pytest.raises(WebhookRefused):
        target_of(url, LineSettings(), answering(PUBLIC))


@pytest.mark.parametrize(
    "host", ["127.1", "2130706433", "0x7f000001", "localhost", "[::1]", "[::ffff:7f00:1]"]
)
def test_other_spellings_of_this_machine_are_refused(host: str) -> None:
    with pytest.raises(WebhookRefused):
        target_of(f"https://{host}/", LineSettings())


def test_a_network_is_called_only_where_the_administrator_allows_it() -> None:
    inside = LineSettings(("10.20.0.0/16",))
    assert target_of("https://lis.example/", inside, answering("10.20.3.4")).address == "10.20.3.4"
    for address in ("10.21.0.1", "127.0.0.1", "192.168.0.1"):
        with pytest.raises(WebhookRefused):
            target_of("https://lis.example/", inside, answering(address))
    with pytest.raises(WebhookRefused, match="this machine alone"):
        target_of("http://lis.example/", inside, answering("10.20.3.4"))


def test_a_name_that_does_not_resolve_is_refused() -> None:
    def nobody(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no such name")

    for resolve in (nobody, answering(), answering("not an address")):
        with pytest.raises(WebhookRefused, match="does not resolve"):
            target_of("https://hooks.example/", LineSettings(), resolve)


def test_a_name_that_changes_its_answer_is_judged_at_every_call() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])

    def turning(_host: str, _port: int) -> Sequence[str]:
        return next(answers)

    target_of("https://hooks.example/", LineSettings(), turning)
    told = asyncio.run(tell(Message("https://hooks.example/", {}, b"{}"), LineSettings(), turning))
    assert (told.status, told.is_heard) == (0, False)
    assert "may not be called" in told.trouble


def test_a_redirect_is_not_followed() -> None:
    with receiver("302", "200") as there:
        told = asyncio.run(
            tell(Message(there.url, {"webhook-id": "1"}, b"{}"), LineSettings(("127.0.0.0/8",)))
        )
    assert (told.status, told.is_heard, len(there.calls)) == (302, False, 1)
