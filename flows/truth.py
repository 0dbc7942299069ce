"""What clerks set right, as truth for measuring: what was read, what was right, who read it, on which page.

Personal data stays aside unless it is asked for: then the ledger knows who asked and why.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rapidfuzz.distance import Levenshtein

from dossier.errors import SohoaError
from dossier.review import Change, Correction, DismissFinding, SetAside, SetKind, TypeField
from flows.review_base import Prepared
from flows.review_history import history, read_event, written_correction
from flows.review_places import parse_place
from flows.settings import Settings
from flows.viewing import View, note_in
from flows.wiring import open_keys
from storage.codec import decode
from storage.ledger import SqlLedger
from storage.review import ReviewRecord, SqlReviews

FILE: Final = "truth.jsonl"


@dataclass(frozen=True, slots=True)
class TruthExport:
    """What an export wrote."""

    file: Path
    corrections: int
    by_type: tuple[tuple[str, int], ...]
    """How many of each kind of correction, by name."""


def export_truth(settings: Settings, to: Path, *, with_personal_data: bool, why: str) -> TruthExport:
    """Write every correction in force, a line each, into a new file of a folder.

    Args:
        settings: of this machine.
        to: folder; made where it does not exist.
        with_personal_data: whether what was read and typed stands in it; else only how far apart they are.
        why: purpose, for the ledger.

    Raises SohoaError where such a file is there already, StorageError, KeyMissing.
    """
    file = to / FILE
    if file.exists():
        raise SohoaError(str(file), "is there already")
    ledger, reviews = SqlLedger(settings.database), SqlReviews(settings.database, open_keys(settings))
    count: Counter[str] = Counter()
    try:
        if with_personal_data:
            note_in(ledger, settings, View("truth", "corrections", why))
        to.mkdir(parents=True, exist_ok=True, mode=0o700)
        with file.open("x", encoding="utf-8") as out:
            file.chmod(0o600)
            for record in reviews.everything():
                for row in _rows(reviews, record, with_personal_data=with_personal_data):
                    count[row["type"]] += 1
                    out.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
        detail = {"corrections": count.total(), "personal": with_personal_data}
        ledger.append(settings.officer, "truth-exported", "corrections", json.dumps(detail))
    finally:
        reviews.close()
        ledger.close()
    return TruthExport(file, count.total(), tuple(sorted(count.items())))


def _rows(reviews: SqlReviews, record: ReviewRecord, *, with_personal_data: bool) -> Iterator[dict[str, Any]]:
    prepared = decode(Prepared, record.content)
    pictures = {page.picture.sha256: page for page in prepared.pages}
    events = map(read_event, reviews.events(record.dossier, record.round))
    for correction in history(events).in_force:
        page = pictures.get(correction.page)
        told = written_correction(correction)
        row: dict[str, Any] = {
            "dossier": record.dossier,
            "procedure": prepared.order.procedure,
            "round": record.round,
            "number": correction.number,
            "type": told["type"],
            "at": told["at"],
            "engine": correction.engine,
            "picture_sha256": correction.page,
            "page": page.number if page is not None else None,
            "dpi": page.dpi if page is not None else None,
            **_about(correction.change, correction),
        }
        if with_personal_data:
            row |= {"read": correction.before, "right": correction.after, "change": told["change"]}
        yield row


def _about(change: Change, correction: Correction) -> dict[str, Any]:
    """What measures it, without anything that a person could be known by."""
    match change:
        case SetKind():
            return {"read": correction.before, "right": correction.after}
        case TypeField(place):
            both = (correction.before, correction.after)
            return {
                "field": parse_place(place)[1],
                "agrees": both[0] == both[1],
                "was_read": bool(both[0]),
                "distance": Levenshtein.distance(*both),
                "letters": len(both[1]),
            }
        case DismissFinding():
            return {"rule": correction.before}
        case SetAside():
            return {}
        case _:
            return {"read": correction.before, "right": correction.after}
