"""`sohoa answer`: what kind of paper a page is, said by the clerk."""

from __future__ import annotations

from collections.abc import Sequence

from console.output import Output
from dossier.errors import InputRefused
from flows.settings import settings


def answer(dossier: str, place: str, kind: str, output: Output) -> int:
    """Keep the answer for the dossier's next run."""
    keep(dossier, [f"{place}={kind}"])
    if output.as_json:
        output.data({"dossier": dossier, "page": place, "kind": kind})
    else:
        output.text(output.term("answer_kept"))
    return 0


def keep(dossier: str, told: Sequence[str]) -> None:
    """Keep answers typed as FILE#N=CODE. Raises SohoaError for one that is not of that form."""
    from flows.answers import answer as keep_all
    from flows.answers import parse_answer
    from flows.service import DOSSIER_CODE

    if not told:
        return
    if not DOSSIER_CODE.fullmatch(dossier):
        raise InputRefused(dossier or "--dossier", "an answer needs the dossier's code")
    answers = []
    for entry in told:
        place, equals, kind = entry.rpartition("=")
        if not equals:
            raise InputRefused(entry, "is not FILE#N=CODE")
        answers.append(parse_answer(place, kind.strip()))
    keep_all(settings(), dossier, answers)
