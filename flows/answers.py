"""What a clerk told about a page: kept as the truth, used on the next run of the dossier."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dossier.errors import InputRefused, SohoaError
from dossier.ports import Checkpoints, Ledger
from flows.settings import Settings
from flows.wiring import open_checkpoints, open_keys
from models.titles import title_of
from storage.ledger import SqlLedger

_STEP: Final = "answers"
_PLACE: Final = re.compile(r"(?P<file>.+)#(?P<page>[1-9][0-9]{0,3})")


@dataclass(frozen=True, slots=True)
class KindAnswer:
    """A page and the kind of paper that begins on it, as a person says."""

    file: str
    """File name without folders."""
    page: int
    """1-based within the file."""
    kind: str
    """Code of the table of titles."""


def parse_answer(place: str, kind: str) -> KindAnswer:
    """An answer as typed: "scan.pdf#2" and "ct07". Raises SohoaError for a place or kind that cannot be."""
    found = _PLACE.fullmatch(place.strip())
    if found is None:
        raise InputRefused(place, "is not a page: FILE#NUMBER")
    if title_of(kind) is None:
        raise SohoaError(kind, "is no kind of paper in the table of titles")
    return KindAnswer(found["file"].replace("\\", "/").rsplit("/", 1)[-1], int(found["page"]), kind)


def keep_answers(checkpoints: Checkpoints, dossier: str, answers: Sequence[KindAnswer]) -> None:
    """Keep answers beside those given before; a later one about the same page replaces the earlier."""
    known = answers_of(checkpoints, dossier) | {(a.file, a.page): a.kind for a in answers}
    rows = [[file, page, kind] for (file, page), kind in sorted(known.items())]
    checkpoints.save(_STEP, dossier, json.dumps(rows, ensure_ascii=False).encode())


def answers_of(checkpoints: Checkpoints, dossier: str) -> dict[tuple[str, int], str]:
    """Kinds that were told, by file name and page number; a kind that has left the table is no longer one."""
    kept = checkpoints.load(_STEP, dossier)
    rows = json.loads(kept) if kept is not None else []
    return {(file, page): kind for file, page, kind in rows if title_of(kind) is not None}


def answer(settings: Settings, dossier: str, answers: Sequence[KindAnswer]) -> None:
    """Keep what a clerk told, and write into the ledger who told it. Raises StorageError."""
    keep_answers(open_checkpoints(settings, open_keys(settings)), dossier, answers)
    note(SqlLedger(settings.database), settings.officer, dossier, answers)


def note(ledger: Ledger, officer: str, dossier: str, answers: Sequence[KindAnswer]) -> None:
    """One ledger entry for each answer; no file name, which may hold a person's."""
    for told in answers:
        ledger.append(officer, "kind-told", dossier, json.dumps({"page": told.page, "kind": told.kind}))
