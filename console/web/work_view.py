"""A draft as the counter's screen shows it: papers with numbers for keys, people, findings in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from console.web.page_words import doubt
from console.web.shown_pages import page_version
from console.web.times import clock_words
from console.wording import finding_message
from console.wording_language import Language
from dossier.document import UNKNOWN_KIND
from dossier.finding import Outcome, Rule, Severity
from dossier.identity import Identity, RegisterAnswer, RegisterOutcome
from dossier.review import Draft, DraftFinding, DraftPage, DraftPaper, PartState
from flows.report import finding_data
from models.titles import title_of, titles
from validators.births import birth_to_ask

Words = Callable[..., str]


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """A paper on the screen."""

    id: int
    position: int
    """Its number on the screen, 1-based: the key that leads to it."""
    title: str
    kind: str
    is_unknown: bool
    pages: tuple[int, ...]
    paper: DraftPaper


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A line of the checklist."""

    text: str
    state: PartState
    papers: tuple[ShownPaper, ...]


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding in words that can be read out to the citizen."""

    key: str
    severity: Severity
    is_not_checked: bool
    message: str
    basis: str
    pages: tuple[int, ...]
    can_be_dismissed: bool


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """Somebody whom the papers are about."""

    name: str
    number: str
    verdict: str
    sources: tuple[tuple[str, int], ...]
    """Where the number was seen: in words, and the id of the page."""
    unread: tuple[int, ...]
    """Ids of pages on which it has to be compared by eye."""
    register: str
    """What the residence register said, in words, and when."""


@dataclass(frozen=True, slots=True)
class Work:
    """Everything that the screen shows of a draft."""

    draft: Draft
    papers: tuple[ShownPaper, ...]
    checklist: tuple[ShownPart, ...]
    findings: tuple[ShownFinding, ...]
    people: tuple[ShownPerson, ...]
    page: int
    """Id of the page in sight; 0 where there is none."""
    paper: int
    """Id of its paper; 0 for a page that was set aside."""
    doubtful: tuple[str, ...]
    """What is doubtful and open, in words: reasons to press the key of sealing twice."""


def work_on(draft: Draft, page: int, t: Words, language: Language) -> Work:
    """A draft in the words of one language, with one page in sight; the first where there is no such page."""
    papers = tuple(_paper(paper, position, t) for position, paper in enumerate(draft.papers, start=1))
    by_id = {paper.id: paper for paper in papers}
    every = [number for paper in papers for number in paper.pages] + [each.id for each in draft.set_aside]
    in_sight = page if page in every else next(iter(every), 0)
    checklist = tuple(
        ShownPart(part.text, part.state, tuple(by_id[each] for each in part.papers if each in by_id))
        for part in draft.checklist
    )
    findings = tuple(_finding(each, t, language) for each in draft.findings)
    return Work(
        draft=draft,
        papers=papers,
        checklist=checklist,
        findings=findings,
        people=tuple(
            _person(identity, answer, draft, t)
            for identity, answer in zip(draft.identities, draft.register, strict=True)
        ),
        page=in_sight,
        paper=next((paper.id for paper in papers if in_sight in paper.pages), 0),
        doubtful=tuple(_doubtful(findings, checklist, t)),
    )


def viewer_pages(work: Work, base: str) -> list[dict[str, Any]]:
    """The pages for the viewer, in order: where their pictures and words are fetched, and what changed."""
    shown = []
    for paper in work.papers:
        for page in paper.paper.pages:
            fields = tuple((f.place, f.value, f.box) for f in paper.paper.fields if f.page == page.id)
            shown.append(_viewer_page(page, base, paper.id, fields))
    return shown + [_viewer_page(page, base, 0, ()) for page in work.draft.set_aside]


def kind_choices() -> list[tuple[str, str]]:
    """Every kind of paper with its title, for the list of kinds."""
    return sorted(
        ((title.code, " ".join(title.lines[: title.essential])) for title in titles()), key=lambda c: c[1]
    )


def field_label(name: str, t: Words) -> str:
    """What a field is called; its own name where no table has it."""
    try:
        return t(f"field.{name}")
    except KeyError:
        return name


def is_number(name: str) -> bool:
    """Whether a field is a person's number."""
    return name in ("personal_number", "unread_number", "old_number")


def _viewer_page(page: DraftPage, base: str, paper: int, fields: tuple[object, ...]) -> dict[str, Any]:
    recognised = page.recognised
    return {
        "number": page.id,
        "paper": paper,
        "picture": f"{base}/pages/{page.id}/picture",
        "words": f"{base}/pages/{page.id}/words",
        "version": page_version(recognised.page.picture, recognised.frame, fields),
    }


def _paper(paper: DraftPaper, position: int, t: Words) -> ShownPaper:
    kind = paper.document.kind
    known = title_of(kind.code)
    title = " ".join(known.lines[: known.essential]) if known else kind.title
    is_unknown = kind.code == UNKNOWN_KIND
    shown = title or t("work.unknown_kind")
    return ShownPaper(
        paper.id, position, shown, kind.code, is_unknown, tuple(p.id for p in paper.pages), paper
    )


def _finding(each: DraftFinding, t: Words, language: Language) -> ShownFinding:
    found = each.finding
    is_unknown = found.rule is Rule.UNKNOWN_DOCUMENT
    return ShownFinding(
        each.key,
        found.severity,
        found.outcome is Outcome.NOT_CHECKED,
        t("work.unknown_told") if is_unknown else finding_message(finding_data(found), language),
        found.basis,
        each.pages,
        each.can_be_dismissed,
    )


def _person(identity: Identity, answer: RegisterAnswer | None, draft: Draft, t: Words) -> ShownPerson:
    def page_id(document: int, page: int) -> int:
        pages = draft.papers[document - 1].pages if 0 < document <= len(draft.papers) else ()
        return pages[page - 1].id if 0 < page <= len(pages) else 0

    sources = dict.fromkeys(
        (t(f"source.{witness.source.value}"), page_id(witness.document, witness.page))
        for witness in identity.witnesses
    )
    unread = dict.fromkeys(page_id(place.document, place.page) for place in identity.unread)
    return ShownPerson(
        identity.full_name,
        identity.personal_number,
        identity.verdict.value,
        tuple(sources),
        tuple(number for number in unread if number),
        _register(identity, answer, t),
    )


def _register(identity: Identity, answer: RegisterAnswer | None, t: Words) -> str:
    """What was compared, and what came of it; what differs, or why it said nothing, is a finding."""
    if answer is None:
        return t("register.not_asked")
    with_birth = answer.outcome is RegisterOutcome.MATCHES and birth_to_ask(identity) is not None
    said = t("register.matches_birth" if with_birth else f"register.{answer.outcome.value}")
    return f"{said} · {clock_words(answer.asked_at)}"


def _doubtful(findings: Iterable[ShownFinding], checklist: Iterable[ShownPart], t: Words) -> Iterable[str]:
    for finding in findings:
        if finding.severity is Severity.WARNING:
            yield finding.message
    for part in checklist:
        if part.state is PartState.DOUBTFUL:
            yield t("work.part_doubtful", part=part.text)


def field_doubt(confidence: float, typed_by: str) -> int:
    """How doubtful a field is; what a person typed is not."""
    return 0 if typed_by else doubt(confidence)
