"""Papers that somebody asks a citizen for, against what the procedure asks for and what may not be asked.

No dossier is at hand here, only words: a published list, a clerk's request, another system's form. What the
words do not settle is `NOT_CHECKED`, with its reason; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from rapidfuzz import fuzz

from dossier.procedure import BlockedPaper, Component, Procedure, Requirement, Role
from models.headings import bare
from models.paper_names import NEGATED, kind_named, kinds_named
from models.titles import kinds_of_group, title_of

PRESENTED_BASIS: Final = "TT 01/2023/TT-VPCP Đ7"
RESIDENCE_REGISTER: Final = "residence_register"
_SAME_WORDING: Final = 88
_LONGEST_WORDING: Final = 40
"""Words of a component's text that a request is compared with; what follows is conditions."""
_LEAST_WORDING: Final = 12
"""Letters below which a wording is too short to be like another one."""


class AskedVerdict(StrEnum):
    """What there is to say about a paper that is asked for."""

    WITHIN = "within"
    """The procedure's record asks for it."""
    PRESENT_ONLY = "present_only"
    """It may be looked at, and neither kept nor copied."""
    OUTSIDE = "outside"
    """It may not be asked for."""
    RESIDENCE_REGISTER = "residence_register"
    """A residence paper: the register answers what it says, so it may not be asked for."""
    NOT_CHECKED = "not_checked"
    """The words or the record do not settle it."""


class AskedReason(StrEnum):
    """Why."""

    COMPONENT = "component"
    """A component of the record names it."""
    CONDITIONAL = "conditional"
    """A component names it, in the case that its words tell."""
    OWN_FORM = "own_form"
    """The procedure's own form."""
    SAME_WORDING = "same_wording"
    """No title is in the words, and they are those of a component."""
    ACCEPTED_AFTER_LOOKUP = "accepted_after_lookup"
    """Its look-up was tried, failed and was logged."""
    ONLY_PRESENTED = "only_presented"
    COPY_OF_PRESENTED = "copy_of_presented"
    """A copy is asked of what is only shown."""
    BLOCKED = "blocked"
    """The law forbids to ask for it."""
    REPLACED_BY_REGISTER = "replaced_by_register"
    """The record lets the residence register's answer replace it."""
    NOT_LISTED = "not_listed"
    """No component of the record names it."""
    OTHER_CASE = "other_case"
    """Only applicants of other cases are asked for it."""
    UNKNOWN_WORDING = "unknown_wording"
    """No title that is known is in the words, and they are like no component's."""
    UNKNOWN_KIND = "unknown_kind"
    """No such kind of paper is in the table of titles."""
    SIMILAR_WORDING = "similar_wording"
    """The words only come near a title, or stand within those of a component."""
    NEGATED = "negated"
    """The words say that something need not be handed in."""
    ANY_PAPER = "any_paper"
    """A component takes any paper, perhaps this one."""
    CENTRE_PAPER = "centre_paper"
    """A notice or receipt of the centre itself."""
    NOT_VERIFIED = "not_verified"
    """Nobody compared the record's components with what was published for that day."""


@dataclass(frozen=True, slots=True)
class AskedItem:
    """One entry of a list of papers asked for."""

    text: str = ""
    """As it is written; empty where the kind says it all."""
    kind: str = ""
    """Code of the table of titles; empty where the words have to tell."""


@dataclass(frozen=True, slots=True)
class AskedContext:
    """What a list is held against."""

    procedure: Procedure
    blocked: Sequence[BlockedPaper]
    """Those in force on the day."""
    cases: Collection[str] = ()
    """Cases of the applicant, all of them; none where nobody said."""
    lookup_failed: bool = False
    """Whether a look-up of residence was tried, failed and was logged."""


@dataclass(frozen=True, slots=True)
class JudgedPaper:
    """The judgement over one kind of paper, or over words that name none."""

    kind: str
    verdict: AskedVerdict
    reason: AskedReason
    basis: str
    """Citation; empty where no law is behind it."""
    valid_from: date | None
    """Since when the rule cited is in force, as the catalogue knows; None where it does not."""
    component: str = ""
    """Code of the component that names it."""
    detail: str = ""
    """The component's words, or the kind that the words come near."""


@dataclass(frozen=True, slots=True)
class JudgedItem:
    """The judgement over one entry of a list."""

    item: AskedItem
    verdict: AskedVerdict
    papers: tuple[JudgedPaper, ...]
    """One for each kind that it names; one without a kind where it names none."""


def check_asked(items: Sequence[AskedItem], context: AskedContext) -> tuple[JudgedItem, ...]:
    """Judge each entry, in the order of the list."""
    return tuple(_judge_item(item, context) for item in items)


def is_listed(kind: str, text: str, procedure: Procedure) -> bool:
    """Whether the procedure's record asks for a paper, by its kind or, where that is empty, by its words."""
    if kind and kind in procedure.forms:
        return True
    certified = asks_for_copy(text)
    for component in procedure.components:
        if kind in component.kinds or (not kind and says_the_same(text, component)):
            # A copy of what is only shown may not be asked for (TT 01/2023/TT-VPCP Đ7).
            return component.role is Role.SUBMIT or not certified
    return False


def says_the_same(text: str, component: Component) -> bool:
    """Whether a wording is a component's own, with room for what is left out."""
    words = " ".join(bare(component.text).split()[:_LONGEST_WORDING])
    return fuzz.partial_ratio(bare(text), words) >= _SAME_WORDING


def asks_for_copy(text: str) -> bool:
    """Whether a certified copy is asked for."""
    return "CHUNG THUC" in bare(text) or "CONG CHUNG" in bare(text)


def _judge_item(item: AskedItem, context: AskedContext) -> JudgedItem:
    # 1. A kind that the caller names counts; else every one that the words name letter by letter.
    if item.kind:
        known = title_of(item.kind) is not None
        return _one(item, _kind(item.kind, item, context) if known else _open(AskedReason.UNKNOWN_KIND))
    if NEGATED.search(bare(item.text)):
        return _one(item, _open(AskedReason.NEGATED))
    kinds = kinds_named(item.text)
    if not kinds:
        return _one(item, _wording(item, context))
    papers = tuple(_kind(kind, item, context) for kind in kinds)
    return JudgedItem(item, _verdict_of(papers), papers)


def _verdict_of(papers: Sequence[JudgedPaper]) -> AskedVerdict:
    """Of several papers: what the law forbids counts, then what all have in common; else it is open."""
    for paper in papers:
        if paper.reason in (AskedReason.BLOCKED, AskedReason.REPLACED_BY_REGISTER):
            return paper.verdict
    verdicts = {paper.verdict for paper in papers}
    if len(verdicts) == 1:
        return verdicts.pop()
    if verdicts <= {AskedVerdict.WITHIN, AskedVerdict.PRESENT_ONLY}:
        return AskedVerdict.WITHIN
    return AskedVerdict.NOT_CHECKED


def _wording(item: AskedItem, context: AskedContext) -> JudgedPaper:
    """Words in which no title stands: the words of a component, near a title, or unknown."""
    procedure = context.procedure
    if not procedure.components_verified:
        return _open(AskedReason.NOT_VERIFIED, basis=procedure.citation)
    if len(bare(item.text)) < _LEAST_WORDING:
        return _open(AskedReason.UNKNOWN_WORDING)
    same = [c for c in procedure.components if says_the_same(item.text, c)]
    if same:
        return _named("", _first(same, context), item, context)
    near = kind_named(item.text)
    return _open(AskedReason.SIMILAR_WORDING if near else AskedReason.UNKNOWN_WORDING, detail=near)


def _kind(kind: str, item: AskedItem, context: AskedContext) -> JudgedPaper:
    procedure = context.procedure
    # 1. What the law forbids to ask, whatever a record says.
    block = next((b for b in context.blocked if b.kind == kind), None)
    if block is not None:
        return _blocked(block, context)
    # 2. Nothing more is said of components that nobody compared with the record.
    if not procedure.components_verified:
        return _open(AskedReason.NOT_VERIFIED, kind, basis=procedure.citation)
    if kind in kinds_of_group("mot_cua"):
        return _open(AskedReason.CENTRE_PAPER, kind)
    # 3. The component that names it, or the procedure's own form.
    naming = [c for c in procedure.components if kind in c.kinds]
    if naming:
        return _named(kind, _first(naming, context), item, context)
    rule = procedure.citation, procedure.valid_from
    if kind in procedure.forms:
        return JudgedPaper(kind, AskedVerdict.WITHIN, AskedReason.OWN_FORM, *rule)
    # 4. No kind of the record is it; its words may still be the record's own, whatever title is in them.
    like = [c for c in procedure.components if item.text and says_the_same(item.text, c)]
    if like and any(fuzz.ratio(bare(item.text), bare(c.text)) >= _SAME_WORDING for c in like):
        return _named(kind, _first(like, context), item, context)
    if like:
        return _open(AskedReason.SIMILAR_WORDING, kind, component=like[0].code, detail=like[0].text)
    # 5. Nobody names it. A mandatory component that takes any paper leaves it open.
    anything = next((c for c in procedure.components if _takes_anything(c) and _is_of(c, context)), None)
    if anything is not None:
        return _open(AskedReason.ANY_PAPER, kind, component=anything.code, detail=anything.text)
    return JudgedPaper(kind, AskedVerdict.OUTSIDE, AskedReason.NOT_LISTED, *rule)


def _blocked(block: BlockedPaper, context: AskedContext) -> JudgedPaper:
    title = title_of(block.kind)
    rule = block.citation, block.valid_from
    if block.allowed_after_failed_lookup and context.lookup_failed:
        return JudgedPaper(block.kind, AskedVerdict.WITHIN, AskedReason.ACCEPTED_AFTER_LOOKUP, *rule)
    is_residence = title is not None and title.group == "residence"
    verdict = AskedVerdict.RESIDENCE_REGISTER if is_residence else AskedVerdict.OUTSIDE
    return JudgedPaper(block.kind, verdict, AskedReason.BLOCKED, *rule)


def _named(kind: str, component: Component, item: AskedItem, context: AskedContext) -> JudgedPaper:
    """What the component says that names a paper."""
    procedure = context.procedure

    def told(verdict: AskedVerdict, reason: AskedReason, basis: str = "") -> JudgedPaper:
        # Since when another law counts that is cited here, the catalogue does not know.
        since = None if basis else procedure.valid_from
        law = basis or procedure.citation
        return JudgedPaper(kind, verdict, reason, law, since, component.code, component.text)

    if component.replaced_by == RESIDENCE_REGISTER and not context.lookup_failed:
        return told(AskedVerdict.RESIDENCE_REGISTER, AskedReason.REPLACED_BY_REGISTER)
    if not _is_of(component, context):
        return told(AskedVerdict.OUTSIDE, AskedReason.OTHER_CASE)
    if component.role is Role.PRESENT:
        if asks_for_copy(item.text):
            return told(AskedVerdict.OUTSIDE, AskedReason.COPY_OF_PRESENTED, PRESENTED_BASIS)
        return told(AskedVerdict.PRESENT_ONLY, AskedReason.ONLY_PRESENTED, PRESENTED_BASIS)
    if kind not in component.kinds:
        return told(AskedVerdict.WITHIN, AskedReason.SAME_WORDING)
    is_open = component.requirement is Requirement.CONDITIONAL or (component.cases and not context.cases)
    return told(AskedVerdict.WITHIN, AskedReason.CONDITIONAL if is_open else AskedReason.COMPONENT)


def _takes_anything(component: Component) -> bool:
    return not component.kinds and component.requirement is Requirement.MANDATORY


def _first(components: Sequence[Component], context: AskedContext) -> Component:
    """Of components that name a paper: one of the applicant's case, to be submitted, mandatory."""
    return min(
        components,
        key=lambda c: (
            not _is_of(c, context),
            c.role is not Role.SUBMIT,
            c.requirement is not Requirement.MANDATORY,
            c.code,
        ),
    )


def _is_of(component: Component, context: AskedContext) -> bool:
    """Whether it is asked of applicants of these cases; of none that are known, it may be."""
    return not component.cases or not context.cases or bool(set(component.cases) & set(context.cases))


def _one(item: AskedItem, paper: JudgedPaper) -> JudgedItem:
    return JudgedItem(item, paper.verdict, (paper,))


def _open(
    reason: AskedReason, kind: str = "", *, basis: str = "", component: str = "", detail: str = ""
) -> JudgedPaper:
    return JudgedPaper(kind, AskedVerdict.NOT_CHECKED, reason, basis, None, component, detail)


def verdicts(judged: Sequence[JudgedItem]) -> Iterator[tuple[AskedVerdict, int]]:
    """How many entries there are of each verdict."""
    for verdict in AskedVerdict:
        yield verdict, sum(each.verdict is verdict for each in judged)
