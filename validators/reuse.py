"""Papers that the archive already keeps for the same person: reused, not asked for and scanned again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from dossier.archive import Dossier
from dossier.document import Document
from dossier.finding import Finding, Outcome, Rule, Severity
from models.titles import title_of
from validators.evidence import places_of

REUSE_BASIS: Final = "TT 01/2023/TT-VPCP Đ7; NĐ 118/2025/NĐ-CP"
_LASTING: Final = frozenset({"gcn_qsdd", "quyet_dinh_ly_hon", "giay_chung_sinh", "giay_chung_tu"})
"""Papers that stay the same beside issued results; applications and authorities are made out anew."""


@dataclass(frozen=True, slots=True)
class KnownPaper:
    """A paper in the archive, without the person's number."""

    person: str
    """Keyed hash of the personal number."""
    kind: str
    dossier: str
    """Code of the dossier that it is kept in."""


def check_reuse(
    dossier: Dossier,
    known: Sequence[KnownPaper],
    person_key: Callable[[str], str],
    told: Sequence[Finding] = (),
) -> tuple[Finding, ...]:
    """Papers of this dossier that are kept for the same person already.

    Args:
        dossier: the papers, in any order.
        known: what the archive keeps for the dossier's people; this dossier's own papers do not count.
        person_key: the keyed hash of a personal number, the same as in `known`.
        told: what is known of their very sheets; a paper that is told there is not told again.
    """
    kept: dict[tuple[str, str], set[str]] = {}
    for paper in known:
        if paper.dossier != dossier.code:
            kept.setdefault((paper.person, paper.kind), set()).add(paper.dossier)
    told_places = {place for finding in told for place in finding.evidence}
    found = []
    for document in dossier.documents:
        if not is_lasting(document.kind.code) or told_places.intersection(places_of(document)):
            continue
        people = {person_key(number) for number in document.values("personal_number")}
        places = sorted({code for person in people for code in kept.get((person, document.kind.code), ())})
        if places:
            found.append(_finding(document, places))
    return tuple(sorted(found, key=lambda f: (f.subject, f.evidence)))


def is_lasting(kind: str) -> bool:
    """Whether papers of a kind stay the same, so that nobody has to hand them in again."""
    title = title_of(kind)
    return kind in _LASTING or (title is not None and title.result_code != "")


def _finding(document: Document, dossiers: Sequence[str]) -> Finding:
    return Finding(
        Rule.ALREADY_DIGITISED,
        Severity.INFO,
        Outcome.NOTE,
        document.kind.code,
        places_of(document),
        REUSE_BASIS,
        ", ".join(dossiers),
    )
