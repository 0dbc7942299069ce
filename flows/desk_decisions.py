"""What a person at the counter decides about a dossier as a whole, written down before it is done."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dossier.accounts import Account
from dossier.desk import DeskEntry, DeskState
from dossier.errors import ChangedMeanwhile
from dossier.review import ReviewState
from flows.follow_up import end_wait
from flows.wiring import Workshop


class Decision(StrEnum):
    """What is decided."""

    TAKE_ON = "take_on"
    """This person works on it from now on."""
    LEAVE = "leave"
    """Nobody does."""
    GIVE_BACK = "give_back"
    """The applicant has the papers again: to be supplemented, refused or withdrawn."""
    TAKE_BACK = "take_back"
    """It was not given back, or has come again."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision over a dossier as somebody saw it."""

    code: str
    version: int
    """Of the desk's entry."""
    decision: Decision


_FROM: Final = {
    Decision.GIVE_BACK: frozenset({DeskState.EXPECTED, DeskState.REVIEW, DeskState.FAILED}),
    Decision.TAKE_BACK: frozenset({DeskState.RETURNED}),
}
"""States in which it can be decided; every one where none is named."""


def decide(workshop: Workshop, account: Account, decided: Decided) -> DeskEntry:
    """Do it; the ledger has who decided what, and where the dossier was.

    Nobody asks the register about a dossier any more that was given back; one whose seal was ordered is not
    given back, however long it waits for something.

    Raises NotOnDesk, ChangedMeanwhile where it stands otherwise by now, StorageError.
    """
    desk, ledger = workshop.desk, workshop.ledger
    entry = desk.seen(account, decided.code)
    if entry.version != decided.version:
        raise ChangedMeanwhile(decided.code, f"version {entry.version} stands there, not {decided.version}")
    if entry.state not in _FROM.get(decided.decision, frozenset(DeskState)):
        raise ChangedMeanwhile(decided.code, f"it is {entry.state} by now")
    if decided.decision is Decision.GIVE_BACK and _is_sealing(workshop, decided.code):
        raise ChangedMeanwhile(decided.code, "it is being sealed by now")
    detail = {"was": entry.state.value, "assignee": entry.assignee}
    ledger.append(account.actor, decided.decision.value.replace("_", "-"), decided.code, json.dumps(detail))
    match decided.decision:
        case Decision.TAKE_ON:
            return desk.assign(account, decided.code, decided.version, account.name)
        case Decision.LEAVE:
            return desk.assign(account, decided.code, decided.version, "")
        case Decision.GIVE_BACK:
            given_back = desk.give_back(account, decided.code, decided.version)
            wait = workshop.waits.find(decided.code)
            if wait is not None and not wait.settled_at:
                end_wait(workshop, wait, "given back to the applicant")
            return given_back
        case Decision.TAKE_BACK:
            return desk.take_back(account, decided.code, decided.version)


def _is_sealing(workshop: Workshop, code: str) -> bool:
    stand = workshop.reviews.stand(code)
    return stand is not None and stand.state is ReviewState.SEALING
