"""An arrival as its screen shows it."""

from __future__ import annotations

import hashlib
from typing import Any

from console.wording import plain_message
from console.wording_batch import question_message
from console.wording_language import Language
from console.wording_quality import FLAWS, VERDICTS
from dossier.arrival import Arrival, ArrivalState, ArrivedSide
from dossier.quality import QualityFinding


def arrival_values(arrival: Arrival, language: Language) -> dict[str, Any]:
    """What the templates of an arrival name; `stamp` changes when they would look otherwise."""
    sides = [_side(side, arrival.record.id, language) for side in arrival.sides]
    trouble = plain_message(arrival.trouble, language) if arrival.trouble is not None else ""
    refused = [plain_message(each.error, language) for each in arrival.refused]
    questions = [question_message(each, language) for each in arrival.questions]
    told = repr((arrival.state, sides, trouble, refused, arrival.dossiers, questions, arrival.asked))
    only = arrival.dossiers[0] if len(arrival.dossiers) == 1 else ""
    # A refused file stands among its dossier's findings; a dossier of a batch that was refused only here.
    is_told_here = bool(arrival.record.batch and arrival.refused)
    is_done = arrival.state is ArrivalState.HANDED_ON and only and not is_told_here
    return {
        "arrival": arrival,
        "arrival_id": arrival.record.id,
        "state": arrival.state.value,
        "dossier": arrival.record.order.dossier,
        "dossiers": arrival.dossiers,
        "is_scan": bool(arrival.record.device),
        "is_whole": arrival.record.is_whole,
        "can_be_read_again": arrival.can_be_read_again,
        "sides": sides,
        "questions": questions,
        "asked": arrival.asked,
        "refused": refused,
        "trouble": trouble,
        "to": f"/dossiers/{only}" if is_done else "",
        "stamp": hashlib.sha256(told.encode()).hexdigest()[:16],
    }


def _side(side: ArrivedSide, arrival: str, language: Language) -> dict[str, Any]:
    verdict = side.verdict
    return {
        "number": side.number,
        "name": side.name,
        "picture": f"/intake/{arrival}/sides/{side.number}/picture",
        "verdict": verdict.value if verdict else "waiting",
        "words": VERDICTS[verdict][language] if verdict else "",
        "flaws": [_flaw(finding, language) for finding in side.flaws],
        "is_blank": side.is_blank,
    }


def _flaw(finding: QualityFinding, language: Language) -> str:
    sentence = FLAWS[finding.measure.flaw][language]
    return sentence.format(value=finding.measure.value, limit=finding.limit)
