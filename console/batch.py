"""`sohoa batch`: what a clerk answers and changes in a batch that was scanned."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from console.batch_report import batch_data, show_batch
from console.output import Output
from console.scan import finish
from console.wording_batch import word
from dossier.batch import BatchPlan
from dossier.batch_record import Batch
from dossier.errors import BatchEditRefused
from flows.batch_forgetting import forget_batch
from flows.scanning import ScanRoom
from flows.settings import settings
from pipeline import batch_edit

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_RANGE: Final = re.compile(r"([1-9][0-9]{0,3})(?:-([1-9][0-9]{0,3}))?")


def listed(output: Output) -> int:
    """Every batch of this machine."""
    room = ScanRoom(settings())
    batches = [room.load(batch_id) for batch_id in room.ids()]
    if output.as_json:
        output.data([batch_data(room, batch, {}, output.language) for batch in batches])
        return 0
    for batch in batches:
        asked = len(batch.plan.asked) if batch.plan else 0
        told = f"{word('asked', output.language)} {asked}" if asked else ""
        output.text(f"{batch.id}  {room.count(batch)} {word('side', output.language)}  {told}".rstrip())
    return 0


def shown(batch_id: str, output: Output) -> int:
    """One batch."""
    room = ScanRoom(settings())
    return _tell(room, room.load(batch_id), output)


def finished(batch_id: str, output: Output, *, ended: bool = False) -> int:
    """Sort what has been scanned, unless that was done, and digitise what is certain.

    Args:
        ended: an interrupted feed is over; nothing is left to be scanned.
    """
    room = ScanRoom(settings())
    batch = room.load(batch_id)
    if ended:
        batch = room.declare_ended(batch)
    return finish(room, batch if batch.plan is not None else room.sort(batch), output)


def forgotten(batch_ids: Sequence[str], output: Output) -> int:
    """Batches that nobody needs any more."""
    sides = {batch_id: forget_batch(settings(), batch_id) for batch_id in dict.fromkeys(batch_ids)}
    if output.as_json:
        output.data({"forgotten": sides})
    for batch_id, count in {} if output.as_json else sides.items():
        output.text(word("forgotten", output.language, batch=batch_id, count=count))
    return 0


def assigned(batch_id: str, sides: str, dossier: str, procedure: str, output: Output) -> int:
    """These sides belong to this dossier."""
    what = f"assign {sides} {_code(dossier)} {procedure}".strip()
    return _edit(
        batch_id, what, lambda plan: batch_edit.assign(plan, _numbers(sides), dossier, procedure), output
    )


def confirmed(batch_id: str, dossiers: Sequence[str], output: Output) -> int:
    """What was suggested is right."""
    what = " ".join(("confirm", *dossiers))
    return _edit(batch_id, what, lambda plan: batch_edit.confirm(plan, dossiers), output)


def split(batch_id: str, side: int, dossier: str, procedure: str, output: Output) -> int:
    """From this side on it is another dossier."""
    what = f"split {side} {_code(dossier)} {procedure}".strip()
    return _edit(batch_id, what, lambda plan: batch_edit.split_at(plan, side, dossier, procedure), output)


def merged(batch_id: str, dossier: str, into: str, output: Output) -> int:
    """Two dossiers are one."""
    return _edit(
        batch_id, f"merge {dossier} {into}", lambda plan: batch_edit.merge(plan, dossier, into), output
    )


def moved(batch_id: str, sides: str, after: int, output: Output) -> int:
    """Another order."""
    what = f"move {sides} --after {after}"
    return _edit(batch_id, what, lambda plan: batch_edit.move(plan, _numbers(sides), after), output)


def set_aside(batch_id: str, sides: str, output: Output) -> int:
    """These sides belong to no dossier."""
    what = f"aside {sides}"
    return _edit(batch_id, what, lambda plan: batch_edit.set_aside(plan, _numbers(sides)), output)


def _edit(batch_id: str, what: str, change: Callable[[BatchPlan], BatchPlan], output: Output) -> int:
    room = ScanRoom(settings())
    return _tell(room, room.edit(batch_id, what, change), output)


def _tell(room: ScanRoom, batch: Batch, output: Output) -> int:
    if output.as_json:
        output.data(batch_data(room, batch, {}, output.language))
    else:
        show_batch(batch_data(room, batch, {}, output.language), output)
    return 0


def _numbers(text: str) -> list[int]:
    """ "4-6,9" as numbers, in the order given. Raises BatchEditRefused."""
    numbers: list[int] = []
    for part in text.replace(" ", "").split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            raise BatchEditRefused(text, "sides are written as 4-6,9")
        first, last = int(match[1]), int(match[2] or match[1])
        numbers += range(first, last + 1) if first <= last else range(first, last - 1, -1)
    return numbers


def _code(dossier: str) -> str:
    if not _CODE.fullmatch(dossier):
        raise BatchEditRefused(dossier, "is not a dossier code")
    return dossier
