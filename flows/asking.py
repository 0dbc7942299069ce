"""Asking the residence register about the people of a dossier; the ledger has a line for each question."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from dossier.archive import DigitisationOrder
from dossier.identity import Identity, RegisterAnswer, RegisterOutcome, RegisterQuery, WitnessSource
from dossier.page import RecognisedPage, StoredObject
from dossier.procedure import Procedure
from dossier.waiting import RegisterWait
from flows.wiring import Workshop
from validators.births import birth_to_ask
from validators.identity import register_query

Asked: TypeAlias = tuple[tuple[Identity, RegisterAnswer | None], ...]
"""Each person with the register's answer; None where there was nothing to ask with."""
Originals: TypeAlias = tuple[tuple[str, StoredObject], ...]


def ask_register(
    workshop: Workshop, order: DigitisationOrder, procedure: Procedure, identities: Sequence[Identity]
) -> Asked:
    """Ask about everybody whose number is not in dispute.

    The full record is asked for only where the procedure lets the register replace a paper.
    """
    wants_record = any(c.replaced_by == "residence_register" for c in procedure.components)
    return tuple((each, _ask(workshop, order, each, wants_record=wants_record)) for each in identities)


def failed_lookups(
    workshop: Workshop, order: DigitisationOrder, originals: Originals
) -> Sequence[RegisterAnswer]:
    """Look-ups for the same papers that failed in an earlier run and are in the ledger.

    A residence paper that was lawfully taken because the register did not answer stays acceptable when
    the register is back (NĐ 104/2022/NĐ-CP Đ14(2)).
    """
    wait = workshop.waits.find(order.dossier)
    return wait.failed if wait is not None and wait.originals == originals else ()


def note_unanswered(workshop: Workshop, order: DigitisationOrder, originals: Originals, asked: Asked) -> None:
    """Put a dossier on the list of those that wait for the register, before anything else happens to it."""
    failed = tuple(a for _, a in asked if a is not None and a.outcome is RegisterOutcome.NOT_CHECKED)
    if not failed or not workshop.settings.has_register:
        return
    known = workshop.waits.find(order.dossier)
    if known is not None and known.originals == originals:
        workshop.waits.note(replace(known, settled_at="", over_at=""))
        return
    since = workshop.clock().isoformat(timespec="seconds")
    workshop.waits.note(RegisterWait(order, originals, failed, since))


def originals_of(pages: Sequence[RecognisedPage]) -> Originals:
    """Name and untouched bytes of each file that gave pages, in the order of the pages."""
    return tuple(dict.fromkeys((p.page.source.name, p.page.source.original) for p in pages))


def _ask(
    workshop: Workshop, order: DigitisationOrder, identity: Identity, *, wants_record: bool
) -> RegisterAnswer | None:
    query = register_query(identity, order.officer, f"{order.dossier} {order.procedure}")
    if query is None:
        return None
    residence = identity.card.residence if identity.card else ""
    query = replace(query, wants_record=wants_record, residence=residence)
    answer = _put(workshop, order, query)
    born = birth_to_ask(identity)
    is_printed = born is not None and born.source is WitnessSource.PRINT
    if not is_printed or answer.outcome is not RegisterOutcome.NO_MATCH_OR_NAME_DIFFERS:
        return answer
    # A printed birth may be misread, or wrong on the form: the same question without it tells which it is.
    without = _put(workshop, order, replace(query, date_of_birth=None, year_of_birth=None))
    if without.outcome not in (RegisterOutcome.MATCHES, RegisterOutcome.DIFFERS):
        return answer
    return replace(
        without,
        outcome=RegisterOutcome.DIFFERS,
        differing=("date_of_birth", *without.differing),
        request_codes=(*answer.request_codes, *without.request_codes),
    )


def _put(workshop: Workshop, order: DigitisationOrder, query: RegisterQuery) -> RegisterAnswer:
    """Ask one question; the ledger knows of it."""
    began = time.monotonic()
    answer = workshop.register.ask(query)
    # Officer, purpose and outcome make the question traceable; nothing in it tells whom it was about.
    detail = {
        "purpose": query.purpose,
        "record": query.wants_record,
        "birth": bool(query.date_of_birth or query.year_of_birth),
        "outcome": answer.outcome,
        "reason": answer.reason,
        "differing": answer.differing,
        "equated": answer.equated,
        "requests": answer.request_codes,
        "seconds": round(time.monotonic() - began, 3),
    }
    workshop.ledger.append(order.officer, "register-asked", order.dossier, json.dumps(detail))
    return answer
