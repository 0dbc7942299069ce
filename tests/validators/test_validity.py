"""Expired papers, and papers that the archive keeps for the same person already."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from dossier.archive import Dossier
from dossier.document import Document, Field
from dossier.finding import Finding, Outcome, Rule, Severity
from tests.pages import paper
from validators.reuse import KnownPaper, check_reuse
from validators.validity import check_validity

MOTHER, FATHER = "001190005678", "001090001234"
DAY = date(2026, 11, 21)


def dated(kind: str, issued_on: str, *, name: str = "date") -> Document:
    fields = [Field(name, issued_on, 1, None, 0.9, "print:x")] if issued_on else []
    return paper(kind, f"{kind}.jpg", 1, fields)


@pytest.mark.parametrize(
    ("kind", "issued_on", "expired"),
    [
        ("ct07", "2025-11-21", False),
        ("ct07", "2025-11-20", True),
        ("xntthn", "2026-05-21", False),
        ("xntthn", "2026-05-20", True),
        ("giay_khai_sinh", "1990-01-01", False),
    ],
)
@pytest.mark.parametrize("name", ["date", "issued_on"])
def test_paper_past_its_time(kind: str, issued_on: str, expired: bool, name: str) -> None:
    found = check_validity([dated(kind, issued_on, name=name)], DAY)
    assert bool(found) == expired
    if expired:
        assert (found[0].rule, found[0].severity) == (Rule.EXPIRED_PAPER, Severity.BLOCKING)
        assert found[0].evidence == (f"{kind}.jpg p.1",)
        assert found[0].basis.startswith(("TT 55/2021", "NĐ 123/2015"))


def test_end_of_a_short_month_counts() -> None:
    assert check_validity([dated("xntthn", "2026-08-31")], date(2027, 2, 28)) == ()
    assert len(check_validity([dated("xntthn", "2026-08-31")], date(2027, 3, 1))) == 1


def test_unread_date_is_not_checked_and_a_returned_paper_is_not_judged() -> None:
    (open_,) = check_validity([dated("ct07", "")], DAY)
    assert (open_.outcome, open_.severity) == (Outcome.NOT_CHECKED, Severity.INFO)
    assert check_validity([dated("ct07", "2020-01-01")], DAY, handed_back=[1]) == ()
    (nonsense,) = check_validity([dated("ct07", "31/02/2020")], DAY)
    assert nonsense.outcome is Outcome.NOT_CHECKED


def key(number: str) -> str:
    return hashlib.sha256(f"khóa MẪU {number}".encode()).hexdigest()


def found(kind: str, number: str, *known: KnownPaper) -> tuple[Finding, ...]:
    fields = [Field("personal_number", number, 1, None, 0.9, "print:x", 1)]
    dossier = Dossier("MẪU-2", "1.001193", (paper(kind, "a.jpg", 1, fields),), ())
    return check_reuse(dossier, known, key)


def test_paper_kept_for_the_same_person_is_offered_for_reuse() -> None:
    kept = KnownPaper(key(MOTHER), "gcn_ket_hon", "MẪU-1")
    (reuse,) = found("gcn_ket_hon", MOTHER, kept)
    assert (reuse.rule, reuse.severity, reuse.detail) == (Rule.ALREADY_DIGITISED, Severity.INFO, "MẪU-1")
    assert MOTHER not in str(reuse)
    assert found("gcn_ket_hon", FATHER, kept) == ()
    assert found("giay_khai_sinh", MOTHER, kept) == ()
    assert found("gcn_ket_hon", MOTHER, KnownPaper(key(MOTHER), "gcn_ket_hon", "MẪU-2")) == ()


def test_application_is_made_out_anew_each_time() -> None:
    assert found("tk_khai_sinh", MOTHER, KnownPaper(key(MOTHER), "tk_khai_sinh", "MẪU-1")) == ()
