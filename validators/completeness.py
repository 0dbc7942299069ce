"""Whether a dossier holds the papers that its procedure asks for, and no others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Final

from dossier.archive import Dossier
from dossier.document import UNKNOWN_KIND, Document
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.identity import RegisterAnswer, RegisterOutcome
from dossier.procedure import BlockedPaper, Component, Procedure, Requirement, Role
from models.titles import kinds_of_group, title_of
from validators.components_due import Matched, check_counts, check_due
from validators.evidence import places_of

_PRESENTED_BASIS: Final = "TT 01/2023/TT-VPCP Đ7"


def check_components(
    dossier: Dossier,
    procedure: Procedure,
    catalogue_blocked: Sequence[BlockedPaper],
    register: Sequence[RegisterAnswer],
    on: date,
    *,
    chosen_cases: Collection[str] = (),
    plain_copies: Collection[int] = (),
) -> tuple[Finding, ...]:
    """Compare the dossier's documents with what the procedure asks for on the day of reception.

    Args:
        dossier: the papers; their order does not matter.
        procedure: what is asked for.
        catalogue_blocked: papers that may not be asked of a citizen.
        register: what the residence register answered for the dossier's people.
        on: the day of reception, which decides the blocks that apply.
        chosen_cases: the cases of the procedure that a clerk chose; papers may prove others.
        plain_copies: numbers of the documents that are known to be uncertified copies.

    Returns:
        Findings in an order that does not depend on the order of the papers.
    """
    blocks = {b.kind: b for b in catalogue_blocked if _in_force(b, on)}
    # 1. What stands under a case is due only where a clerk or a paper tells the case; and nothing can be
    #    called missing from components that nobody verified.
    components = [c for c in procedure.components if procedure.components_verified or c.kinds]
    # 2. Give each document to the component that it satisfies.
    given = {document.number: _component_for(document, components, blocks) for document in dossier.documents}
    _give_to_any_paper(dossier.documents, components, given, blocks)
    findings: list[Finding] = []
    # 3. What no component took: harmless, presented only, blocked, unknown or outside the rules.
    for document in dossier.documents:
        component = given[document.number]
        findings += _judge(document, component, procedure, blocks.get(document.kind.code), register)
    # 4. What no document satisfied: missing, unless data replaces it and the look-up answered.
    if procedure.components_verified:
        findings += check_due(Matched(dossier.documents, given), procedure, register, chosen_cases)
        findings += check_counts(Matched(dossier.documents, given), procedure, plain_copies)
    else:
        findings.append(_not_checked(procedure))
    return tuple(sorted(findings, key=lambda f: (f.rule, f.subject, f.evidence, f.detail)))


def given_components(documents: Sequence[Document], procedure: Procedure) -> dict[int, Component | None]:
    """The component that each paper satisfies, by number of the paper, whatever may be asked for."""
    given = {d.number: _component_for(d, procedure.components, {}) for d in documents}
    _give_to_any_paper(documents, procedure.components, given, {})
    return given


def kept_documents(dossier: Dossier, procedure: Procedure) -> tuple[Document, ...]:
    """The documents that are archived: all but those that are only presented (TT 01/2023/TT-VPCP Đ7)."""
    given = given_components(dossier.documents, procedure)
    return tuple(
        document
        for document in dossier.documents
        if (component := given[document.number]) is None or component.role is Role.SUBMIT
    )


def _in_force(blocked: BlockedPaper, on: date) -> bool:
    return blocked.valid_from <= on and (blocked.valid_to is None or on <= blocked.valid_to)


def _component_for(
    document: Document, components: Sequence[Component], blocks: dict[str, BlockedPaper]
) -> Component | None:
    """The component that names this kind; one to be submitted before one to be presented."""
    if document.kind.code == UNKNOWN_KIND:
        return None
    naming = [c for c in components if document.kind.code in c.kinds]
    naming.sort(key=lambda c: (c.role is not Role.SUBMIT, c.requirement is not Requirement.MANDATORY, c.code))
    if document.kind.code in blocks and not any(c.role is Role.SUBMIT for c in naming):
        return None
    return naming[0] if naming else None


def _give_to_any_paper(
    documents: Sequence[Document],
    components: Sequence[Component],
    given: dict[int, Component | None],
    blocks: dict[str, BlockedPaper],
) -> None:
    """A mandatory component without kinds takes what is left, blocked papers only for want of others."""
    anything = min(
        (c for c in components if not c.kinds and c.requirement is Requirement.MANDATORY and not c.case),
        key=lambda c: c.code,
        default=None,
    )
    if anything is None:
        return
    left = [d for d in documents if given[d.number] is None and not _is_of_the_centre(d)]
    ordinary = [d for d in left if d.kind.code not in blocks]
    for document in ordinary or left:
        given[document.number] = anything


def _judge(
    document: Document,
    component: Component | None,
    procedure: Procedure,
    block: BlockedPaper | None,
    register: Sequence[RegisterAnswer],
) -> Iterator[Finding]:
    """What there is to say about one paper: nothing or one finding."""
    if component is not None:
        if component.role is Role.PRESENT:
            yield _finding(Rule.PRESENTED_ONLY, document, _PRESENTED_BASIS, component.text)
    elif _is_of_the_centre(document) or _is_of_the_procedure(document, procedure):
        return
    elif block is not None:
        yield _blocked(document, block, procedure, register)
    elif document.kind.code == UNKNOWN_KIND:
        yield _finding(Rule.UNKNOWN_DOCUMENT, document, "", document.kind.title)
    elif procedure.components_verified:
        yield _finding(Rule.PAPER_OUTSIDE_RULES, document, procedure.citation, document.kind.title)


def _is_of_the_centre(document: Document) -> bool:
    """Notices and receipts that the centre itself makes out (TT 03/2025/TT-VPCP)."""
    return document.kind.code in kinds_of_group("mot_cua")


def _is_of_the_procedure(document: Document, procedure: Procedure) -> bool:
    """Its own application forms, and its own result, which the centre digitises itself."""
    title = title_of(document.kind.code)
    return document.kind.code in procedure.forms or (
        title is not None and title.result_code != "" and title.result_code in procedure.results
    )


def _blocked(
    document: Document, block: BlockedPaper, procedure: Procedure, register: Sequence[RegisterAnswer]
) -> Finding:
    title = title_of(document.kind.code)
    is_residence = title is not None and title.group == "residence"
    rule = Rule.RESIDENCE_PAPER if is_residence else Rule.PAPER_OUTSIDE_RULES
    failed = [a for a in register if a.outcome is RegisterOutcome.NOT_CHECKED]
    if block.allowed_after_failed_lookup and failed:
        detail = "; ".join(sorted({f"{a.asked_at} {a.reason}".strip() for a in failed}))
        return Finding(
            rule, Severity.INFO, Outcome.NOTE, document.kind.code, places_of(document), block.citation, detail
        )
    asked_for = next((c.text for c in procedure.components if document.kind.code in c.kinds), "")
    return _finding(rule, document, block.citation, asked_for or document.kind.title)


_SEVERITIES: Final = {
    Rule.PRESENTED_ONLY: (Severity.INFO, Outcome.NOTE),
    Rule.UNKNOWN_DOCUMENT: (Severity.WARNING, Outcome.NOT_CHECKED),
    Rule.PAPER_OUTSIDE_RULES: (Severity.BLOCKING, Outcome.FAIL),
    Rule.RESIDENCE_PAPER: (Severity.BLOCKING, Outcome.FAIL),
}


def _finding(rule: Rule, document: Document, basis: str, detail: str) -> Finding:
    severity, outcome = _SEVERITIES[rule]
    return Finding(rule, severity, outcome, document.kind.code, places_of(document), basis, detail)


def _not_checked(procedure: Procedure) -> Finding:
    return Finding(
        Rule.COMPONENTS_NOT_CHECKED,
        Severity.WARNING,
        Outcome.NOT_CHECKED,
        procedure.code,
        (),
        procedure.citation,
        procedure.snapshot,
    )
