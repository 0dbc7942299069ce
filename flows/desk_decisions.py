"""What a person at the counter decides about a dossier as a whole, written down before it is done."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dossier.accounts import Account
from dossier.desk import DeskEntry, DeskState
from dossier.errors import ChangedMeanwhile
from dossier.ports import Ledger
from flows.desk import Desk


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


def decide(desk: Desk, ledger: Ledger, account: Account, decided: Decided) -> DeskEntry:
    """Do it; the ledger has who decided what, and where the dossier was.

    Raises NotOnDesk, ChangedMeanwhile where it stands otherwise by now, StorageError.
    """
    entry = desk.seen(account, decided.code)
    if entry.version != decided.version:
        raise ChangedMeanwhile(decided.code, f"version {entry.version} stands there, not {decided.version}")
    if entry.state not in _FROM.get(decided.decision, frozenset(DeskState)):
        raise ChangedMeanwhile(decided.code, f"it is {entry.state} by now")
    detail = {"was": entry.state.value, "assignee": entry.assignee}
    ledger.append(account.actor, decided.decision.value.replace("_", "-"), decided.code, json.dumps(detail))
    match decided.decision:
        case Decision.TAKE_ON:
            return desk.assign(account, decided.code, decided.version, account.name)
        case Decision.LEAVE:
            return desk.assign(account, decided.code, decided.version, "")
        case Decision.GIVE_BACK:
            return desk.give_back(account, decided.code, decided.version)
        case Decision.TAKE_BACK:
            return desk.take_back(account, decided.code, decided.version)
