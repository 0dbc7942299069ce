"""The archivist's screens: lots and their pages, side by side; fixity of the archive."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from console.web.access import signed_in
from console.web.pages import NavEntry, add_nav, page
from console.web.room import Room
from console.web.times import clock_words, day_said
from console.wording_audit import in_words
from console.wording_language import Language
from dossier.accounts import Account, Role
from dossier.errors import EntryUnknown, SohoaError
from dossier.sampling import SampledPage
from flows.looks import Looks
from flows.paper_sides import PlacedPage, Side, place_page, side_picture, side_text
from flows.sampling import LotOrder, PageVerdict, close_lot, draw_lot, judge_page, lot_state, lots
from flows.viewing import Onlooker, View
from models.titles import title_of
from storage.alto_text import KeptText
from validators.sampling_plan import LEVELS, LIMITS

Archivist = Annotated[Account, Depends(signed_in(Role.ARCHIVIST))]
ARCHIVISTS: Final = [Depends(signed_in(Role.ARCHIVIST))]
"""For routes that need not know who asks."""
Width = Annotated[int, Query(ge=100, le=3000)]
REASONS: Final = ("blurred", "cut", "turned", "text", "wrong", "colour")
"""Common reasons why a page is faulty, in the order of their keys."""
_PACES: Final = {"slow": 0.2, "half": 0.5, "full": 1.0}


class LotForm(BaseModel):
    """A lot to draw, as the form says it."""

    model_config = ConfigDict(str_strip_whitespace=True)

    begin: date
    end: date
    procedure: str = ""
    level: str = "II"
    aql: str = "1.0"
    seed: str = Field(default="", max_length=100)
    resubmits: str = ""
    reduced_agreed: bool = False
    resumed: bool = False

    @field_validator("begin", "end", mode="before")
    @classmethod
    def _day(cls, said: object) -> object:
        return day_said(said)


def add_audit(app: FastAPI, room: Room) -> None:
    """Lots, judging, fixity."""
    add_nav(app, NavEntry("/audit", "nav_audit", (Role.ARCHIVIST,)))
    _add_lots(app, room)
    _add_judging(app, room)
    _add_fixity(app, room)


def _add_lots(app: FastAPI, room: Room) -> None:
    audits = room.audits

    @app.get("/audit", dependencies=ARCHIVISTS)
    def overview(request: Request) -> Response:
        return page(
            request,
            "audit/lots.html",
            lots=lots(audits.lot_room())[::-1],
            procedures=room.workshop.catalogue.procedures(),
            levels=tuple(LEVELS),
            limits=LIMITS,
        )

    @app.post("/audit/lots")
    def draw(account: Archivist, form: Annotated[LotForm, Form()]) -> Response:
        lot = draw_lot(audits.lot_room(), LotOrder(**form.model_dump()), account.actor)
        return RedirectResponse(f"/audit/lots/{lot['lot']}", 303)

    @app.get("/audit/lots/{code}", dependencies=ARCHIVISTS)
    def show(request: Request, code: str) -> Response:
        lot = lot_state(audits.lot_room(), code)
        return page(request, "audit/lot.html", lot=lot, next_page=_waiting(lot))

    @app.post("/audit/lots/{code}/closing")
    def close(account: Archivist, code: str) -> Response:
        close_lot(audits.lot_room(), code, account.actor)
        return RedirectResponse(f"/audit/lots/{code}", 303)


def _add_judging(app: FastAPI, room: Room) -> None:
    audits = room.audits

    def drawn(code: str, draw: int) -> tuple[dict[str, Any], dict[str, Any], SampledPage]:
        lot = lot_state(audits.lot_room(), code)
        if not 1 <= draw <= len(lot["pages"]):
            raise EntryUnknown(f"{code} {draw}", "no such page was drawn")
        told = lot["pages"][draw - 1]
        return lot, told, SampledPage(told["dossier"], told["document"], told["page"])

    @app.get("/audit/lots/{code}/pages/{draw}")
    def judge_screen(request: Request, account: Archivist, code: str, draw: int) -> Response:
        lot, told, sampled = drawn(code, draw)
        _look(room.looks, account, sampled, f"lot {code}")
        return page(
            request,
            "audit/judge.html",
            lot=lot,
            told=told,
            reasons=REASONS,
            **_sides(room, sampled),
            pictures=f"/audit/lots/{code}/pages/{draw}",
        )

    @app.get("/audit/lots/{code}/pages/{draw}/{side}")
    def picture(account: Archivist, code: str, draw: int, side: Side, width: Width = 800) -> Response:
        _, _, sampled = drawn(code, draw)
        _look(room.looks, account, sampled, f"lot {code}")
        return picture_answer(room, sampled, side, width)

    @app.post("/audit/lots/{code}/pages/{draw}")
    def verdict(
        request: Request,
        account: Archivist,
        code: str,
        draw: int,
        said: Annotated[str, Form(pattern="^(good|bad)$")],
        reason: Annotated[str, Form(max_length=300)] = "",
    ) -> Response:
        given = PageVerdict(draw, said == "good", reason.strip() if said == "bad" else "")
        lot = judge_page(audits.lot_room(), code, given, account.actor)
        after = _waiting(lot, draw)
        where = f"/audit/lots/{code}/pages/{after}" if after else f"/audit/lots/{code}"
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"next": where, "judged": lot["judged"]})
        return RedirectResponse(where, 303)


def _add_fixity(app: FastAPI, room: Room) -> None:
    audits = room.audits

    @app.get("/audit/fixity")
    def state(request: Request, account: Archivist) -> Response:
        try:
            found, trouble = audits.fixity_state(), None
        except SohoaError as error:
            found, trouble = {"running": False, "run": None, "last": None}, error
        return page(
            request,
            "audit/fixity.html",
            state=found,
            trouble=trouble,
            states=("intact", "changed", "missing", "unexpected", "not_checked"),
            said=lambda words: in_words(words, language_of(account)),
            at=clock_words,
        )

    @app.post("/audit/fixity", dependencies=ARCHIVISTS)
    def begin(pace: Annotated[str, Form()] = "slow") -> Response:
        audits.begin_fixity(_PACES.get(pace, _PACES["slow"]))
        return RedirectResponse("/audit/fixity", 303)

    @app.post("/audit/fixity/stop", dependencies=ARCHIVISTS)
    def stop() -> Response:
        audits.stop()
        return RedirectResponse("/audit/fixity", 303)


def picture_answer(room: Room, sampled: SampledPage, side: Side, width: int) -> Response:
    """A side of a page as JPEG."""
    work = room.workshop
    shown = side_picture(work.archive, work.index, sampled, (side, width))
    return Response(shown, media_type="image/jpeg")


def sides_of(room: Room, sampled: SampledPage) -> tuple[PlacedPage, KeptText | None]:
    """Where the sides of a page lie, and its text. Raises NotInArchive, StorageError."""
    work = room.workshop
    return place_page(work.archive, work.index, sampled), side_text(work.archive, work.index, sampled)


def language_of(account: Account) -> Language:
    """What somebody reads."""
    return "en" if account.language == "en" else "vi"


def title_words(kind: str) -> str:
    """The printed title of a kind of paper, else its code."""
    title = title_of(kind)
    return " ".join(title.lines[: title.essential]) if title else kind


def _sides(room: Room, sampled: SampledPage) -> dict[str, Any]:
    placed, text = sides_of(room, sampled)
    return {"placed": placed, "text": text, "paper_title": title_words(placed.kind)}


def _look(looks: Looks, account: Account, sampled: SampledPage, why: str) -> None:
    looks.note(View("page", sampled.name, why, 1), Onlooker(account.actor, why))


def _waiting(lot: dict[str, Any], after: int = 0) -> int:
    """The next drawn page without a verdict, from a place on and then from the beginning; 0 for none."""
    numbers: list[int] = [each["draw"] for each in lot["pages"] if each["is_good"] is None]
    later = [number for number in numbers if number > after]
    return (later or numbers or [0])[0]
