"""Components against papers: present, missing, shown only, blocked, outside the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.archive import Dossier
from dossier.document import UNKNOWN_KIND, Document
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.identity import RegisterAnswer, RegisterOutcome
from models.titles import titles
from tests.pages import paper
from validators.catalogue_loader import YamlCatalogue
from validators.completeness import check_components, kept_documents

TODAY = date(2026, 11, 21)
CATALOGUE = YamlCatalogue()
ANSWERED = RegisterAnswer(RegisterOutcome.MATCHES, (), "", "2026-11-21T09:00:00+07:00")
FAILED = RegisterAnswer(RegisterOutcome.NOT_CHECKED, (), "time-out", "2026-11-21T09:00:00+07:00")

COMPLETE = {
    "2.000815": ("gcn_ket_hon",),
    "2.000884": ("cccd_chip", "van_ban_uy_quyen"),
    "1.001193": ("tk_khai_sinh", "giay_chung_sinh", "can_cuoc"),
    "1.000656": ("tk_khai_tu", "giay_bao_tu", "cccd_chip"),
    "1.000894": ("tk_ket_hon", "cccd_chip", "can_cuoc"),
    "1.004873": ("tk_xntthn", "cccd_ma_vach"),
    "2.000635": ("tk_trich_luc", "ho_chieu"),
    "1.001612": ("dn_dk_hkd", "van_ban_uy_quyen", "cccd_chip"),
    "1.001266": ("tb_cham_dut_hkd",),
    "1.013978": ("don_dk_dat_dai", "trich_do_ban_do"),
}


def papers(*kinds: str) -> tuple[Document, ...]:
    return tuple(paper(kind, f"{n}-{kind}.jpg", n) for n, kind in enumerate(kinds, start=1))


def check(
    code: str, documents: Sequence[Document], register: Sequence[RegisterAnswer] = (ANSWERED,)
) -> tuple[Finding, ...]:
    dossier = Dossier("000.00.17.H42-261121-0001", code, tuple(documents), ())
    procedure = CATALOGUE.procedure(code, TODAY)
    return check_components(dossier, procedure, CATALOGUE.blocked_papers(TODAY), register, TODAY)


def told(findings: Sequence[Finding]) -> list[tuple[Rule, str]]:
    return [(f.rule, f.subject) for f in findings]


@pytest.mark.parametrize("code", COMPLETE)
def test_complete_dossier_has_nothing_that_blocks(code: str) -> None:
    findings = check(code, papers(*COMPLETE[code]))
    assert {f.rule for f in findings} <= {Rule.PRESENTED_ONLY}
    assert all(f.severity is Severity.INFO and f.outcome is Outcome.NOTE for f in findings)


@pytest.mark.parametrize("code", [c for c in COMPLETE if c not in ("2.000815", "2.000884")])
def test_each_missing_mandatory_paper_is_named(code: str) -> None:
    procedure = CATALOGUE.procedure(code, TODAY)
    wording = {c.code: c.text for c in procedure.components}
    for absent in COMPLETE[code]:
        rest = [kind for kind in COMPLETE[code] if kind != absent]
        missing = [f for f in check(code, papers(*rest)) if f.rule is Rule.MISSING_COMPONENT]
        due = absent.startswith(("tk_", "giay_", "dn_", "tb_", "don_"))
        assert [f.subject for f in missing] == ([absent] if due else [])
        for finding in missing:
            assert finding.severity is Severity.BLOCKING
            assert finding.basis == procedure.citation
            assert finding.detail == wording[absent]


def test_only_shown_papers_are_never_missing() -> None:
    assert told(check("1.001193", papers("tk_khai_sinh", "giay_chung_sinh"))) == []
    assert check("2.000815", ()) == ()


@pytest.mark.parametrize("instead", ["cam_doan_viec_sinh", "nguoi_lam_chung_sinh"])
def test_any_paper_of_the_group_satisfies(instead: str) -> None:
    assert told(check("1.001193", papers("tk_khai_sinh", instead))) == []


def test_identity_card_is_noted_once_for_each_and_not_kept() -> None:
    documents = papers("tk_ket_hon", "cccd_chip", "can_cuoc")
    findings = check("1.000894", documents)
    assert told(findings) == [(Rule.PRESENTED_ONLY, "can_cuoc"), (Rule.PRESENTED_ONLY, "cccd_chip")]
    assert [f.evidence for f in findings] == [("3-can_cuoc.jpg p.1",), ("2-cccd_chip.jpg p.1",)]
    assert all("Hộ chiếu/Thẻ căn cước" in f.detail and "TT 01/2023" in f.basis for f in findings)
    dossier = Dossier("x", "1.000894", documents, ())
    assert kept_documents(dossier, CATALOGUE.procedure("1.000894", TODAY)) == documents[:1]


@pytest.mark.parametrize("card", ["cm_quan_doi", "cm_cong_an"])
def test_an_officers_card_is_shown_and_proves_no_birth(card: str) -> None:
    documents = papers("tk_khai_sinh", card)
    assert told(check("1.001193", documents)) == [
        (Rule.MISSING_COMPONENT, "giay_chung_sinh"),
        (Rule.PRESENTED_ONLY, card),
    ]
    dossier = Dossier("x", "1.001193", documents, ())
    assert kept_documents(dossier, CATALOGUE.procedure("1.001193", TODAY)) == documents[:1]


def test_card_copied_for_a_business_is_kept() -> None:
    documents = papers(*COMPLETE["1.001612"])
    dossier = Dossier("x", "1.001612", documents, ())
    assert kept_documents(dossier, CATALOGUE.procedure("1.001612", TODAY)) == documents


def test_what_is_certified_is_any_paper_and_goes_back() -> None:
    documents = papers(UNKNOWN_KIND, "gcn_qsdd_2024")
    assert told(check("2.000815", documents)) == [
        (Rule.PRESENTED_ONLY, "gcn_qsdd_2024"),
        (Rule.PRESENTED_ONLY, UNKNOWN_KIND),
    ]
    dossier = Dossier("x", "2.000815", documents, ())
    assert kept_documents(dossier, CATALOGUE.procedure("2.000815", TODAY)) == ()
    beside = check("2.000815", papers("ct07", "gcn_ket_hon"))
    assert told(beside) == [(Rule.PRESENTED_ONLY, "gcn_ket_hon"), (Rule.RESIDENCE_PAPER, "ct07")]
    alone = check("2.000815", papers("ct07"))
    assert told(alone) == [(Rule.PRESENTED_ONLY, "ct07")]


@pytest.mark.parametrize("kind", ["ct07", "thong_bao_so_dinh_danh", "so_ho_khau", "so_tam_tru"])
def test_residence_paper_is_blocked_while_the_register_answers(kind: str) -> None:
    findings = check("1.004873", [*papers("tk_xntthn"), paper(kind, "cu-tru.jpg", 2)])
    assert told(findings) == [(Rule.RESIDENCE_PAPER, kind)]
    assert findings[0].severity is Severity.BLOCKING
    assert findings[0].basis == "NĐ 104/2022/NĐ-CP Đ14(2)"
    assert findings[0].evidence == ("cu-tru.jpg p.1",)


def test_residence_paper_is_excused_by_a_look_up_that_failed() -> None:
    documents = papers("tk_xntthn", "ct07")
    (finding,) = check("1.004873", documents, (FAILED,))
    assert (finding.rule, finding.severity, finding.outcome) == (
        Rule.RESIDENCE_PAPER,
        Severity.INFO,
        Outcome.NOTE,
    )
    assert "time-out" in finding.detail
    assert "2026-11-21T09:00:00+07:00" in finding.detail
    never = check("1.004873", papers("tk_xntthn", "so_ho_khau"), (FAILED,))
    assert [f.severity for f in never] == [Severity.BLOCKING]


def test_residence_paper_without_any_look_up_stays_blocked() -> None:
    assert [f.severity for f in check("1.004873", papers("tk_xntthn", "ct07"), ())] == [Severity.BLOCKING]


def test_confirmation_of_an_old_number_is_outside_the_rules_by_its_decree() -> None:
    (finding,) = check("1.004873", papers("tk_xntthn", "xac_nhan_so_cmnd_dd"), (FAILED,))
    assert (finding.rule, finding.severity) == (Rule.PAPER_OUTSIDE_RULES, Severity.BLOCKING)
    assert "58/2026" in finding.basis


def test_paper_that_no_component_asks_for() -> None:
    (finding,) = check("1.001193", papers("tk_khai_sinh", "giay_chung_sinh", "gcn_ket_hon"))
    assert (finding.rule, finding.subject) == (Rule.PAPER_OUTSIDE_RULES, "gcn_ket_hon")
    assert finding.severity is Severity.BLOCKING
    assert "163/QĐ-BTP" in finding.basis


def test_unknown_paper_is_a_warning() -> None:
    (finding,) = check("1.001193", papers("tk_khai_sinh", "giay_chung_sinh", UNKNOWN_KIND))
    assert (finding.rule, finding.severity) == (Rule.UNKNOWN_DOCUMENT, Severity.WARNING)


def test_papers_of_the_centre_its_result_and_own_forms_are_harmless() -> None:
    whole = ("tk_khai_sinh", "giay_chung_sinh")
    for extra in ("mot_cua_mau_01", "mot_cua_mau_02", "phieu_xin_loi_2018", "giay_khai_sinh"):
        assert check("1.001193", papers(*whole, extra)) == ()
    procedure = replace(CATALOGUE.procedure("1.001193", TODAY), forms=("tk_xn_thong_tin_ho_tich",))
    dossier = Dossier("x", "1.001193", papers(*whole, "tk_xn_thong_tin_ho_tich"), ())
    assert check_components(dossier, procedure, (), (), TODAY) == ()


def test_components_that_nobody_verified_are_not_judged() -> None:
    procedure = replace(CATALOGUE.procedure("1.001193", TODAY), components_verified=False)
    dossier = Dossier("x", "1.001193", papers("gcn_ket_hon", "ct07"), ())
    findings = check_components(dossier, procedure, CATALOGUE.blocked_papers(TODAY), (), TODAY)
    assert told(findings) == [(Rule.COMPONENTS_NOT_CHECKED, "1.001193"), (Rule.RESIDENCE_PAPER, "ct07")]
    assert findings[0].outcome is Outcome.NOT_CHECKED


def test_data_replaces_a_paper_only_when_the_look_up_answered() -> None:
    whole = CATALOGUE.procedure("1.001266", TODAY)
    replaced = replace(whole.components[0], replaced_by="residence_register")
    procedure = replace(whole, components=(replaced,))
    dossier = Dossier("x", whole.code, (), ())
    assert check_components(dossier, procedure, (), (ANSWERED,), TODAY) == ()
    assert told(check_components(dossier, procedure, (), (FAILED,), TODAY)) == [
        (Rule.MISSING_COMPONENT, "tb_cham_dut_hkd")
    ]


def test_component_of_a_case_is_due_only_in_it() -> None:
    whole = CATALOGUE.procedure("1.001266", TODAY)
    cased = replace(whole, components=(replace(whole.components[0], case="b) Trường hợp khác"),))
    assert check_components(Dossier("x", whole.code, (), ()), cased, (), (), TODAY) == ()


KINDS = st.sampled_from([*(title.code for title in titles()), UNKNOWN_KIND])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(COMPLETE)), st.lists(KINDS, max_size=7), st.randoms(use_true_random=False))
def test_order_of_papers_changes_nothing(code: str, kinds: list[str], random: Random) -> None:
    documents = list(papers(*kinds))
    before = check(code, documents)
    random.shuffle(documents)
    turned = [replace(d, number=n) for n, d in enumerate(documents, start=1)]
    assert check(code, turned) == before
    assert kept(code, documents) == kept(code, turned)


def kept(code: str, documents: Sequence[Document]) -> set[str]:
    dossier = Dossier("x", code, tuple(documents), ())
    found = kept_documents(dossier, CATALOGUE.procedure(code, TODAY))
    return {p.page.source.name for d in found for p in d.pages}


STRICT = sorted(set(COMPLETE) - {"2.000815", "2.000884"})


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(STRICT), st.lists(KINDS, max_size=5), st.data())
def test_an_unrequired_paper_adds_exactly_one_finding(
    code: str, kinds: list[str], data: st.DataObject
) -> None:
    procedure = CATALOGUE.procedure(code, TODAY)
    asked = {kind for c in procedure.components for kind in c.kinds}
    free = [
        t.code
        for t in titles()
        if t.code not in asked and t.group != "mot_cua" and t.result_code not in procedure.results
    ]
    extra = data.draw(st.sampled_from(free))
    before = check(code, papers(*kinds))
    after = check(code, [*papers(*kinds), paper(extra, "extra.jpg", len(kinds) + 1)])
    added = [f for f in after if f not in before]
    assert len(after) == len(before) + 1
    assert [(f.subject, f.evidence, f.severity) for f in added] == [
        (extra, ("extra.jpg p.1",), Severity.BLOCKING)
    ]


@pytest.mark.parametrize("code", ["1.001266", "1.001612"])
@pytest.mark.parametrize(
    ("brought", "chosen", "missing"),
    [((), (), False), ((), ("uy_quyen",), True), (("van_ban_uy_quyen",), ("uy_quyen",), False)],
)
def test_delegation_asks_for_a_paper_only_in_its_case(
    code: str, brought: tuple[str, ...], chosen: tuple[str, ...], missing: bool
) -> None:
    """One of three papers, of which only the authority has a title; the clerk says that it is the case."""
    kinds = ("tb_cham_dut_hkd",) if code == "1.001266" else ("dn_dk_hkd",)
    dossier = Dossier("000.00.17.H42-261121-0001", code, papers(*kinds, *brought), ())
    procedure = CATALOGUE.procedure(code, TODAY)
    found = check_components(dossier, procedure, (), (), TODAY, chosen_cases=chosen)
    assert ((Rule.MISSING_COMPONENT, "giay_to_uy_quyen") in told(found)) is missing


def test_no_catalogue_file_has_a_case_that_nobody_can_choose() -> None:
    procedures = CATALOGUE.procedures()
    assert [c.code for procedure in procedures for c in procedure.components if c.case] == []
