"""What is due of a procedure's components, and what is there of it: missing, open, too few, too many."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dossier.document import UNKNOWN_KIND, Document
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.identity import RegisterAnswer, RegisterOutcome
from dossier.procedure import Component, OneOf, Procedure, Requirement, Role
from models.titles import title_of
from validators.evidence import places_of

_RESIDENCE_REGISTER: Final = "residence_register"


@dataclass(frozen=True, slots=True)
class Matched:
    """The papers of a dossier with the component that each satisfies."""

    documents: Sequence[Document]
    given: Mapping[int, Component | None]
    """By number of the document."""

    def of(self, component: Component) -> list[Document]:
        """The papers that a component took, in an order of their own places."""
        taken = [d for d in self.documents if self.given[d.number] is component]
        return sorted(taken, key=places_of)

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind that is in the dossier."""
        return frozenset(document.kind.code for document in self.documents)

    @property
    def unknown(self) -> list[Document]:
        """Papers of unknown kind that no component took."""
        return [d for d in self.documents if d.kind.code == UNKNOWN_KIND and self.given[d.number] is None]


@dataclass(frozen=True, slots=True)
class _Due:
    """A component or a group that is due and that no paper satisfies."""

    code: str
    text: str
    is_untitled: bool
    """Whether its papers may carry no known title, so that a paper of unknown kind may be it."""


def known_cases(procedure: Procedure, kinds: Collection[str], chosen: Collection[str] = ()) -> frozenset[str]:
    """The cases that a clerk chose or that a paper proves."""
    return frozenset(
        case.code for case in procedure.cases if case.code in chosen or set(case.proven_by) & set(kinds)
    )


def check_due(
    matched: Matched,
    procedure: Procedure,
    register: Sequence[RegisterAnswer],
    chosen_cases: Collection[str],
) -> Iterator[Finding]:
    """What is missing, and what cannot be told.

    A mandatory component or group is due in every case, or in those that it names. Papers without a known
    title cannot be told apart: with none of them in the dossier what needs one is missing; with fewer than
    needed, that is said and nothing is called missing.
    """
    cases = known_cases(procedure, matched.kinds, chosen_cases)
    if _is_open(procedure, cases):
        yield _about(Rule.CASE_NOT_CHOSEN, procedure, procedure.code, _choices(procedure))
    due = list(_unsatisfied(matched, procedure, cases, register))
    papers = len(matched.unknown)
    untitled = [part for part in due if part.is_untitled]
    for part in due:
        if not part.is_untitled or not papers:
            yield _about(Rule.MISSING_COMPONENT, procedure, part.code, part.text)
    if 0 < papers < len(untitled):
        codes = ", ".join(part.code for part in untitled)
        yield _about(Rule.COMPONENT_UNCERTAIN, procedure, codes, "; ".join(part.text for part in untitled))


_SEVERITIES: Final = {
    Rule.MISSING_COMPONENT: (Severity.BLOCKING, Outcome.FAIL),
    Rule.COMPONENT_UNCERTAIN: (Severity.WARNING, Outcome.NOT_CHECKED),
    Rule.CASE_NOT_CHOSEN: (Severity.WARNING, Outcome.NOT_CHECKED),
}


def _about(rule: Rule, procedure: Procedure, subject: str, detail: str) -> Finding:
    severity, outcome = _SEVERITIES[rule]
    return Finding(rule, severity, outcome, subject, (), procedure.citation, detail)


def _is_open(procedure: Procedure, cases: Collection[str]) -> bool:
    """Whether something is due in one case and not in another, and no case is known."""
    exclusive = {case.code for case in procedure.cases if not case.optional}
    if exclusive & set(cases):
        return False
    due = [c.cases for c in procedure.components if _is_asked(c)]
    return any(exclusive & set(within) for within in (*due, *(g.cases for g in procedure.one_of)))


def _choices(procedure: Procedure) -> str:
    return "; ".join(f"{case.code}: {case.text}" for case in procedure.cases)


def _unsatisfied(
    matched: Matched, procedure: Procedure, cases: Collection[str], register: Sequence[RegisterAnswer]
) -> Iterator[_Due]:
    """Due parts for which no paper is left, in the order of the record.

    One paper satisfies one part, and papers are handed out so that as many parts as possible have one
    (augmenting paths, Kuhn 1955); which parts stay open depends on the record's order, never on the papers'.
    """
    holder: dict[int, int] = {}
    parts = list(_due_parts(procedure, cases, register))
    papers = [[d.number for d in matched.documents if _satisfies(d, part, matched)] for _, part in parts]

    def finds_paper(part: int, tried: set[int]) -> bool:
        for paper in papers[part]:
            if paper not in tried:
                tried.add(paper)
                if paper not in holder or finds_paper(holder[paper], tried):
                    holder[paper] = part
                    return True
        return False

    for number, (due, _) in enumerate(parts):
        if not finds_paper(number, set()):
            yield due


def _due_parts(
    procedure: Procedure, cases: Collection[str], register: Sequence[RegisterAnswer]
) -> Iterator[tuple[_Due, Sequence[Component]]]:
    """Components and groups that are due, with the components of which any one is enough.

    What is only presented is shown at the counter, not scanned, so it is never due here.
    """
    answered = any(a.outcome is RegisterOutcome.MATCHES for a in register)
    members = {member for group in procedure.one_of for member in group.members}
    by_code = {c.code: c for c in procedure.components}
    groups = {g.code: g for g in procedure.one_of}
    for component in procedure.components:
        if component.code in members or component.case or not _is_due(component, cases):
            continue
        if not _is_replaced(component, answered=answered):
            yield _Due(component.code, component.text, UNKNOWN_KIND in component.kinds), [component]
    for group in procedure.one_of:
        if group.code in members or not _holds(group.cases, cases):
            continue
        choices = [by_code[code] for code in leaves(group, groups)]
        if not any(_is_replaced(c, answered=answered) for c in choices):
            is_untitled = any(UNKNOWN_KIND in c.kinds or not c.kinds for c in choices)
            yield _Due(group.code, group.text, is_untitled), choices


def _satisfies(document: Document, choices: Sequence[Component], matched: Matched) -> bool:
    given = matched.given[document.number]
    if given is None or given.role is not Role.SUBMIT:
        return False
    return any(given is c or document.kind.code in c.kinds for c in choices)


def leaves(group: OneOf, groups: Mapping[str, OneOf]) -> Iterator[str]:
    """The components of a group and of the groups within it."""
    for member in group.members:
        if member in groups:
            yield from leaves(groups[member], groups)
        else:
            yield member


def _is_due(component: Component, cases: Collection[str]) -> bool:
    return _is_asked(component) and _holds(component.cases, cases)


def _is_asked(component: Component) -> bool:
    return component.requirement is Requirement.MANDATORY and component.role is Role.SUBMIT


def _holds(within: Sequence[str], cases: Collection[str]) -> bool:
    return not within or bool(set(within) & set(cases))


def _is_replaced(component: Component, *, answered: bool) -> bool:
    return component.replaced_by == _RESIDENCE_REGISTER and answered


def check_counts(matched: Matched, procedure: Procedure, plain_copies: Collection[int]) -> Iterator[Finding]:
    """Too few originals, and more papers than are asked for.

    A record that counts both an original and a copy lets the citizen choose; only a component that asks for
    originals alone can lack one. Cards are not counted: each person brings one.
    """
    for component in procedure.components:
        taken = matched.of(component)
        if not taken or component.role is not Role.SUBMIT or not component.kinds:
            continue
        originals = [d for d in taken if d.number not in plain_copies]
        if not component.copies and len(originals) < component.originals:
            places = tuple(place for d in taken for place in places_of(d))
            detail = f"{len(originals)}/{component.originals}: {component.text}"
            yield Finding(
                Rule.WRONG_COUNT,
                Severity.WARNING,
                Outcome.FAIL,
                component.code,
                places,
                procedure.citation,
                detail,
            )
    yield from _surplus(matched, procedure)


def _surplus(matched: Matched, procedure: Procedure) -> Iterator[Finding]:
    for kind in sorted(matched.kinds - {UNKNOWN_KIND}):
        title = title_of(kind)
        naming = [c for c in procedure.components if kind in c.kinds and c.role is Role.SUBMIT]
        if not naming or title is None or title.group == "identity":
            continue
        asked = max(1, sum(c.originals + c.copies for c in naming))
        papers = [d for d in matched.documents if d.kind.code == kind and matched.given[d.number] in naming]
        for document in sorted(papers, key=places_of)[asked:]:
            places = places_of(document)
            yield Finding(
                Rule.SURPLUS_PAPER, Severity.INFO, Outcome.NOTE, kind, places, procedure.citation, str(asked)
            )
