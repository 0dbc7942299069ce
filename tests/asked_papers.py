"""What every procedure asks for, read off the catalogue: generated dossiers and what is said of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random

from dossier.archive import Dossier
from dossier.document import UNKNOWN_KIND, Document
from dossier.finding import Finding, Rule
from dossier.identity import RegisterAnswer, RegisterOutcome
from dossier.procedure import Component, Procedure, Requirement, Role
from models.titles import title_of
from tests.pages import paper
from validators.catalogue_loader import YamlCatalogue
from validators.completeness import check_components

TODAY = date(2026, 11, 21)
CATALOGUE = YamlCatalogue()
PROCEDURES = CATALOGUE.procedures()
VERIFIED = [p for p in PROCEDURES if p.components_verified]
BLOCKED = {b.kind for b in CATALOGUE.blocked_papers(TODAY)}
ANSWERED = RegisterAnswer(RegisterOutcome.MATCHES, (), "", "2026-11-21T09:00:00+07:00")
CARDS = ("can_cuoc", "cccd_chip", "cccd_ma_vach", "ho_chieu", "gcn_can_cuoc")
Told = Counter[tuple[Rule, str]]


@cache
def sheet(kind: str, number: int) -> Document:
    return paper(kind, f"{number:02}-{kind}.jpg", number)


def sheets(kinds: Iterable[str]) -> list[Document]:
    return [sheet(kind, number) for number, kind in enumerate(kinds, start=1)]


@dataclass(frozen=True)
class Part:
    """A component or a group that is due in the case, and papers that satisfy it."""

    code: str
    kinds: tuple[str, ...]
    by_register: bool
    may_be_untitled: bool


def situations() -> list[tuple[Procedure, str]]:
    """Every procedure in every one of its cases; "" where it has none."""
    return [(p, case) for p in VERIFIED for case in ([c.code for c in p.cases] or [""])]


def choose(components: Sequence[Component], pick: Random) -> tuple[str, ...]:
    component = pick.choice(components)
    if (
        component.role is Role.SUBMIT
        and not component.kinds
        and component.requirement is Requirement.MANDATORY
    ):
        return ("gcn_dk_hkd",)  # any paper
    kind = pick.choice(component.kinds or (UNKNOWN_KIND,))
    return (kind,) * max(1, component.originals)


def parts_of(procedure: Procedure, case: str, pick: Random) -> list[Part]:
    """What the record asks for in a case, read off the catalogue by hand."""
    found = []
    in_groups = {member for group in procedure.one_of for member in group.members}
    by_code = {c.code: c for c in procedure.components}
    for component in procedure.components:
        due = component.requirement is Requirement.MANDATORY and component.role is Role.SUBMIT
        if due and component.code not in in_groups and (not component.cases or case in component.cases):
            kinds = choose([component], pick)
            by_register = component.replaced_by == "residence_register"
            found.append(Part(component.code, kinds, by_register, UNKNOWN_KIND in component.kinds))
    for group in procedure.one_of:
        if not group.cases or case in group.cases:
            members = [by_code[code] for code in group.members]
            untitled = any(UNKNOWN_KIND in m.kinds or not m.kinds for m in members)
            found.append(Part(group.code, choose(members, pick), False, untitled))
    return found


def check(
    procedure: Procedure, case: str, documents: Sequence[Document], register: Sequence[RegisterAnswer]
) -> tuple[Finding, ...]:
    dossier = Dossier("000.00.17.H42-261121-0001", procedure.code, tuple(documents), ())
    blocked = CATALOGUE.blocked_papers(TODAY)
    return check_components(dossier, procedure, blocked, register, TODAY, chosen_cases=[case])


def told(findings: Iterable[Finding]) -> Told:
    return Counter((f.rule, f.subject) for f in findings)


def standing(parts: Iterable[Part], case: str, procedure: Procedure) -> Told:
    """What is said of the papers themselves: those of unknown kind are shown to the clerk."""
    expected: Told = Counter()
    for part in parts:
        for kind in part.kinds:
            if kind == UNKNOWN_KIND:
                expected[Rule.UNKNOWN_DOCUMENT, UNKNOWN_KIND] += 1
    if case in {c.code for c in procedure.cases if c.optional} and asks_by_case(procedure):
        expected[Rule.CASE_NOT_CHOSEN, procedure.code] += 1
    return expected


def asks_by_case(procedure: Procedure) -> bool:
    exclusive = {c.code for c in procedure.cases if not c.optional}
    due = [c.cases for c in procedure.components if c.requirement is Requirement.MANDATORY]
    return any(exclusive & set(cases) for cases in (*due, *(g.cases for g in procedure.one_of)))


def lack(absent: Part, rest: Sequence[Part], *, answered: bool) -> Told:
    """What is said when a part's papers are not there."""
    if absent.by_register and answered:
        return Counter()
    unknown = sum(part.kinds.count(UNKNOWN_KIND) for part in rest)
    if not absent.may_be_untitled or not unknown:
        return Counter({(Rule.MISSING_COMPONENT, absent.code): 1})
    open_parts = {part.code for part in rest if UNKNOWN_KIND in part.kinds} | {absent.code}
    assert len(open_parts) > unknown
    return Counter({(Rule.COMPONENT_UNCERTAIN, in_order(open_parts, [*rest, absent])): 1})


def in_order(codes: set[str], parts: Sequence[Part]) -> str:
    """The codes as the record lists them: components first, then groups."""
    for procedure in VERIFIED:
        order = [c.code for c in procedure.components] + [g.code for g in procedure.one_of]
        if {part.code for part in parts} <= set(order):
            listed = [code for code in order if code in codes]
            if set(listed) == codes:
                return ", ".join(listed)
    raise AssertionError(codes)


def blocked_finding(procedure: Procedure, kind: str) -> Told:
    title = title_of(kind)
    assert title is not None
    if kind in procedure.forms or (title.result_code and title.result_code in procedure.results):
        return Counter()
    rule = Rule.RESIDENCE_PAPER if title.group == "residence" else Rule.PAPER_OUTSIDE_RULES
    return Counter({(rule, kind): 1})


def takes_anything(procedure: Procedure) -> bool:
    return any(not c.kinds and c.requirement is Requirement.MANDATORY for c in procedure.components)


SITUATIONS = situations()
NAMES = [f"{p.code}-{case}" for p, case in SITUATIONS]
