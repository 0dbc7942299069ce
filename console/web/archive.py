"""A dossier in the archive: what is kept, for how long, what was done to it; its pages, proof and export."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from console.web.access import signed_in
from console.web.audit import (
    Archivist,
    Width,
    language_of,
    picture_answer,
    sides_of,
    title_words,
)
from console.web.ledger import action_words, detail_said
from console.web.named_words import named_words
from console.web.pages import page
from console.web.room import Room
from console.web.times import clock_words, size_words
from console.wording import finding_message, place_words
from console.wording_checks import action_said, check_said
from dossier.accounts import Account, Role
from dossier.finding import Finding
from dossier.sampling import SampledPage
from flows.exporting_zip import export_folder, export_zip
from flows.kept_package import kept_dossier, kept_findings, pages_of
from flows.paper_sides import Side
from flows.report import finding_data
from flows.verifying import verify_dossier
from flows.viewing import Onlooker, View
from storage.ledger_search import LedgerQuestion, SqlLedgerSearch

_READERS: Final = (Role.ARCHIVIST, Role.CONTROLLER)
Reader = Annotated[Account, Depends(signed_in(*_READERS))]
_ENTRIES: Final = 20


def add_archive(app: FastAPI, room: Room) -> None:
    """The page of a kept dossier and what can be done from there."""
    _add_dossier(app, room)
    _add_pages(app, room)
    _add_export(app, room)


def _add_dossier(app: FastAPI, room: Room) -> None:
    search = room.workshop.held(SqlLedgerSearch(room.settings.database))

    @app.get("/archive/{code}")
    def show(request: Request, account: Reader, code: str) -> Response:
        kept = kept_dossier(room.workshop, code)
        if room.looks.needs_purpose(account.actor, code):
            return ask_why(request, code, f"/archive/{quote(code)}")
        _look(room, account, "package", code)
        language = language_of(account)
        return page(
            request,
            "audit/dossier.html",
            kept=kept,
            here=f"/archive/{quote(code)}",
            findings=look_at_findings(room, account, code),
            entries=search.find(LedgerQuestion(subject=code), _ENTRIES),
            actions=action_words(language),
            paper_title=title_words,
            named=lambda prefix, name: named_words(prefix, name, language),
            at=clock_words,
            told=detail_said,
            done=lambda kind, detail: action_said(kind, detail, language),
            size=size_words,
            may_export=account.role is Role.ARCHIVIST,
        )

    @app.post("/archive/{code}/purpose")
    def say_why(
        account: Reader,
        code: str,
        why: Annotated[str, Form(min_length=3, max_length=200)],
        then: Annotated[str, Form()] = "",
    ) -> Response:
        room.looks.say(account.actor, code, why)
        here = f"/archive/{quote(code)}"
        allowed = (f"{here}/", f"/control/dossiers/{quote(code)}")
        return RedirectResponse(then if then.startswith(allowed) else here, 303)

    @app.get("/archive/{code}/verification")
    def verify(request: Request, account: Archivist, code: str) -> Response:
        if room.looks.needs_purpose(account.actor, code):
            return ask_why(request, code, f"/archive/{quote(code)}/verification")
        package = room.service.package(code)
        _look(room, account, "signatures", code)
        judged = verify_dossier(room.workshop, package)
        return page(
            request,
            "audit/verification.html",
            judged=judged,
            prefix=package.prefix,
            at=clock_words,
            said=lambda detail: check_said(detail, language_of(account)),
            named=lambda prefix, name: named_words(prefix, name, language_of(account)),
        )


def _add_pages(app: FastAPI, room: Room) -> None:
    @app.get("/archive/{code}/papers/{document}/{number}")
    def one_page(request: Request, account: Reader, code: str, document: int, number: int) -> Response:
        here = f"/archive/{quote(code)}/papers/{document}/{number}"
        sampled = SampledPage(code, document, number)
        placed, text = sides_of(room, sampled)
        if room.looks.needs_purpose(account.actor, code):
            return ask_why(request, code, here)
        _look_at_page(room, account, sampled)
        return page(
            request,
            "audit/page.html",
            code=code,
            document=document,
            page_number=number,
            placed=placed,
            text=text,
            paper_title=title_words(placed.kind),
            pictures=here,
        )

    @app.get("/archive/{code}/papers/{document}/{number}/{side}")
    def picture(
        account: Reader, code: str, document: int, number: int, side: Side, width: Width = 800
    ) -> Response:
        sampled = SampledPage(code, document, number)
        _look_at_page(room, account, sampled)
        return picture_answer(room, sampled, side, width)


def _add_export(app: FastAPI, room: Room) -> None:
    @app.post("/archive/{code}/export")
    def download(account: Archivist, code: str) -> Response:
        package = room.service.package(code)
        _look(room, account, "export", code)
        name = quote(f"{code}.zip")
        return StreamingResponse(
            export_zip(room.workshop, package, account.actor),
            media_type="application/zip",
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        )

    @app.post("/archive/{code}/export/folder")
    def write(request: Request, account: Archivist, code: str) -> Response:
        package = room.service.package(code)
        _look(room, account, "export", code)
        to = export_folder(room.workshop, package, account.actor)
        return page(request, "audit/exported.html", code=code, to=str(to))


Told = list[tuple[Finding, str, list[tuple[str, tuple[int, int] | None]]]]
"""Findings with their sentence, and each piece of evidence with its paper and page where it has one."""


def look_at_findings(room: Room, account: Account, code: str) -> Told:
    """What was found about a kept dossier, and where it is seen. Raises NotInArchive, StorageError."""
    _look(room, account, "findings", code)
    pages = pages_of(room.workshop, code)
    language = language_of(account)
    return [
        (
            each,
            finding_message(finding_data(each), language),
            [(place_words(e, language), pages.get(e)) for e in each.evidence],
        )
        for each in kept_findings(room.workshop, code)
    ]


def ask_why(request: Request, code: str, then: str) -> Response:
    """Ask for the purpose before anything of a dossier is shown."""
    return page(request, "audit/why.html", code=code, then=then)


def _look_at_page(room: Room, account: Account, sampled: SampledPage) -> None:
    """Raises SohoaError in production where no purpose was said."""
    why = room.looks.purpose(account.actor, sampled.dossier) or ""
    room.looks.note(View("page", sampled.name, why, 1), Onlooker(account.actor, why))


def _look(room: Room, account: Account, what: str, code: str) -> None:
    why = room.looks.purpose(account.actor, code) or ""
    room.looks.note(View(what, code, why), Onlooker(account.actor, why))
