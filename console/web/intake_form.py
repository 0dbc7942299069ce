"""The form with which papers come in: code, procedure, cases, day of reception, device."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from dossier.accounts import Account
from dossier.arrival import ArrivalOrder
from dossier.ports import Catalogue
from dossier.text import day_of, nfc
from flows.service import DOSSIER_CODE
from flows.wiring import VIETNAM

_LONGEST: Final = 200


class FormRefused(Exception):
    """Something in the form cannot be; `word` is the key of the words that say it."""

    def __init__(self, word: str, value: str) -> None:
        super().__init__(word)
        self.word = word
        self.value = value


@dataclass(frozen=True, slots=True)
class IntakeForm:
    """What somebody typed, right or wrong."""

    code: str = ""
    procedure: str = ""
    received_on: str = ""
    due_on: str = ""
    cases: tuple[str, ...] = ()
    device: str = ""
    profile: str = "document"
    is_batch: bool = False
    """Whether cover sheets tell what belongs to which dossier."""

    @classmethod
    def of_typed(cls, typed: Mapping[str, str], code: str = "") -> IntakeForm:
        """What was typed before and not sent."""
        return cls(
            code=code or typed.get("intake.code", ""),
            procedure=typed.get("intake.procedure", ""),
            received_on=f"{today():%d/%m/%Y}",
        )


def today() -> date:
    """The day at the counter."""
    return datetime.now(VIETNAM).date()


def read_form(fields: Mapping[str, str], cases: tuple[str, ...]) -> IntakeForm:
    """The form as it was sent; nothing is refused here."""
    return IntakeForm(
        code=nfc(fields.get("code", "")).strip()[:_LONGEST],
        procedure=fields.get("procedure", "").strip()[:_LONGEST],
        received_on=fields.get("received_on", "").strip()[:_LONGEST],
        due_on=fields.get("due_on", "").strip()[:_LONGEST],
        cases=cases,
        device=fields.get("device", "")[:_LONGEST],
        profile=fields.get("profile", "document")[:_LONGEST],
        is_batch=fields.get("batch") == "yes",
    )


def order_of(form: IntakeForm, account: Account, catalogue: Catalogue) -> ArrivalOrder:
    """What the form asks for; a dossier without a code gets a provisional one (mã tạm).

    Raises:
        FormRefused: the code cannot be one, no procedure was chosen, the day of reception is none or has not
            come, or the promised day is none, lies before it, or would be that of several dossiers.
        ProcedureUnknown: no such procedure on that day.
    """
    day = _day(form.received_on)
    code = form.code or ("" if form.is_batch else _provisional())
    if code and not DOSSIER_CODE.fullmatch(code):
        raise FormRefused("intake.no_code", code)
    if not form.procedure and not form.is_batch:
        raise FormRefused("intake.no_procedure", "")
    if form.procedure:
        catalogue.procedure(form.procedure, day)
    due_on = _due(form.due_on, day)
    if due_on is not None and form.is_batch:
        raise FormRefused("intake.due_of_batch", "")
    return ArrivalOrder(
        code, form.procedure, form.cases, day, account.name, account.display_name, account.counter, due_on
    )


def procedure_choices(catalogue: Catalogue) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Procedures in force today: code, name, and cases with their headings."""
    day = today()
    return sorted(
        (
            (each.code, each.name, [(case.code, case.text) for case in each.cases])
            for each in catalogue.procedures()
            if each.is_valid_on(day)
        ),
        key=lambda choice: choice[1],
    )


def _day(text: str) -> date:
    day = _said(text) if text else today()
    if day > today():
        raise FormRefused("intake.future_day", text)
    return day


def _due(text: str, received_on: date) -> date | None:
    if not text:
        return None
    day = _said(text)
    if day < received_on:
        raise FormRefused("intake.due_before", text)
    return day


def _said(text: str) -> date:
    try:
        return day_of(text)
    except ValueError as e:
        raise FormRefused("intake.no_day", text) from e


def _provisional() -> str:
    chance = base64.b32encode(secrets.token_bytes(3))[:4].decode()
    return f"TAM-{datetime.now(VIETNAM):%y%m%d-%H%M%S}-{chance}"
