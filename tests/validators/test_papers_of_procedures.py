"""Every kind of paper that a procedure names, and whole dossiers from the words on their pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from random import Random

import pytest

from dossier.archive import Dossier
from dossier.document import UNKNOWN_KIND
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.page import RecognisedPage
from dossier.procedure import Component, Procedure, Requirement, Role
from models.kinds import group_pages
from models.titles import title_of
from tests.asked_papers import (
    ANSWERED,
    BLOCKED,
    CATALOGUE,
    NAMES,
    PROCEDURES,
    SITUATIONS,
    TODAY,
    Told,
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
from tests.pages import NATIONAL, page
from validators.completeness import check_components
from validators.notices import NoticeContext, check_notices
from validators.validity import check_validity

CODE = "000.00.17.H42-261121-0001"


def named_by(procedure: Procedure, kind: str) -> list[Component]:
    return [c for c in procedure.components if kind in c.kinds]


def proves(procedure: Procedure, kind: str) -> bool:
    """Whether a paper of this kind says which case the applicant is in, which changes what is due."""
    return any(kind in case.proven_by for case in procedure.cases)


@pytest.mark.parametrize(("procedure", "case"), SITUATIONS, ids=NAMES)
def test_any_kind_that_a_part_names_is_as_good_as_another(procedure: Procedure, case: str) -> None:
    parts = parts_of(procedure, case, Random(1))
    by_code = {c.code: c for c in procedure.components}
    for part in parts:
        others = [kind for other in parts if other is not part for kind in other.kinds]
        group = next((g for g in procedure.one_of if g.code == part.code), None)
        for component in [by_code[code] for code in (group.members if group else (part.code,))]:
            for kind in component.kinds:
                if proves(procedure, kind) or kind == UNKNOWN_KIND:
                    continue
                papers = [*others, *[kind] * max(1, component.originals)]
                rest = [other for other in parts if other is not part]
                assert told(check(procedure, case, sheets(papers), [])) == standing(rest, case, procedure), (
                    kind
                )


def conditional(procedure: Procedure, case: str) -> Iterator[tuple[Component, str]]:
    for component in procedure.components:
        is_conditional = component.requirement is Requirement.CONDITIONAL and component.role is Role.SUBMIT
        if is_conditional and (not component.cases or case in component.cases):
            yield from ((component, kind) for kind in component.kinds if not proves(procedure, kind))


@pytest.mark.parametrize(("procedure", "case"), SITUATIONS, ids=NAMES)
def test_conditional_papers_may_come_or_not(procedure: Procedure, case: str) -> None:
    parts = parts_of(procedure, case, Random(2))
    whole = [kind for part in parts for kind in part.kinds]
    expected = standing(parts, case, procedure)
    for component, kind in conditional(procedure, case):
        if kind in whole or kind == UNKNOWN_KIND:
            continue
        papers = [*whole, *[kind] * max(1, component.originals)]
        assert told(check(procedure, case, sheets(papers), [])) == expected, kind


@pytest.mark.parametrize(("procedure", "case"), SITUATIONS, ids=NAMES)
def test_papers_that_are_only_shown_are_noted_once_each(procedure: Procedure, case: str) -> None:
    parts = parts_of(procedure, case, Random(3))
    whole = [kind for part in parts for kind in part.kinds]
    before = check(procedure, case, sheets(whole), [])
    shown = {k for c in procedure.components if c.role is Role.PRESENT for k in c.kinds} - BLOCKED
    for kind in sorted(shown):
        if any(c.role is Role.SUBMIT for c in named_by(procedure, kind)) or proves(procedure, kind):
            continue
        extra = sheet(kind, 90)
        after = check(procedure, case, [*sheets(whole), extra], [])
        (added,) = [f for f in after if f not in before]
        assert len(after) == len(before) + 1
        assert (added.rule, added.subject, added.outcome) == (Rule.PRESENTED_ONLY, kind, Outcome.NOTE)
        assert added.evidence == (f"90-{kind}.jpg p.1",)


@pytest.mark.parametrize(
    "procedure", [p for p in PROCEDURES if not p.components_verified], ids=lambda p: p.code
)
def test_unverified_procedures_block_what_law_blocks_and_say_that_they_know_no_more(
    procedure: Procedure,
) -> None:
    kinds = [kind for c in procedure.components for kind in c.kinds[:1] if c.role is Role.SUBMIT]
    kinds = [kind for kind in dict.fromkeys(kinds) if kind not in BLOCKED]
    expected: Told = Told({(Rule.COMPONENTS_NOT_CHECKED, procedure.code): 1})
    for left in ([], kinds, *([k for k in kinds if k != absent] for absent in kinds)):
        unknown = Told({(Rule.UNKNOWN_DOCUMENT, UNKNOWN_KIND): left.count(UNKNOWN_KIND)})
        assert told(check(procedure, "", sheets(left), [ANSWERED])) == expected + unknown
        for kind in sorted(BLOCKED):
            found = told(check(procedure, "", sheets([*left, kind]), [ANSWERED]))
            assert found == expected + unknown + blocked_finding(procedure, kind)


def pages_of(kinds: Iterable[str]) -> list[RecognisedPage]:
    """A sheet of its own for each paper, with a title where its kind has one, made out today."""
    return [printed(kind, f"{number:02}-{kind}.jpg") for number, kind in enumerate(kinds, start=1)]


def printed(kind: str, source: str) -> RecognisedPage:
    title = title_of(kind)
    form = [f"Mẫu {title.form_number.split()[0]}"] if title and title.form_number.startswith("CT") else []
    centre = ["TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG"] if title and title.group == "mot_cua" else []
    heading = [f"^{line}" for line in title.lines] if title else ["^MỘT GIẤY KHÁC"]
    day = f"^Xã Mẫu, ngày {TODAY:%d} tháng {TODAY:%m} năm {TODAY:%Y}"
    return page(*form, *centre, *NATIONAL, day, *heading, "Nội dung của giấy tờ này là MẪU.", source=source)


def judged(procedure: Procedure, case: str, pages: Sequence[RecognisedPage]) -> tuple[Finding, ...]:
    """What is said of the papers, from their pages on."""
    documents = group_pages(pages)
    blocked = CATALOGUE.blocked_papers(TODAY)
    dossier = Dossier(CODE, procedure.code, documents, ())
    found = check_components(dossier, procedure, blocked, [ANSWERED], TODAY, chosen_cases=[case])
    notices = check_notices(documents, NoticeContext(CODE, procedure, blocked, TODAY))
    return (*found, *check_validity(documents, TODAY), *notices)


@pytest.mark.parametrize(("procedure", "case"), SITUATIONS, ids=NAMES)
def test_from_the_words_on_the_pages_to_the_same_findings(procedure: Procedure, case: str) -> None:
    pick = Random(f"{procedure.code}{case}")
    parts = parts_of(procedure, case, pick)
    whole = [kind for part in parts for kind in part.kinds]
    expected = standing(parts, case, procedure)
    pages = pages_of(whole)
    assert told(judged(procedure, case, pages)) == expected
    shuffled = list(pages)
    pick.shuffle(shuffled)
    assert set(judged(procedure, case, shuffled)) == set(judged(procedure, case, pages))
    for absent in parts:
        rest = [part for part in parts if part is not absent]
        short = standing(rest, case, procedure) + lack(absent, rest, answered=True)
        left = pages_of(kind for part in rest for kind in part.kinds)
        assert told(judged(procedure, case, left)) == short, absent
    if whole or not takes_anything(procedure):
        for kind in sorted(BLOCKED):
            extra = printed(kind, "90.jpg")
            found = [f for f in judged(procedure, case, [*pages, extra]) if f.evidence == ("90.jpg p.1",)]
            assert told(found) == blocked_finding(procedure, kind), kind
            assert all(f.severity is Severity.BLOCKING and f.basis for f in found)
