"""The request for supplements (phiếu bổ sung): made from the findings, looked at, printed with one key."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from threading import Lock
from typing import Final

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from console.web.access import visit_of
from console.web.counter_room import Clerk, CounterRoom, Sent, fields_of, told, whole_number
from console.web.dossier_parts import Shown, dossier_page
from console.web.pages import page
from console.web.screen_words import screen_words
from console.web.times import clock_words
from dossier.errors import NoticeRefused, ReviewClosed, SourceUnreadable
from dossier.review import Draft
from flows.review_asking import shown_of
from flows.review_notice import notice_doubts
from flows.wiring import VIETNAM
from pipeline.preview import preview

_REMEMBERED: Final = 50
_MOST_PAGES: Final = 10
_WIDTH: Final = 1800
"""Columns of a page on paper: 217 dots per inch of A4."""
_NOT_KEPT: Final = {"Cache-Control": "private, no-store"}


class MadeNotices:
    """Notices that were made lately, so that looking again is no second request. Safe for threads."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, ...], bytes] = OrderedDict()
        self._lock = Lock()

    def of(self, draft: Draft) -> bytes | None:
        """The notice of a draft as it stands; None where papers, answers or corrections came since."""
        with self._lock:
            return self._made.get(_ground(draft))

    def keep(self, draft: Draft, pdf: bytes) -> None:
        """Remember one."""
        with self._lock:
            self._made[_ground(draft)] = pdf
            while len(self._made) > _REMEMBERED:
                self._made.popitem(last=False)


def _ground(draft: Draft) -> tuple[str, ...]:
    """What a notice is drawn from: what clerks corrected, and what came without a correction."""
    return (draft.code, str(draft.version), *shown_of(draft))


def add_notice(app: FastAPI, counter: CounterRoom) -> None:
    """Routes of notices."""
    made = MadeNotices()

    @app.post("/dossiers/{code}/notice")
    def make(request: Request, account: Clerk, code: str, sent: Sent) -> Response:
        draft, form = counter.draft(account, code), fields_of(sent)
        shown = Shown(draft, whole_number(form.get("page_in_sight", "")))
        if made.of(draft) is None:
            doubts = notice_doubts(counter.room.workshop, draft, datetime.now(VIETNAM).date())
            if doubts and form.get("confirm") != "yes":
                return dossier_page(request, counter, shown.doubting(doubts))
            try:
                made.keep(draft, counter.room.reviews.notice(code, account.name))
            except (NoticeRefused, ReviewClosed) as error:
                words = told(error, visit_of(request).language)
                return dossier_page(request, counter, shown.saying(words), 422)
        return RedirectResponse(f"/dossiers/{code}/notice", 303)

    @app.get("/dossiers/{code}/notice")
    def show(request: Request, account: Clerk, code: str) -> Response:
        pdf = made.of(counter.draft(account, code))
        if pdf is None:
            return RedirectResponse(f"/dossiers/{code}", 303)
        printed = counter.room.reviews.notices(code)
        return page(
            request,
            "dossier/notice.html",
            code=code,
            base=f"/dossiers/{code}",
            pages=range(1, len(_pictures(pdf)) + 1),
            printed_at=clock_words(printed[-1])[:16] if printed else "",
            screen_words=screen_words(visit_of(request).language, "notice"),
        )

    @app.get("/dossiers/{code}/notice/{number}.jpg")
    def picture(account: Clerk, code: str, number: int) -> Response:
        pictures = _pictures(_made(account, code))
        if not 1 <= number <= len(pictures):
            raise HTTPException(404)
        return Response(pictures[number - 1], media_type="image/jpeg", headers=_NOT_KEPT)

    @app.get("/dossiers/{code}/notice.pdf")
    def file(account: Clerk, code: str) -> Response:
        named = {"Content-Disposition": f'attachment; filename="{code}-bo-sung.pdf"'}
        return Response(_made(account, code), media_type="application/pdf", headers=_NOT_KEPT | named)

    def _made(account: Clerk, code: str) -> bytes:
        pdf = made.of(counter.draft(account, code))
        if pdf is None:
            raise HTTPException(404)
        return pdf


def _pictures(pdf: bytes) -> list[bytes]:
    pictures: list[bytes] = []
    for number in range(1, _MOST_PAGES + 1):
        try:
            pictures.append(preview(pdf, "application/pdf", number, _WIDTH))
        except SourceUnreadable:
            break
    return pictures
