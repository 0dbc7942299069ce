"""What holds for every request before a route is called, and for every answer after it.

1. The Host header names this console, and TLS was not gone round. 2. The browser's cookie says who asks.
3. The body is not larger than such a person may send. 4. Nobody searches or uploads without end. 5. A change
comes from a page of this console (Origin; then the CSRF token, `check_csrf`). Every answer carries the
headers of OWASP ASVS V14.4. Below /api/ neither cookie nor token counts: that door has its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import secrets
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import urlsplit

from fastapi import FastAPI, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.web.access import NotSignedIn, SignedIn, Visit, rule_of, visit_of
from console.web.limits import who_of
from console.web.room import Room
from console.wording_language import Language
from flows.settings import Settings

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
API: Final = "/api/"
STATIC: Final = "/static/"
_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_INVENTED: Final = "/help/"
"""Where only invented people are shown: a browser may keep its pictures."""
_FORM_BYTES: Final = 1 << 20
_STRANGER_BYTES: Final = 64 << 10
_DRAIN_SECONDS: Final = 10.0


def session_cookie(settings: Settings) -> str:
    """Name of the cookie that says who is signed in; browsers take the prefix from this host alone."""
    return "__Host-sohoa" if settings.console_is_secure else "sohoa"


def visitor_cookie(settings: Settings) -> str:
    """Name of the cookie of a browser in which nobody is signed in yet, for the CSRF token of the sign-in."""
    return f"{session_cookie(settings)}-visitor"


def set_cookie(response: Response, settings: Settings, name: str, value: str) -> None:
    """A cookie that no script reads and no other site sends; it ends with the browser."""
    response.set_cookie(
        name, value, path="/", secure=settings.console_is_secure, httponly=True, samesite="strict"
    )


def csrf_of(token: str) -> str:
    """The CSRF token of a browser: whoever cannot read its cookie cannot make it."""
    return hmac.new(token.encode(), b"sohoa csrf", hashlib.sha256).hexdigest()


async def check_csrf(request: Request) -> None:
    """Refuse a change that does not say this browser's token (field `csrf` or header `X-CSRF`).

    Raises HTTPException 403; NotSignedIn first, so that what was typed is kept when a session has ended, also
    where another account's has begun in this browser since its page was made (header `X-Account`).
    """
    visit, rule = visit_of(request), rule_of(request.scope["route"])
    page_of = request.headers.get("x-account", "")
    is_others = visit.account is not None and page_of not in ("", visit.account.name)
    if isinstance(rule, SignedIn) and is_others:
        raise NotSignedIn
    if request.method in SAFE_METHODS:
        return
    if visit.account is None and isinstance(rule, SignedIn):
        raise NotSignedIn
    said = request.headers.get("x-csrf", "")
    if not said:
        written = (await request.form()).get("csrf", "")
        said = written if isinstance(written, str) else ""
    if not hmac.compare_digest(said.encode(), visit.csrf.encode()):
        raise HTTPException(403, "csrf")


Told = Callable[[Request, int], Response]
"""What people see of a refusal, by its status."""


def add_security(app: FastAPI, room: Room, told: Told) -> None:
    """Put the guard before everything else."""
    app.add_middleware(Guard, room=room, told=told)


class Guard:
    """Stands before the application and its mounted parts."""

    def __init__(self, app: ASGIApp, room: Room, told: Told) -> None:
        self._app, self._room, self._told = app, room, told
        self._settings = room.settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request, let it through, and put the headers onto the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, path = Headers(scope=scope), scope["path"]
        answer = self._with_headers(scope, send)
        # 1. Nobody else's name for this console.
        scope.setdefault("state", {})["visit"] = Visit("", self._settings.language)
        if _host(headers.get("host", "")) not in self._settings.console_hosts:
            await self._refuse(scope, receive, answer, 400)
            return
        if self._settings.console_proxy and scope["scheme"] != "https":
            # The proxy says https for its browsers; whoever comes past it, in the clear, is not answered.
            await self._refuse(scope, receive, answer, 400)
            return
        # 2. Who asks.
        token = (
            "" if path.startswith((API, STATIC)) else self._cookie(headers, session_cookie(self._settings))
        )
        visit = await self._visit(headers, token)
        scope["state"]["visit"] = visit
        # 3. A body of a size that somebody like this may send.
        most = self._most_bytes(headers, path, visit)
        length = headers.get("content-length", "")
        if length and (not length.isdecimal() or int(length) > most):
            if visit.account is not None:
                await _drain(receive)
            await self._refuse(scope, receive, answer, 413)
            return
        # 4. Searches and uploads as often as somebody at a counter can want them.
        kind = _counted(scope["method"], headers, path)
        if kind and not scope["app"].state.buckets.take(kind, who_of(Request(scope))):
            await self._refuse(scope, receive, answer, 429)
            return
        # 5. A change that a page of this console asks for.
        if scope["method"] not in SAFE_METHODS and not path.startswith(API) and not _is_own(headers):
            await self._refuse(scope, receive, answer, 403)
            return
        await self._app(scope, _bounded(receive, most), answer)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, status: int) -> None:
        answer = self._told(Request(scope), status)
        # What was not read of the body is not read any more.
        answer.headers["connection"] = "close"
        await answer(scope, receive, send)

    async def _visit(self, headers: Headers, token: str) -> Visit:
        language: Language = self._settings.language
        is_active = "x-background" not in headers
        if token:
            presence = await run_in_threadpool(self._room.admissions.presence, token, is_active=is_active)
            if presence is not None:
                spoken: Language = "en" if presence.account.language == "en" else "vi"
                account = None if presence.session.is_locked else presence.account
                return Visit(csrf_of(token), spoken, account, presence.session, presence.duty)
        visitor = self._cookie(headers, visitor_cookie(self._settings))
        return Visit(csrf_of(visitor or secrets.token_urlsafe(32)), language)

    def _cookie(self, headers: Headers, name: str) -> str:
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(name)
        except CookieError:
            return ""
        return found.value if found is not None else ""

    def _most_bytes(self, headers: Headers, path: str, visit: Visit) -> int:
        if path.startswith(API):
            return self._settings.console_upload_mb << 20
        if visit.account is None:
            return _STRANGER_BYTES
        is_upload = headers.get("content-type", "").startswith("multipart/form-data")
        return self._settings.console_upload_mb << 20 if is_upload else _FORM_BYTES

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        path: str = scope["path"]
        is_static = path.startswith(STATIC)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                if is_static:
                    headers["cache-control"] = "no-cache"
                elif "no-store" not in (kept := headers.get("cache-control", "")):
                    headers["cache-control"] = kept if kept and path.startswith(_INVENTED) else "no-store"
                if self._settings.console_is_secure:
                    headers["strict-transport-security"] = "max-age=31536000"
            await send(message)

        return answer


class BodyTooLarge(HTTPException):
    """More bytes than were announced or are allowed."""

    def __init__(self) -> None:
        super().__init__(413)


async def _drain(receive: Receive) -> None:
    """Let a browser say what it has to say, for a while: only then does it read the words of the refusal."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            while (await receive()).get("more_body", False):
                pass


def _bounded(receive: Receive, most: int) -> Receive:
    """Count the bytes as they come; a body without a length is bounded too."""
    so_far = 0

    async def counted() -> Message:
        nonlocal so_far
        message = await receive()
        so_far += len(message.get("body", b""))
        if so_far > most:
            raise BodyTooLarge
        return message

    return counted


def _counted(method: str, headers: Headers, path: str) -> str:
    """Which count a request belongs to; empty for none. The door of other systems below /api/ has its own."""
    if path.startswith(API):
        return ""
    if method not in SAFE_METHODS and headers.get("content-type", "").startswith("multipart/form-data"):
        return "upload"
    return "search" if path == "/search" else ""


def _host(written: str) -> str:
    """The host's name without its port, in lower case."""
    name, _, port = written.strip().lower().rpartition(":")
    return name if name and port.isdecimal() else written.strip().lower()


def _is_own(headers: Headers) -> bool:
    """Whether a change comes from a page of this console, as far as the browser says."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
