"""The procedure's checklist over a draft: what of it is there, missing, doubtful or too much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dossier.document import UNKNOWN_KIND
from dossier.finding import Rule
from dossier.procedure import Component, Procedure, Requirement, Role
from dossier.review import ChecklistPart, DraftFinding, DraftPaper, PartState
from models.titles import kinds_of_group, title_of
from validators.completeness import given_components
from validators.components_due import known_cases, leaves

_DOUBT = (Rule.PAGE_DOUBTFUL, Rule.PAGE_MISSING, Rule.PAGE_ORDER, Rule.WRONG_COUNT, Rule.EXPIRED_PAPER)
"""Findings that make a paper's component doubtful."""


@dataclass(frozen=True, slots=True)
class _Sight:
    """What the lines are told from."""

    procedure: Procedure
    papers: Mapping[int, DraftPaper]
    given: Mapping[int, Component | None]
    """By number of the document."""
    findings: Sequence[DraftFinding]
    missing: Mapping[str, str]
    """Key of the finding that calls a component or group missing, by its code."""
    unknown: tuple[int, ...]
    """Numbers of papers of unknown kind that no component took."""


def checklist(
    procedure: Procedure,
    papers: Sequence[DraftPaper],
    findings: Sequence[DraftFinding],
    cases: Sequence[str],
) -> tuple[ChecklistPart, ...]:
    """One line for each component or group, then one for each paper that none of them asks for.

    Args:
        procedure: of the dossier.
        papers: as they are sorted now.
        findings: those that stand and those that were dismissed.
        cases: those that the clerk chose.
    """
    documents = [paper.document for paper in papers]
    given = given_components(documents, procedure)
    missing = {
        each.finding.subject: each.key for each in findings if each.finding.rule is Rule.MISSING_COMPONENT
    }
    unknown = tuple(d.number for d in documents if d.kind.code == UNKNOWN_KIND and given[d.number] is None)
    by_number = {paper.document.number: paper for paper in papers}
    sight = _Sight(procedure, by_number, given, findings, missing, unknown)
    known = known_cases(procedure, {d.kind.code for d in documents}, cases)
    return (*_parts(sight, known), *_extras(sight))


def _parts(sight: _Sight, cases: frozenset[str]) -> Iterator[ChecklistPart]:
    procedure = sight.procedure
    groups = {group.code: group for group in procedure.one_of}
    nested = {member for group in procedure.one_of for member in group.members}
    by_code = {component.code: component for component in procedure.components}
    grouped: set[str] = set()
    for group in procedure.one_of:
        if group.code in nested:
            continue
        choices = [by_code[code] for code in leaves(group, groups)]
        grouped |= {component.code for component in choices}
        yield _part(sight, group.code, group.text, choices, is_due=_holds(group.cases, cases))
    for component in procedure.components:
        if component.code not in grouped:
            mandatory = component.requirement is Requirement.MANDATORY and component.role is Role.SUBMIT
            is_due = mandatory and not component.case and _holds(component.cases, cases)
            yield _part(sight, component.code, component.text, [component], is_due=is_due)


def _holds(within: Sequence[str], cases: frozenset[str]) -> bool:
    return not within or bool(set(within) & cases)


def _part(
    sight: _Sight, code: str, text: str, choices: Sequence[Component], *, is_due: bool
) -> ChecklistPart:
    taken = [number for number, component in sight.given.items() if component in choices]
    kinds = {kind for component in choices for kind in component.kinds}
    taken += [n for n, p in sight.papers.items() if n not in taken and p.document.kind.code in kinds]
    about = [each.key for each in sight.findings if each.finding.subject == code]
    if taken:
        pages = {page for number in taken for page in _pages(sight, number)}
        doubts = [f.key for f in sight.findings if f.finding.rule in _DOUBT and pages & set(f.pages)]
        state = PartState.DOUBTFUL if doubts else PartState.PRESENT
        return _line(sight, (code, text, state), sorted(taken), [*about, *doubts])
    may_be = (
        [*sight.unknown] if is_due and any(UNKNOWN_KIND in c.kinds or not c.kinds for c in choices) else []
    )
    if code in sight.missing:
        return _line(sight, (code, text, PartState.MISSING), [], about)
    if may_be:
        return _line(sight, (code, text, PartState.DOUBTFUL), may_be, about)
    if is_due and not sight.procedure.components_verified:
        return _line(sight, (code, text, PartState.DOUBTFUL), [], about)
    return _line(sight, (code, text, PartState.NOT_DUE), [], about)


def _extras(sight: _Sight) -> Iterator[ChecklistPart]:
    """Papers that no component took; the centre's own notices and the procedure's forms are none."""
    for number, paper in sight.papers.items():
        kind = paper.document.kind.code
        is_known = kind in kinds_of_group("mot_cua") or kind in sight.procedure.forms
        if sight.given[number] is not None or is_known or number in sight.unknown:
            continue
        title = title_of(kind)
        if title is not None and title.result_code and title.result_code in sight.procedure.results:
            continue
        text = paper.document.kind.title or (title.text if title is not None else kind)
        pages = set(_pages(sight, number))
        about = [f.key for f in sight.findings if f.finding.subject == kind and pages & set(f.pages)]
        yield _line(sight, ("", text, PartState.EXTRA), [number], about)
    for number in sight.unknown:
        paper = sight.papers[number]
        pages = set(_pages(sight, number))
        about = [
            f.key for f in sight.findings if f.finding.rule is Rule.UNKNOWN_DOCUMENT and pages & set(f.pages)
        ]
        yield _line(sight, ("", paper.document.kind.title, PartState.DOUBTFUL), [number], about)


def _line(
    sight: _Sight, told: tuple[str, str, PartState], numbers: Sequence[int], findings: Sequence[str]
) -> ChecklistPart:
    code, text, state = told
    papers = tuple(sight.papers[number].id for number in numbers)
    pages = tuple(page for number in numbers for page in _pages(sight, number))
    return ChecklistPart(code, text, state, papers, pages, tuple(dict.fromkeys(findings)))


def _pages(sight: _Sight, number: int) -> tuple[int, ...]:
    return tuple(page.id for page in sight.papers[number].pages)
