"""Dossiers that wait for the residence register, so that its answer is not forgotten."""

from __future__ import annotations

from dataclasses import dataclass

from dossier.archive import DigitisationOrder
from dossier.identity import RegisterAnswer
from dossier.page import StoredObject


@dataclass(frozen=True, slots=True)
class RegisterWait:
    """A dossier whose question to the register stayed unanswered."""

    order: DigitisationOrder
    originals: tuple[tuple[str, StoredObject], ...]
    """Name and untouched bytes of each file, so that the run can be repeated when the scans are gone."""
    failed: tuple[RegisterAnswer, ...]
    """The look-ups that failed; they make a residence paper acceptable (NĐ 104/2022/NĐ-CP Đ14(2))."""
    since: str
    """ISO 8601, +07:00."""
    settled_at: str = ""
    """When the waiting ended; empty while it goes on."""
    over_at: str = ""
    """When a look found that it had gone on for too long, ISO 8601; empty before, or where a later look by
    a clock that was set right found otherwise."""
