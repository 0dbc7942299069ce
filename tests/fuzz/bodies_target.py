"""Fuzzed: what other systems send to the door: JSON, forms, files, cursors, headers.

The application is called in this process, over the product's own adapters; nothing is digitised.
"""

from __future__ import annotations

import atexit
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from starlette.testclient import TestClient

from console.api.app import make_api
from console.api.problems import MEDIA_TYPE
from dossier.clients import Scope
from tests.api_house import BIRTH, make_house

_KNOWN: Final = "FUZZ-KNOWN"
_JSON: Final = "application/json"
_FORM: Final = "multipart/form-data; boundary=fuzz"


@dataclass(frozen=True, slots=True)
class Way:
    """How a body is sent."""

    method: str
    path: str
    media_type: str = _JSON


WAYS: Final = (
    Way("POST", "/dossiers"),
    Way("PUT", "/dossiers/FUZZ-NEW"),
    Way("POST", "/requirements/check"),
    Way("POST", "/requirements/checks"),
    Way("POST", "/webhooks"),
    Way("POST", f"/dossiers/{_KNOWN}/begin"),
    Way("POST", f"/dossiers/{_KNOWN}/files", _FORM),
    Way("PUT", f"/dossiers/{_KNOWN}/files/", "application/octet-stream"),
    Way("GET", "/dossiers?cursor="),
    Way("GET", "/procedures?cursor="),
    Way("GET", "/dossiers/"),
    Way("POST", "/dossiers", ""),
)
"""By the first byte; that of a file's digest is put in, that of a question is the body itself."""


def open_target(folder: Path) -> Callable[[bytes], None]:
    """What calls the door once."""
    house = make_house(folder / "state", api_calls_per_minute=1_000_000_000)
    token = house.token("fuzz", tuple(Scope))
    client = TestClient(make_api(house), headers={"authorization": f"Bearer {token}"})
    client.__enter__()
    atexit.register(client.__exit__, None, None, None)
    opened = client.put(f"/dossiers/{_KNOWN}", json={"procedure": BIRTH, "received_on": "2026-11-20"})
    assert opened.status_code == 201, opened.text

    def feed(data: bytes) -> None:
        if not data:
            return
        reply = _called(client, WAYS[data[0] % len(WAYS)], data[1:])
        if reply is not None:
            _check(reply)
            _undo(client, reply)

    return feed


def _called(client: TestClient, way: Way, body: bytes) -> httpx.Response | None:
    headers, path = {"content-type": way.media_type}, way.path
    if way.path.endswith("/files/"):
        path += hashlib.sha256(body).hexdigest()
    elif way.method == "GET":
        path += "".join(f"%{byte:02x}" for byte in body[:200])
        body = b""
    elif not way.media_type:
        # Key, purpose and language come before the body, each on a line of its own.
        *said, body = (body.split(b"\n", 3) + [b""] * 3)[:4]
        names = ("idempotency-key", "x-purpose", "accept-language")
        headers = {"content-type": _JSON}
        return client.request(
            way.method,
            path,
            content=body,
            headers=[
                *headers.items(),
                *((n, v.replace(b"\r", b"")) for n, v in zip(names, said, strict=True)),
            ],
        )
    return client.request(way.method, path, content=body, headers=headers)


def _check(reply: httpx.Response) -> None:
    """Never a bug's answer; a refusal is a problem in words that can be read."""
    assert reply.status_code < 500, (reply.status_code, reply.text[:300])
    if reply.status_code >= 400:
        assert reply.headers["content-type"] == MEDIA_TYPE, reply.headers["content-type"]
        assert json.loads(reply.text)["status"] == reply.status_code


def _undo(client: TestClient, reply: httpx.Response) -> None:
    """What a call left is taken away, so that each input meets the same door."""
    if reply.status_code not in (200, 201) or reply.request.method == "GET":
        return
    said: Any = reply.json()
    if "secret" in said:
        client.delete(f"/webhooks/{said['id']}")
    elif "opened_at" in said and said["code"] != _KNOWN:
        client.delete(f"/dossiers/{said['code']}")
    for file in _files(said):
        client.delete(f"/dossiers/{_KNOWN}/files/{file}")


def _files(said: Any) -> Iterator[str]:
    for item in [said, *said.get("items", ())]:
        with suppress(TypeError, KeyError):
            yield str(item["sha256"])
