"""The screens of the office that controls procedures: figures, charts, the dossiers and pages behind them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from fastapi import Depends, FastAPI, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, field_validator

from console.web.access import signed_in, visit_of
from console.web.archive import ask_why, look_at_findings
from console.web.audit import language_of
from console.web.charts import Bar, Chart, svg
from console.web.pages import NavEntry, add_nav, page
from console.web.room import Room
from console.web.times import clock_words, day_said
from console.web.words import words_of
from dossier.accounts import Account, Role
from flows.control_board import (
    SHARES,
    ControlledDossier,
    ControlQuestion,
    Figure,
    Group,
    behind,
    controlled,
    counts_of,
    figure_of,
    side_by_side,
)
from flows.wiring import VIETNAM

Controller = Annotated[Account, Depends(signed_in(Role.CONTROLLER))]
_ONLY: Final = [Depends(signed_in(Role.CONTROLLER))]
_DAYS: Final = 180
_BARS: Final = 20
_AT_ONCE: Final = 100
_FRESH_SECONDS: Final = 15.0
_SERIES: Final = ("digitised", "returned", "rest")
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""


class ControlFilter(BaseModel):
    """What is asked for in the address."""

    model_config = ConfigDict(str_strip_whitespace=True)

    begin: date | None = None
    end: date | None = None
    centre: str = ""
    counter: str = ""
    procedure: str = ""
    month: str = ""
    figure: Figure = Figure.DOSSIERS
    skip: int = Field(default=0, ge=0, le=10_000_000)

    @field_validator("begin", "end", mode="before")
    @classmethod
    def _day(cls, said: object) -> object:
        return day_said(said)

    def days(self, today: date) -> tuple[date, date]:
        """The last half year where nobody says otherwise."""
        end = self.end or today
        return self.begin or end - timedelta(days=_DAYS), end

    def question(self, today: date) -> ControlQuestion:
        """Which dossiers are looked at."""
        return ControlQuestion(*self.days(today), self.centre, self.counter, self.procedure, self.month)

    def address(self, path: str, today: date, **other: object) -> str:
        """The address of the same question with something else about it."""
        begin, end = self.days(today)
        said = self.model_dump(mode="json", exclude={"skip"})
        said |= {"begin": begin.isoformat(), "end": end.isoformat()} | other
        return f"{path}?{urlencode({name: value for name, value in said.items() if value})}"


class _Counted:
    """The dossiers of the days that somebody looks at now: whoever narrows them down asks often."""

    def __init__(self, room: Room) -> None:
        self._room, self._lock = room, Lock()
        self._days, self._until = (date.min, date.min), 0.0
        self._dossiers: tuple[ControlledDossier, ...] = ()

    def between(self, begin: date, end: date) -> tuple[ControlledDossier, ...]:
        """Counted anew after a while, or for other days. Raises StorageError."""
        with self._lock:
            if (begin, end) != self._days or monotonic() > self._until:
                self._dossiers = controlled(self._room.workshop, begin, end)
                self._days, self._until = (begin, end), monotonic() + _FRESH_SECONDS
            return self._dossiers


def add_control(app: FastAPI, room: Room) -> None:
    """Charts, CSV, drill-down."""
    add_nav(app, NavEntry("/control", "nav_control", (Role.CONTROLLER,)))

    counted = _Counted(room)

    def found(wanted: ControlFilter) -> tuple[ControlledDossier, ...]:
        question = wanted.question(_today())
        return tuple(filter(question.takes, counted.between(question.begin, question.end)))

    @app.get("/control")
    def charts(request: Request, account: Controller, wanted: Annotated[ControlFilter, Query()]) -> Response:
        dossiers = found(wanted)
        t = words_of(language_of(account))
        begin, end = wanted.days(_today())
        return page(
            request,
            "control/charts.html",
            wanted=wanted,
            begin=begin,
            end=end,
            dossiers=dossiers,
            tiles=[(each, _shown(dossiers, each, t), _known(dossiers, each, t)) for each in Figure],
            charts=[_chart(dossiers, wanted, group, t) for group in Group],
            address=lambda path="/control", **other: wanted.address(path, _today(), **other),
        )

    @app.get("/control/table.csv", dependencies=_ONLY)
    def table(request: Request, wanted: Annotated[ControlFilter, Query()]) -> Response:
        return Response(
            table_csv(found(wanted), words_of(visit_of(request).language)),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="kiem-soat.csv"'},
        )

    @app.get("/control/dossiers", dependencies=_ONLY)
    def listed(request: Request, wanted: Annotated[ControlFilter, Query()]) -> Response:
        proving = behind(found(wanted), wanted.figure)
        skip = wanted.skip
        return page(
            request,
            "control/dossiers.html",
            wanted=wanted,
            shown=proving[skip : skip + _AT_ONCE],
            count=len(proving),
            skip=skip,
            step=_AT_ONCE,
            at=clock_words,
            address=lambda path="/control/dossiers", **other: wanted.address(path, _today(), **other),
        )

    @app.get("/control/dossiers/{code}")
    def one(request: Request, account: Controller, code: str) -> Response:
        is_kept = room.workshop.index.package(code) is not None
        if is_kept and room.looks.needs_purpose(account.actor, code):
            return ask_why(request, code, f"/control/dossiers/{quote(code)}")
        findings = look_at_findings(room, account, code) if is_kept else None
        return page(
            request,
            "control/dossier.html",
            code=code,
            here=f"/archive/{quote(code)}",
            findings=findings,
            counted=counts_of(room.workshop, code),
            is_on_desk=room.desk.may_see(account, code),
        )


def table_csv(dossiers: Sequence[ControlledDossier], t: Callable[..., str]) -> bytes:
    """Every group of dossiers with every figure, UTF-8 with a mark that spreadsheets look for."""
    groups: dict[tuple[str, ...], list[ControlledDossier]] = {}
    for each in dossiers:
        groups.setdefault(tuple(each.place(group) for group in Group), []).append(each)
    written = io.StringIO()
    sheet = csv.writer(written, lineterminator="\r\n")
    sheet.writerow([t(f"control_{each.value}") for each in (*Group, *Figure)])
    for place in sorted(groups):
        figures = (figure_of(groups[place], figure) for figure in Figure)
        sheet.writerow([*map(harmless, place), *("" if each is None else f"{each:g}" for each in figures)])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_RISKY) and cell != "-" else cell


def _chart(
    dossiers: Sequence[ControlledDossier], wanted: ControlFilter, group: Group, t: Callable[..., str]
) -> dict[str, Any]:
    """One chart with the rows of the table beside it."""
    figure = wanted.figure
    rows = []
    for place, some in side_by_side(dossiers, group).items():
        value = figure_of(some, figure)
        rows.append((place, some, value, _shown(some, figure, t)))
    drawn = sorted(rows, key=lambda row: -(row[2] or 0.0))[:_BARS]
    if group is Group.MONTH:
        drawn = sorted(drawn, key=lambda row: row[0])
    by = t(f"control_by_{group.value}")
    title = t("control_chart_of", figure=t(f"control_{figure.value}"), group=by.lower())
    bars = tuple(Bar(place, _parts(some, figure, value), said) for place, some, value, said in drawn)
    series = tuple(t(f"control_series_{name}") for name in _SERIES) if figure is Figure.DOSSIERS else ()
    told = t("control_chart_said", bars="; ".join(f"{bar.label} {bar.value}" for bar in bars[:8]))
    return {
        "group": group.value,
        "heading": by,
        "svg": svg(Chart(f"chart-{group.value}", title, told, bars, series)),
        "rows": [(place, len(some), said) for place, some, _, said in rows],
        "is_cut": len(rows) > _BARS,
        "drawn": len(drawn),
    }


def _parts(some: Sequence[ControlledDossier], figure: Figure, value: float | None) -> tuple[float, ...]:
    if figure is not Figure.DOSSIERS:
        return (value or 0.0,)
    digitised = sum(each.is_digitised for each in some)
    returned = sum(each.is_returned and not each.is_digitised for each in some)
    return float(digitised), float(returned), float(len(some) - digitised - returned)


def _shown(some: Sequence[ControlledDossier], figure: Figure, t: Callable[..., str]) -> str:
    value = figure_of(some, figure)
    if value is None:
        return t("control_no_value")
    number = f"{value:g}".replace(".", t("control_decimal"))
    if figure in SHARES:
        return t("control_percent", value=number)
    return t("control_minutes_value", value=number) if figure is Figure.MINUTES else number


def _known(some: Sequence[ControlledDossier], figure: Figure, t: Callable[..., str]) -> str:
    """Over how many dossiers a figure says something, where that is not all of them."""
    known = {
        Figure.ON_TIME: sum(each.is_on_time is not None for each in some),
        Figure.MINUTES: sum(each.minutes is not None for each in some),
    }.get(figure)
    return "" if known is None else t("control_of_known", known=known, all=len(some))


def _today() -> date:
    return datetime.now(VIETNAM).date()
