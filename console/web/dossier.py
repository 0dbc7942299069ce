"""The counter's work place: one dossier on one screen, corrected and sealed from the keyboard.

Every change is a plain form and a redirect; a script that asks for JSON gets the changed parts of the page
instead. What two clerks change at once is told with both values and overwrites nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.datastructures import FormData

from console.web.access import visit_of
from console.web.changes import change_of
from console.web.counter_room import Clerk, CounterRoom, Sent, fields_of, told, wants_data, whole_number
from console.web.dossier_parts import Shown, dossier_page, dossier_parts
from console.web.reading import reading_data, reading_page
from console.web.times import field_words
from console.web.viewer import add_viewer
from console.web.words import words_of
from dossier.accounts import Account
from dossier.errors import (
    ChangedMeanwhile,
    NotSeenYet,
    ReviewConflict,
    ReviewError,
    ReviewNotFound,
    SohoaError,
)
from dossier.review import Draft, ReviewState
from flows.desk_decisions import Decided, Decision, decide
from flows.review_asking import unseen

_SEAL_PATIENCE: Final = 0.4
"""Seconds that the answer to the sealing key waits: a refusal is told at once, a seal is followed."""
_QUIET_FIELDS: Final = frozenset({"csrf", "version"})


def add_dossier(app: FastAPI, counter: CounterRoom) -> None:
    """Routes of one dossier on the counter."""

    @app.get("/dossiers/{code}")
    def show(request: Request, account: Clerk, code: str, page: int = 0) -> Response:
        try:
            draft = counter.draft(account, code)
        except ReviewNotFound:
            return reading_page(request, counter, code)
        return dossier_page(request, counter, Shown(draft, page))

    @app.get("/dossiers/{code}/state")
    def follow(request: Request, account: Clerk, code: str, stamp: str = "", page: int = 0) -> Response:
        try:
            draft = counter.draft(account, code)
        except ReviewNotFound:
            return reading_data(request, counter, code, stamp)
        shown = Shown(draft, page)
        if stamp == shown.stamp(counter):
            return Response(status_code=204)
        return JSONResponse(dossier_parts(request, counter, shown))

    @app.post("/dossiers/{code}/corrections")
    def correct(request: Request, account: Clerk, code: str, sent: Sent) -> Response:
        form = fields_of(sent)
        cases = tuple(value for value in sent.getlist("cases") if isinstance(value, str))

        def apply(version: int) -> Draft:
            change = change_of(form, counter.room.reviews.seen(code, version), cases)
            return counter.room.reviews.correct(code, version, change, account.name)

        return _changed(request, account, code, sent, apply)

    @app.post("/dossiers/{code}/undo")
    def undo(request: Request, account: Clerk, code: str, sent: Sent) -> Response:
        return _changed(
            request, account, code, sent, lambda at: counter.room.reviews.undo(code, at, account.name)
        )

    @app.post("/dossiers/{code}/redo")
    def redo(request: Request, account: Clerk, code: str, sent: Sent) -> Response:
        return _changed(
            request, account, code, sent, lambda at: counter.room.reviews.redo(code, at, account.name)
        )

    @app.post("/dossiers/{code}/seal")
    def seal(request: Request, account: Clerk, code: str, sent: Sent) -> Response:
        draft = counter.draft(account, code)
        form = fields_of(sent)
        in_sight = whole_number(form.get("page_in_sight", ""))
        shown = Shown(draft, in_sight)
        language = visit_of(request).language
        if draft.state is ReviewState.OPEN and "seen" in form and unseen(draft, form["seen"].split()):
            words = told(NotSeenYet(code), language)
            return _answer(request, counter, shown.saying(words), 409)
        if draft.state is ReviewState.OPEN and form.get("confirm") != "yes":
            if not draft.can_be_sealed:
                return _answer(request, counter, shown.saying(_blocked(request)), 422)
            if shown.work(request).doubtful:
                return _answer(request, counter, shown.asking(), 200)
        counter.sealings.begin(code, whole_number(form.get("version", "")), account.name)
        try:
            counter.sealings.wait(code, _SEAL_PATIENCE)
        except ReviewConflict as error:
            now = Shown(counter.room.reviews.open(code), in_sight)
            return _answer(request, counter, now.saying(told(error, language)), 409)
        except SohoaError as error:
            now = Shown(counter.room.reviews.open(code), in_sight)
            return _answer(request, counter, now.saying(told(error, language)), 422)
        return _answer(request, counter, Shown(counter.room.reviews.open(code), in_sight), 200)

    @app.post("/dossiers/{code}/desk")
    def decide_on(request: Request, account: Clerk, code: str, sent: Sent) -> Response:
        draft, form = counter.draft(account, code), fields_of(sent)
        shown = Shown(draft, whole_number(form.get("page_in_sight", "")))
        if form.get("decision") not in set(Decision):
            raise HTTPException(422)
        decision = Decision(form["decision"])
        if decision is Decision.GIVE_BACK and form.get("confirm") != "yes":
            words = words_of(visit_of(request).language)("work.give_back_sure")
            return _answer(request, counter, shown.saying(words), 422)
        decided = Decided(code, whole_number(form.get("desk_version", "")), decision)
        try:
            decide(counter.room.workshop, account, decided)
        except ChangedMeanwhile as error:
            return _answer(request, counter, shown.saying(told(error, visit_of(request).language)), 409)
        return _answer(request, counter, shown, 200)

    def _changed(
        request: Request, account: Account, code: str, sent: FormData, apply: Callable[[int], Draft]
    ) -> Response:
        before = counter.draft(account, code)
        form, language = fields_of(sent), visit_of(request).language
        in_sight = whole_number(form.get("page_in_sight", ""))
        try:
            with _nothing_waits(counter, account, code, form):
                shown = Shown(apply(whole_number(form.get("version", ""))), in_sight)
        except ReviewConflict as error:
            return _conflict(request, counter, code, form, error)
        except ReviewError as error:
            return _answer(request, counter, Shown(before, in_sight).saying(told(error, language)), 422)
        return _answer(request, counter, shown, 200)

    add_viewer(app, counter)


def _answer(request: Request, counter: CounterRoom, shown: Shown, status: int) -> Response:
    """Parts for a script; for a plain form a redirect, or the page at once where it says something."""
    if wants_data(request):
        return JSONResponse(dossier_parts(request, counter, shown), status)
    if status == 200 and not shown.is_asking:
        return RedirectResponse(f"/dossiers/{shown.draft.code}?page={shown.page}", 303)
    return dossier_page(request, counter, shown, status)


def _conflict(
    request: Request, counter: CounterRoom, code: str, form: dict[str, str], error: ReviewConflict
) -> Response:
    """Both values, and the form again with the version that stands now."""
    draft = counter.room.reviews.open(code)
    name = form.get("place", "").partition(".")[2].partition(".")[0]
    conflict = {
        "by": error.by,
        "mine": field_words(name, error.mine),
        "theirs": field_words(name, error.theirs),
        "action": request.url.path,
        "form": [(name, value) for name, value in form.items() if name not in _QUIET_FIELDS],
    }
    shown = Shown(draft, whole_number(form.get("page_in_sight", "")), conflict=conflict)
    return _answer(request, counter, shown, 409)


@contextmanager
def _nothing_waits(counter: CounterRoom, account: Account, code: str, form: dict[str, str]) -> Iterator[None]:
    """What was sent is no longer waiting to be sent; what is refused waits again.

    It is forgotten before the change is made, not after it: whoever looks in between would see an older
    text over the newer value.
    """
    place = form.get("place") or (f"dismiss.{form['finding']}" if form.get("finding") else "")
    reviews = counter.room.reviews
    waits = (
        [each.text for each in reviews.typed_of(account.name, code) if each.place == place] if place else []
    )
    if waits:
        reviews.typed(account.name, code, place, "")
    try:
        yield
    except SohoaError:
        for text in waits:
            reviews.typed(account.name, code, place, text)
        raise


def _blocked(request: Request) -> str:
    return words_of(visit_of(request).language)("work.blocked")
