"""What was done to a draft, event by event: corrections, undoing, redoing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from dossier import review
from dossier.errors import StorageError
from dossier.review import Change, Correction
from storage.codec import decode, encode


class Action(StrEnum):
    """What somebody did."""

    CHANGE = "change"
    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a draft's history."""

    number: int
    """The version that it made."""
    action: Action
    by: str
    at: datetime
    correction: Correction | None
    """Of a change; None of undoing and redoing."""


@dataclass(frozen=True, slots=True)
class History:
    """Where a list of events leads."""

    in_force: tuple[Correction, ...]
    undone: tuple[Correction, ...]
    """What can be brought back, the next one last."""
    version: int


_KINDS: Final[dict[str, type[Any]]] = {
    kind.__name__: kind
    for kind in (
        review.SetKind,
        review.TypeField,
        review.OrderPages,
        review.OrderPapers,
        review.SplitPaper,
        review.MergePapers,
        review.MovePage,
        review.TurnPage,
        review.MarkBlank,
        review.SetAside,
        review.DismissFinding,
        review.ChooseCases,
        review.SetDue,
    )
}


def history(events: Iterable[Event]) -> History:
    """Fold events: a new correction ends what could be redone."""
    in_force: list[Correction] = []
    undone: list[Correction] = []
    version = 0
    for event in events:
        version = event.number
        if event.action is Action.UNDO and in_force:
            undone.append(in_force.pop())
        elif event.action is Action.REDO and undone:
            in_force.append(undone.pop())
        elif event.correction is not None:
            in_force.append(event.correction)
            undone.clear()
    return History(tuple(in_force), tuple(undone), version)


def written_event(event: Event) -> bytes:
    """An event as it is kept."""
    correction = event.correction
    data = {
        "number": event.number,
        "action": event.action.value,
        "by": event.by,
        "at": event.at.isoformat(),
        "correction": None if correction is None else written_correction(correction),
    }
    return json.dumps(data, ensure_ascii=False).encode()


def written_correction(correction: Correction) -> dict[str, Any]:
    """A correction as plain data: `type` and `change`, who, when, before, after."""
    return {
        "number": correction.number,
        "type": type(correction.change).__name__,
        "change": json.loads(encode(correction.change)),
        "by": correction.by,
        "at": correction.at.isoformat(),
        "before": correction.before,
        "after": correction.after,
        "engine": correction.engine,
        "page": correction.page,
    }


def correction_said(correction: Correction) -> str:
    """A correction in a few words for ledger and package: what it is about, without what was typed."""
    change = correction.change
    said = type(change).__name__
    match change:
        case review.SetKind():
            return f"{said}: {correction.before} -> {correction.after}"
        case review.TypeField(place):
            return f"{said}: {place}"
        case review.DismissFinding(key):
            return f"{said}: {correction.before or key}"
        case review.SetAside(page):
            return f"{said}: page {page}"
        case _:
            return f"{said}: {correction.before} -> {correction.after}"


def read_event(data: bytes) -> Event:
    """The event that `written_event` wrote. Raises StorageError."""
    try:
        told = json.loads(data)
        written = told["correction"]
        return Event(
            number=int(told["number"]),
            action=Action(told["action"]),
            by=str(told["by"]),
            at=datetime.fromisoformat(told["at"]),
            correction=None if written is None else _read_correction(written),
        )
    except (KeyError, ValueError, TypeError) as e:
        raise StorageError("event of a draft", f"is of another form: {type(e).__name__}") from e


def _read_correction(written: dict[str, Any]) -> Correction:
    change: Change = decode(_KINDS[written["type"]], json.dumps(written["change"]).encode())
    return Correction(
        number=int(written["number"]),
        change=change,
        by=str(written["by"]),
        at=datetime.fromisoformat(written["at"]),
        before=str(written["before"]),
        after=str(written["after"]),
        engine=str(written["engine"]),
        page=str(written["page"]),
    )
