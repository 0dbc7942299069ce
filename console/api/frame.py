"""What holds for every call before a route is reached: its name, and how much it may send."""

from __future__ import annotations

import json
import re
import uuid
from typing import Final

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.api.problems import MEDIA_TYPE, STATUS, ProblemCode
from console.wording_api import PROBLEMS

MOST_WORDS: Final = 4 << 20
"""Bytes of a body that is no file."""
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_UPLOAD: Final = re.compile(r"/dossiers/[^/]+/files(/[^/]+)?/?$")


class Frame:
    """Names each call, says the name in the answer, and bounds what it sends."""

    def __init__(self, app: ASGIApp, most_upload: int) -> None:
        """`most_upload` is the largest upload, in bytes."""
        self._app, self._most_upload = app, most_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call through, or refuse its body before it is read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        name = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = name

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = MutableHeaders(scope=message)
                said["x-request-id"] = name
                said.setdefault("cache-control", "no-store")
                said["x-content-type-options"] = "nosniff"
            await send(message)

        most = self._most_upload if _UPLOAD.search(scope["path"]) else MOST_WORDS
        length = headers.get("content-length", "")
        if length.isascii() and length.isdecimal() and int(length[:20]) > most:
            await _too_large(answer, name)
            return
        await self._app(scope, _counted(receive, most), answer)


def _counted(receive: Receive, most: int) -> Receive:
    """The same, counted as it comes: a body without a length is bounded too."""
    so_far = 0

    async def counted() -> Message:
        nonlocal so_far
        message = await receive()
        so_far += len(message.get("body", b""))
        if so_far > most:
            raise HTTPException(413)
        return message

    return counted


async def _too_large(send: Send, name: str) -> None:
    code = ProblemCode.TOO_LARGE
    said = {
        "type": f"urn:sohoa:problem:{code}",
        "title": PROBLEMS[code]["vi"],
        "status": STATUS[code],
        "code": code,
        "detail": "",
        "instance": f"urn:sohoa:request:{name}",
        "errors": [],
    }
    body = json.dumps(said, ensure_ascii=False).encode()
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": STATUS[code], "headers": headers})
    await send({"type": "http.response.body", "body": body})
