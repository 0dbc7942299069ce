"""Papers that the archive already keeps for the same person: reused, not asked for and scanned again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from dossier.archive import Dossier
from dossier.document import Document, Field
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.page_print import Likeness
from dossier.paper_mark import PaperMark
from dossier.text import nfc
from models.titles import title_of
from validators.evidence import places_of
from validators.validity import validities

REUSE_BASIS: Final = "TT 01/2023/TT-VPCP Đ7; NĐ 118/2025/NĐ-CP"
_LASTING: Final = frozenset({"gcn_qsdd", "quyet_dinh_ly_hon", "giay_chung_tu"})
"""Papers that stay the same beside issued results; applications and authorities are made out anew."""
_ISSUED_ANEW: Final = frozenset({"phieu_lltp_1", "phieu_lltp_2", *(rule.kind for rule in validities())})
"""Results that are issued anew, because they are valid for a time. A giấy chứng sinh is of one child, and the
next child's names the same mother."""
_OF_A_CHILD: Final = frozenset({"giay_khai_sinh", "trich_luc_khai_sinh"})
"""Papers of the person whom they name first; further ones are the parents (TT 04/2024/TT-BTP)."""


@dataclass(frozen=True, slots=True)
class KnownPaper:
    """A paper in the archive, without the person's number."""

    person: str
    """Keyed hash of the personal number."""
    kind: str
    dossier: str
    """Code of the dossier that it is kept in."""
    marks: tuple[PaperMark, ...] = ()
    """What tells the dossier's papers of this kind and person from others; empty where that is not known."""


def check_reuse(
    dossier: Dossier,
    known: Sequence[KnownPaper],
    person_key: Callable[[str], str],
    told: Sequence[Finding] = (),
) -> tuple[Finding, ...]:
    """Papers of this dossier that are kept for the same person already, or may be.

    A paper with another number, or another day of issue, is another paper. Where neither can be compared,
    it may be the same: that is told, and is nobody's fault.

    Args:
        dossier: the papers, in any order.
        known: what the archive keeps for the dossier's people; this dossier's own papers do not count.
        person_key: the keyed hash of a personal number, the same as in `known`.
        told: what is known of their very sheets; a paper that is told there is not told again.
    """
    others = [paper for paper in known if paper.dossier != dossier.code]
    told_places = {place for finding in told for place in finding.evidence}
    found = []
    for document in dossier.documents:
        if not is_lasting(document.kind.code) or told_places.intersection(places_of(document)):
            continue
        people = {person_key(number) for number in owners_of(document)}
        kept = [p for p in others if p.person in people and p.kind == document.kind.code]
        mark = mark_of(document)
        for likeness, rule in _RULES.items():
            places = sorted({p.dossier for p in kept if _likeness(mark, p) is likeness})
            if places:
                found.append(_finding(rule, document, places))
                break
    return tuple(sorted(found, key=lambda f: (f.subject, f.evidence)))


_RULES: Final = {Likeness.SAME: Rule.ALREADY_DIGITISED, Likeness.ALIKE: Rule.MAY_BE_DIGITISED}
"""What is told of a paper; who is surely kept already is not told to be so perhaps elsewhere."""


def is_lasting(kind: str) -> bool:
    """Whether papers of a kind stay the same, so that nobody has to hand them in again."""
    title = title_of(kind)
    is_result = title is not None and title.result_code != ""
    return kind in _LASTING or (is_result and kind not in _ISSUED_ANEW)


def owners_of(document: Document) -> tuple[str, ...]:
    """Personal numbers of the people whose paper it is: everybody on it, of a birth certificate the child.

    Where the child's number is not on it, or nothing tells whose a number is, everybody has to do.
    """
    numbers = [field for field in document.fields if field.name == "personal_number"]
    named = next((f.person for f in document.fields if f.name == "full_name" and f.person), 0)
    own = [field for field in numbers if field.person == named]
    chosen = own if named and own and document.kind.code in _OF_A_CHILD else numbers
    return tuple(dict.fromkeys(field.value for field in chosen))


def mark_of(document: Document) -> PaperMark:
    """What tells a paper from others of its kind and person; a card's own day of issue is none of it.

    The hashes have no key: a mark outlives each of them, and nothing of it is written but sealed.
    """

    def hashed(name: str) -> tuple[str, ...]:
        said = {_plain(field) for field in document.fields if field.name == name and not field.person}
        return tuple(sorted(_hash(f"{name} {value}") for value in said))

    return PaperMark(hashed("document_number"), hashed("issued_on"))


def _hash(said: str) -> str:
    return hashlib.blake2b(said.encode(), digest_size=16, person=b"sohoa mark 1").hexdigest()


def _plain(field: Field) -> str:
    return "".join(nfc(field.value).upper().split())


def _likeness(mark: PaperMark, known: KnownPaper) -> Likeness:
    """How a paper compares with what a dossier keeps; ALIKE is: nobody can tell."""
    each = {_compared(mark, other) for other in known.marks} or {Likeness.ALIKE}
    return next(likeness for likeness in (*_RULES, Likeness.DIFFERENT) if likeness in each)


def _compared(one: PaperMark, other: PaperMark) -> Likeness:
    """By number; numbers begin anew each year, so that equal ones of two days tell nothing. Else by day."""
    numbers, days = _agree(one.numbers, other.numbers), _agree(one.days, other.days)
    if numbers is False or (numbers is None and days is False):
        return Likeness.DIFFERENT
    if (numbers and days is not False) or (numbers is None and days):
        return Likeness.SAME
    return Likeness.ALIKE


def _agree(one: Sequence[str], other: Sequence[str]) -> bool | None:
    """Whether two papers tell the same; None where one of them tells nothing."""
    return bool(set(one) & set(other)) if one and other else None


def _finding(rule: Rule, document: Document, dossiers: Sequence[str]) -> Finding:
    return Finding(
        rule,
        Severity.INFO,
        Outcome.NOTE,
        document.kind.code,
        places_of(document),
        REUSE_BASIS,
        ", ".join(dossiers),
    )
