"""What a person says about a batch of many dossiers, as a change of its plan."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from console.web.intake_form import FormRefused
from dossier.batch import BatchPlan
from flows.service import DOSSIER_CODE
from pipeline import batch_edit

_RANGE: Final = re.compile(r"([1-9][0-9]{0,3})(?:-([1-9][0-9]{0,3}))?")


def batch_change(form: Mapping[str, str]) -> tuple[str, Callable[[BatchPlan], BatchPlan]]:
    """The change in words for the record, and the change itself.

    Raises FormRefused for sides or a code that cannot be.
    """
    action = form.get("action", "")
    if action == "confirm":
        return "confirm", batch_edit.confirm
    sides = _numbers(form.get("sides", ""))
    written = ",".join(map(str, sides))
    if action == "aside":
        return f"aside {written}", lambda plan: batch_edit.set_aside(plan, sides)
    code, procedure = form.get("dossier", "").strip(), form.get("procedure", "").strip()
    if not DOSSIER_CODE.fullmatch(code):
        raise FormRefused("intake.no_code", code)
    what = f"assign {written} {code} {procedure}".strip()
    return what, lambda plan: batch_edit.assign(plan, sides, code, procedure)


def _numbers(text: str) -> list[int]:
    """ "4-6,9" as numbers, in the order given. Raises FormRefused."""
    numbers: list[int] = []
    for part in text.replace(" ", "").split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            raise FormRefused("intake.no_sides", text[:100])
        first, last = int(match[1]), int(match[2] or match[1])
        numbers += range(first, last + 1) if first <= last else range(first, last - 1, -1)
    return numbers
