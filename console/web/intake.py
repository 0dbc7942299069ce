"""Papers come in: scanned from a device or dropped as files, with their verdicts while they are in hand."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from PIL import Image
from starlette.datastructures import FormData, UploadFile

from console.web.access import visit_of
from console.web.arrival_view import arrival_values
from console.web.batch_form import batch_change
from console.web.counter_room import Clerk, CounterRoom, Sent, fields_of, told, wants_data
from console.web.intake_form import FormRefused, IntakeForm, order_of, procedure_choices, read_form
from console.web.once import FIELD, Once, content_of, new_form_id
from console.web.pages import page, render
from console.web.screen_words import screen_words
from console.web.words import words_of
from dossier.accounts import Account, Role
from dossier.arrival import Arrival, ArrivalOrder
from dossier.errors import BatchNotFound, NotOnDesk, SohoaError, SourceTooLarge, SourceTooMany
from dossier.geometry import UprightFrame
from pipeline.screen_picture import upright_jpeg, width_for
from scanners.finding import find_scanners

MOST_FILES: Final = 100
_LARGEST_FILE: Final = 100 << 20


def add_intake(app: FastAPI, counter: CounterRoom) -> None:
    """Routes of papers that come in."""
    once = Once()

    @app.get("/intake")
    def ask(request: Request, account: Clerk, *, find: bool = False, code: str = "") -> Response:
        typed = {each.place: each.text for each in counter.room.reviews.typed_of(account.name, "intake")}
        return _page(request, counter, IntakeForm.of_typed(typed, code), find=find)

    @app.post("/intake/scan")
    def scan(request: Request, account: Clerk, sent: Sent) -> Response:
        form = read_form(fields_of(sent), _cases(sent))

        def begin(order: ArrivalOrder) -> Arrival:
            return counter.arrivals.scan(order, form.device, form.profile)

        return _begun(request, counter, account, form, _Asked(sent, (), begin, once))

    @app.post("/intake/files")
    def files(request: Request, account: Clerk, sent: Sent) -> Response:
        form = read_form(fields_of(sent), _cases(sent))
        uploads = [each for each in sent.getlist("files") if isinstance(each, UploadFile) and each.filename]

        def begin(order: ArrivalOrder) -> Arrival:
            return _taken(counter, order, uploads)

        return _begun(request, counter, account, form, _Asked(sent, uploads, begin, once))

    @app.get("/intake/{arrival}")
    def show(request: Request, account: Clerk, arrival: str) -> Response:
        found = _mine(counter, account, arrival)
        values = arrival_values(found, visit_of(request).language)
        values["screen_words"] = screen_words(visit_of(request).language, "intake")
        return page(request, "intake/arrival.html", **values)

    @app.get("/intake/{arrival}/state")
    def follow(request: Request, account: Clerk, arrival: str, stamp: str = "") -> Response:
        values = arrival_values(_mine(counter, account, arrival), visit_of(request).language)
        if values["stamp"] == stamp:
            return Response(status_code=204)
        return JSONResponse(
            {
                "stamp": values["stamp"],
                "state": values["state"],
                "to": values["to"],
                "parts": {"arrival": render(request, "intake/_arrival.html", **values)},
            }
        )

    @app.post("/intake/{arrival}/feed")
    def feed_on(account: Clerk, arrival: str) -> Response:
        counter.arrivals.feed_on(_mine(counter, account, arrival).record.id)
        return RedirectResponse(f"/intake/{arrival}", 303)

    @app.post("/intake/{arrival}/end")
    def end(account: Clerk, arrival: str) -> Response:
        counter.arrivals.finish(_mine(counter, account, arrival).record.id)
        return RedirectResponse(f"/intake/{arrival}", 303)

    @app.post("/intake/{arrival}/again")
    def again(account: Clerk, arrival: str) -> Response:
        counter.arrivals.again(_mine(counter, account, arrival).record.id)
        return RedirectResponse(f"/intake/{arrival}", 303)

    @app.post("/intake/{arrival}/batch")
    def answer(request: Request, account: Clerk, arrival: str, sent: Sent) -> Response:
        found, fields = _mine(counter, account, arrival), fields_of(sent)
        language = visit_of(request).language
        try:
            what, change = batch_change(fields)
            counter.arrivals.answer(found.record.id, what, change)
        except FormRefused as refused:
            why = words_of(language)(refused.word, value=refused.value)
        except SohoaError as error:
            why = told(error, language)
        else:
            return RedirectResponse(f"/intake/{arrival}", 303)
        values = arrival_values(found, language) | {"trouble": why}
        values["screen_words"] = screen_words(language, "intake")
        return page(request, "intake/arrival.html", status_code=422, **values)

    @app.get("/intake/{arrival}/sides/{number}/picture")
    def picture(
        account: Clerk, arrival: str, number: int, width: Annotated[int, Query(ge=1, le=10_000)] = 400
    ) -> Response:
        found = _mine(counter, account, arrival)
        if not 1 <= number <= len(found.sides):
            raise HTTPException(404)
        counter.note_look(account, found.record.order.dossier or found.record.id)
        drawn = _drawn(counter.arrivals.picture(arrival, number), width)
        return Response(drawn, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


def _page(
    request: Request, counter: CounterRoom, form: IntakeForm, told: str = "", status: int = 200, **found: bool
) -> Response:
    """The form, with what was typed and why it was refused."""
    settings, account = counter.room.settings, visit_of(request).account
    devices = [(name, name) for name in settings.scanners]
    if found.get("find"):
        devices = [(each.name, each.model or each.name) for each in find_scanners(settings.scanners)]
    return page(
        request,
        "intake/intake.html",
        status_code=status,
        form=form,
        devices=devices,
        procedures=procedure_choices(counter.room.workshop.catalogue),
        told=told,
        waiting=counter.arrivals.open_of(account.counter if account else ""),
        most_files=MOST_FILES,
        largest_mb=settings.console_upload_mb,
        once=new_form_id(),
        seals=counter.seals(account),
        screen_words=screen_words(visit_of(request).language, "intake"),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a form asks for."""

    sent: FormData
    uploads: Sequence[UploadFile]
    begin: Callable[[ArrivalOrder], Arrival]
    once: Once

    def by(self, account: Account, path: str) -> tuple[str, ...]:
        """Who sent which form with what; the id is empty where the form has none."""
        form_id = fields_of(self.sent).get(FIELD, "")
        if not form_id:
            return (account.name, "", "")
        said = [f"{name}={value}" for name, value in self.sent.multi_items() if isinstance(value, str)]
        kept = [each for each in said if not each.startswith("csrf=")]
        return (account.name, form_id, content_of([path, *kept, *self._files()]))

    def _files(self) -> Iterator[str | bytes]:
        for upload in self.uploads:
            yield upload.filename or ""
            yield upload.file.read()
            upload.file.seek(0)


def _begun(
    request: Request, counter: CounterRoom, account: Account, form: IntakeForm, asked: _Asked
) -> Response:
    """Begin, or say in words why not; what was typed stays in the form. The same form begins nothing more."""
    t = words_of(visit_of(request).language)

    def begin() -> str:
        order = order_of(form, account, counter.room.workshop.catalogue)
        if order.dossier:
            counter.room.desk.expect(account, order.dossier, order.procedure, order.received_on, order.due_on)
        return asked.begin(order).record.id

    try:
        arrival = asked.once.of(asked.by(account, request.url.path), begin)
    except FormRefused as refused:
        why = t(refused.word, value=refused.value)
    except NotOnDesk:
        why = t("intake.code_of_others", code=form.code)
    except SohoaError as error:
        why = told(error, visit_of(request).language)
    else:
        for place in ("intake.code", "intake.procedure"):
            counter.room.reviews.typed(account.name, "intake", place, "")
        to = f"/intake/{arrival}"
        return JSONResponse({"to": to}) if wants_data(request) else RedirectResponse(to, 303)
    if wants_data(request):
        return JSONResponse({"told": why}, 422)
    return _page(request, counter, form, why, 422)


def _taken(counter: CounterRoom, order: ArrivalOrder, uploads: list[UploadFile]) -> Arrival:
    """Keep the files of a form; what is too many or too large is refused and the others go on."""
    arrival = counter.arrivals.begin_files(order)
    for number, upload in enumerate(uploads):
        name = upload.filename or ""
        if number >= MOST_FILES:
            counter.arrivals.refuse(arrival, name, SourceTooMany(name, f"more than {MOST_FILES}"))
        elif (upload.size or 0) > _LARGEST_FILE:
            counter.arrivals.refuse(arrival, name, SourceTooLarge(name, f"more than {_LARGEST_FILE} bytes"))
        else:
            counter.arrivals.take_file(arrival, name, upload.file.read())
    return counter.arrivals.end_files(arrival)


def _mine(counter: CounterRoom, account: Account, arrival: str) -> Arrival:
    """An arrival of this person's counter; another's is not there."""
    try:
        found = counter.arrivals.of(arrival)
    except BatchNotFound as e:
        raise HTTPException(404) from e
    if account.role is Role.CLERK and found.record.order.counter != account.counter:
        raise HTTPException(404)
    return found


def _cases(sent: FormData) -> tuple[str, ...]:
    return tuple(value for value in sent.getlist("cases") if isinstance(value, str) and value)


def _drawn(picture: bytes, width: int) -> bytes:
    """A side as it came, not turned: what was seen of it so far is its quality."""
    with Image.open(io.BytesIO(picture)) as opened:
        frame = UprightFrame(*opened.size, 0, 0.0)
    return upright_jpeg(picture, frame, width_for(width))
