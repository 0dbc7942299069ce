"""Generated dossiers of every procedure: complete, one component short, or one paper too many."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.archive import Dossier
from dossier.finding import Outcome, Rule, Severity
from dossier.procedure import Procedure, Role
from models.titles import titles
from tests.asked_papers import (
    ANSWERED,
    BLOCKED,
    CATALOGUE,
    NAMES,
    PROCEDURES,
    SITUATIONS,
    TODAY,
    VERIFIED,
    blocked_finding,
    check,
    lack,
    parts_of,
    sheet,
    sheets,
    standing,
    takes_anything,
    told,
)
from validators.completeness import check_components


def test_forty_procedures_and_what_is_not_verified_says_so() -> None:
    assert len(PROCEDURES) >= 40
    assert {p.code for p in PROCEDURES if not p.components_verified} == {
        "1.001776",
        "1.001731",
        "1.014028",
        "1.001699",
        "1.014027",
    }


@pytest.mark.parametrize(("procedure", "case"), SITUATIONS, ids=NAMES)
def test_complete_short_of_one_and_with_a_blocked_paper(procedure: Procedure, case: str) -> None:
    for seed in range(4):
        pick = Random(f"{procedure.code}{case}{seed}")
        register = [ANSWERED] if seed % 2 else []
        parts = parts_of(procedure, case, pick)
        whole = [kind for part in parts for kind in part.kinds]
        expected = standing(parts, case, procedure)
        assert told(check(procedure, case, sheets(whole), register)) == expected
        for absent in parts:
            rest = [part for part in parts if part is not absent]
            left = [kind for part in rest for kind in part.kinds]
            short = standing(rest, case, procedure) + lack(absent, rest, answered=bool(register))
            assert told(check(procedure, case, sheets(left), register)) == short, absent
        for kind in sorted(BLOCKED):
            extra = blocked_finding(procedure, kind)
            found = told(check(procedure, case, sheets([*whole, kind]), register))
            if whole or not takes_anything(procedure):
                assert found == expected + extra, kind


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(SITUATIONS), st.randoms(use_true_random=False), st.data())
def test_order_changes_nothing_and_an_unrequired_paper_adds_one_finding(
    situation: tuple[Procedure, str], random: Random, data: st.DataObject
) -> None:
    procedure, case = situation
    whole = sheets(kind for part in parts_of(procedure, case, random) for kind in part.kinds)
    before = check(procedure, case, whole, [ANSWERED])
    shuffled = list(whole)
    random.shuffle(shuffled)
    assert check(procedure, case, shuffled, [ANSWERED]) == before
    asked = {kind for c in procedure.components for kind in c.kinds} | set(procedure.forms) | BLOCKED
    free = [
        t.code
        for t in titles()
        if t.code not in asked and t.group != "mot_cua" and t.result_code not in procedure.results
    ]
    extra = sheet(data.draw(st.sampled_from(free)), 90)
    after = check(procedure, case, [*shuffled, extra], [ANSWERED])
    (added,) = [f for f in after if f not in before] or [None]
    assert set(before) <= set(after)
    assert len(after) == len(before) + (added is not None)
    if takes_anything(procedure):
        shown = any(not c.kinds and c.role is Role.PRESENT for c in procedure.components)
        assert (added and (added.rule, added.outcome)) == (
            (Rule.PRESENTED_ONLY, Outcome.NOTE) if shown else None
        )
        return
    assert added is not None
    assert (added.rule, added.subject) == (Rule.PAPER_OUTSIDE_RULES, extra.kind.code)
    assert (added.severity, added.basis) == (Severity.BLOCKING, procedure.citation)
    assert added.evidence == (f"90-{extra.kind.code}.jpg p.1",)


@pytest.mark.parametrize("code", [p.code for p in PROCEDURES if not p.components_verified])
def test_what_nobody_verified_is_never_called_missing_or_outside(code: str) -> None:
    procedure = CATALOGUE.procedure(code, TODAY)
    for kinds in ([], ["tk_mai_tang"], ["gcn_ket_hon", "giay_chung_tu"]):
        assert set(told(check(procedure, "", sheets(kinds), []))) == {(Rule.COMPONENTS_NOT_CHECKED, code)}
    found = told(check(procedure, "", sheets(["so_ho_khau"]), []))
    assert (Rule.RESIDENCE_PAPER, "so_ho_khau") in found


def test_cards_are_noted_where_they_are_shown_and_taken_where_they_are_copied() -> None:
    for procedure in VERIFIED:
        naming = [c for c in procedure.components if "cccd_chip" in c.kinds]
        roles = {c.role for c in naming}
        case = next((c.cases[0] for c in naming if c.cases), "")
        found = told(check(procedure, case, sheets(["cccd_chip"]), [ANSWERED]))
        assert ((Rule.PRESENTED_ONLY, "cccd_chip") in found) == (
            roles == {Role.PRESENT} or takes_away(procedure)
        )


def takes_away(procedure: Procedure) -> bool:
    """Whether any paper is shown only, as with originals to be certified."""
    return any(not c.kinds and c.role is Role.PRESENT for c in procedure.components)


def test_case_is_asked_for_where_components_depend_on_it() -> None:
    open_cases = {
        p.code for p in VERIFIED if Rule.CASE_NOT_CHOSEN in {f.rule for f in check(p, "", [], [ANSWERED])}
    }
    assert open_cases == {"1.004837", "2.001263", "2.000720", "2.000575", "1.004222", "1.004194", "1.010038"}
    divorce = sheets(["ct01", "quyet_dinh_ly_hon"])
    assert told(check(CATALOGUE.procedure("1.010038", TODAY), "", divorce, [])) == Counter()


def test_one_paper_does_not_satisfy_two_components() -> None:
    change = CATALOGUE.procedure("2.000720", TODAY)
    one = check_components(
        Dossier("x", change.code, tuple(sheets(["dn_thay_doi_hkd", "van_ban_uy_quyen"])), ()),
        change,
        (),
        (),
        TODAY,
        chosen_cases=["doi_chu_ho", "uy_quyen"],
    )
    assert told(one) == Counter({(Rule.MISSING_COMPONENT, "giay_to_uy_quyen"): 1})
    two = tuple(sheets(["dn_thay_doi_hkd", "van_ban_uy_quyen", "van_ban_uy_quyen"]))
    both = check_components(
        Dossier("x", change.code, two, ()), change, (), (), TODAY, chosen_cases=["doi_chu_ho", "uy_quyen"]
    )
    assert told(both) == Counter()


def test_too_few_originals_plain_copies_and_surplus() -> None:
    house = CATALOGUE.procedure("1.013225", TODAY)
    kinds = ["don_gpxd", "gcn_qsdd_2024", "ban_ve_thiet_ke"]
    (few,) = check(house, "", sheets(kinds), [])
    assert (few.rule, few.subject, few.severity) == (Rule.WRONG_COUNT, "ban_ve_thiet_ke", Severity.WARNING)
    assert few.detail.startswith("1/2")
    assert few.evidence == ("03-ban_ve_thiet_ke.jpg p.1",)
    (more,) = check(house, "", sheets([*kinds, "ban_ve_thiet_ke", "ban_ve_thiet_ke"]), [])
    assert (more.rule, more.severity) == (Rule.SURPLUS_PAPER, Severity.INFO)
    birth = CATALOGUE.procedure("1.001193", TODAY)
    dossier = Dossier("x", birth.code, tuple(sheets(["tk_khai_sinh", "giay_chung_sinh"])), ())
    (copy,) = check_components(dossier, birth, (), (), TODAY, plain_copies=[2])
    assert (copy.rule, copy.subject) == (Rule.WRONG_COUNT, "giay_chung_sinh")


def test_group_that_the_register_replaces_is_not_missing_once_it_answered() -> None:
    house = CATALOGUE.procedure("1.013225", TODAY)
    components = tuple(
        replace(c, replaced_by="residence_register") if c.code == "gcn_nha_o" else c for c in house.components
    )
    changed = replace(house, components=components)
    kinds = ["don_gpxd", "ban_ve_thiet_ke", "ban_ve_thiet_ke"]
    assert told(check(changed, "", sheets(kinds), [ANSWERED])) == Counter()
    missing = Counter({(Rule.MISSING_COMPONENT, "giay_to_dat_dai"): 1})
    assert told(check(changed, "", sheets(kinds), [])) == missing
