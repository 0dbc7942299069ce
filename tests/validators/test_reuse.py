"""Papers that the archive keeps for the same person already, those that may be, and those that are others."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest

from dossier.archive import Dossier
from dossier.document import Document, Field
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.paper_mark import PaperMark
from models.kinds import group_pages
from tests.pages import NATIONAL, page, paper
from validators.reuse import KnownPaper, check_reuse, is_lasting, mark_of, owners_of

MOTHER, FATHER, CHILD = "001190005678", "001090001234", "001224004321"
FIRST, OTHER_DAY = ("12/2024", "2024-03-05"), "2026-11-02"


def key(number: str) -> str:
    return hashlib.sha256(f"khóa MẪU {number}".encode()).hexdigest()


def certificate(kind: str, number: str = "", day: str = "", *, person: str = MOTHER) -> Document:
    """A paper of one person with its own number and day of issue, where they were read."""
    said = [("personal_number", person, 1), ("document_number", number, 0), ("issued_on", day, 0)]
    fields = [Field(name, value, 1, None, 0.9, "print:x", of) for name, value, of in said if value]
    return paper(kind, "a.jpg", 1, fields)


def kept(*documents: Document, dossier: str = "MẪU-1", person: str = MOTHER) -> KnownPaper:
    marks = tuple(mark_of(document) for document in documents)
    return KnownPaper(key(person), documents[0].kind.code, dossier, marks)


def found(document: Document, *known: KnownPaper) -> tuple[Finding, ...]:
    return check_reuse(Dossier("MẪU-2", "1.001193", (document,), ()), known, key)


def rules(told: Sequence[Finding]) -> list[Rule]:
    return [finding.rule for finding in told]


def test_paper_kept_for_the_same_person_is_offered_for_reuse() -> None:
    same = certificate("gcn_ket_hon", *FIRST)
    (reuse,) = found(same, kept(same))
    assert (reuse.rule, reuse.severity, reuse.detail) == (Rule.ALREADY_DIGITISED, Severity.INFO, "MẪU-1")
    assert MOTHER not in str(reuse)
    assert found(same, kept(same, person=FATHER)) == ()
    assert found(certificate("gcn_qsdd", *FIRST), kept(same)) == ()
    assert found(same, kept(same, dossier="MẪU-2")) == ()


@pytest.mark.parametrize(
    ("number", "day", "rule"),
    [
        ("12/2024", "2024-03-05", Rule.ALREADY_DIGITISED),
        ("12 / 2024", "", Rule.ALREADY_DIGITISED),
        ("", "2024-03-05", Rule.ALREADY_DIGITISED),
        ("77/2026", OTHER_DAY, None),
        ("77/2026", "", None),
        ("77/2026", "2024-03-05", None),
        ("", OTHER_DAY, None),
        ("12/2024", OTHER_DAY, Rule.MAY_BE_DIGITISED),
        ("", "", Rule.MAY_BE_DIGITISED),
    ],
)
def test_papers_of_one_kind_and_person_are_told_apart(number: str, day: str, rule: Rule | None) -> None:
    told = found(certificate("gcn_ket_hon", number, day), kept(certificate("gcn_ket_hon", *FIRST)))
    assert rules(told) == ([rule] if rule else [])


def test_what_nobody_could_compare_is_a_note_that_claims_nothing() -> None:
    bare = certificate("gcn_ket_hon")
    for known in (kept(certificate("gcn_ket_hon", *FIRST)), KnownPaper(key(MOTHER), "gcn_ket_hon", "MẪU-1")):
        (note,) = found(bare, known)
        assert (note.rule, note.severity, note.outcome) == (
            Rule.MAY_BE_DIGITISED,
            Severity.INFO,
            Outcome.NOTE,
        )
    only_number, only_day = certificate("gcn_ket_hon", "12/2024"), certificate("gcn_ket_hon", "", OTHER_DAY)
    assert rules(found(only_number, kept(only_day))) == [Rule.MAY_BE_DIGITISED]


def test_one_of_several_kept_papers_is_enough_and_the_sure_one_is_told() -> None:
    first, second = certificate("gcn_ket_hon", *FIRST), certificate("gcn_ket_hon", "77/2026", OTHER_DAY)
    assert rules(found(first, kept(second, first))) == [Rule.ALREADY_DIGITISED]
    (sure,) = found(first, kept(certificate("gcn_ket_hon")), kept(first, dossier="MẪU-0"))
    assert (sure.rule, sure.detail) == (Rule.ALREADY_DIGITISED, "MẪU-0")
    (note,) = found(first, kept(second, certificate("gcn_ket_hon")), kept(second, dossier="MẪU-0"))
    assert (note.rule, note.detail) == (Rule.MAY_BE_DIGITISED, "MẪU-1")


@pytest.mark.parametrize(
    "kind", ["tk_khai_sinh", "giay_chung_sinh", "ct07", "xntthn", "phieu_lltp_1", "phieu_lltp_2"]
)
def test_papers_that_are_made_out_anew_each_time_are_never_offered(kind: str) -> None:
    same = certificate(kind, *FIRST)
    assert not is_lasting(kind)
    assert found(same, kept(same)) == ()


def birth(child: str, mother: str = MOTHER) -> Document:
    said = ["Họ, chữ đệm, tên: LÊ VĂN MỘT", f"Số định danh cá nhân: {child}" if child else ""]
    said += ["Họ, chữ đệm, tên người mẹ: TRẦN THỊ MẪU", f"Số định danh cá nhân: {mother}"]
    (document,) = group_pages([page(*NATIONAL, "^GIẤY KHAI SINH", *said, source="ks.jpg")])
    assert document.kind.code == "giay_khai_sinh"
    return document


def test_a_birth_certificate_is_the_childs_and_not_the_mothers() -> None:
    assert owners_of(birth(CHILD)) == (CHILD,)
    assert owners_of(birth("")) == (MOTHER,), "a child's number that is not there"
    known = KnownPaper(key(MOTHER), "giay_khai_sinh", "MẪU-1")
    assert found(birth(CHILD), known) == (), "the mother's own, or another child's"
    assert rules(found(birth(CHILD), KnownPaper(key(CHILD), "giay_khai_sinh", "MẪU-1"))) == [
        Rule.MAY_BE_DIGITISED
    ]
    assert owners_of(certificate("gcn_ket_hon")) == (MOTHER,)


def test_a_card_on_the_page_lends_its_day_of_issue_to_no_paper() -> None:
    card = Field("issued_on", "2021-06-05", 1, None, 1.0, "qr:zxing-cpp", 1)
    assert mark_of(paper("gcn_ket_hon", fields=[card])) == PaperMark((), ())
