"""A change as a clerk sends it, made ready to be kept: checked, told in the draft's own frame, with what was
there before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from dossier.document import UNKNOWN_KIND
from dossier.errors import CorrectionRefused
from dossier.page import RecognisedPage
from dossier.review import (
    Change,
    ChooseCases,
    Correction,
    DismissFinding,
    Draft,
    MarkBlank,
    MergePapers,
    MovePage,
    OrderPages,
    OrderPapers,
    SetAside,
    SetDue,
    SetKind,
    SplitPaper,
    TurnPage,
    TypeField,
)
from flows.review_drafting import Drafting
from flows.review_pages import turned, turned_box
from flows.review_places import Place, checked_value, parse_place
from flows.review_sorting import Arrangement, check_whole
from models.titles import title_of

_NAMES: Final = frozenset(
    {
        *("personal_number", "full_name", "date_of_birth", "sex", "residence", "old_number"),
        *("card_issued_on", "card_issued_by", "issued_on", "issued_by", "document_number", "date"),
        *("title", "document_type", "issuing_body", "abstract", "form_number"),
    }
)
"""Fields that a place may be of."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the clerk saw when the change was made."""

    arrangement: Arrangement
    draft: Callable[[], Draft]
    """The draft as it stands; asked for only where findings count."""
    cases: frozenset[str]
    """Cases that the procedure knows."""


def settled(drafting: Drafting, seen: Seen, change: Change) -> Change:
    """The change as it is kept. Raises CorrectionRefused."""
    was = seen.arrangement
    match change:
        case SetKind(paper, kind):
            was.paper(paper)
            _check_kind(kind)
        case SplitPaper(paper, _, kind):
            was.paper(paper)
            if kind:
                _check_kind(kind)
        case TypeField():
            return _settled_field(drafting, was, change)
        case MergePapers(paper, into):
            was.paper(paper)
            was.paper(into)
        case MovePage(page, paper, _):
            was.paper_of(page)
            if paper:
                was.paper(paper)
        case SetAside(page) | TurnPage(page) | MarkBlank(page):
            was.paper_of(page)
        case DismissFinding(key, reason):
            finding = next((each for each in seen.draft().findings if each.key == key), None)
            if finding is None:
                raise CorrectionRefused("finding", "does not stand any more")
            if not finding.can_be_dismissed:
                raise CorrectionRefused(finding.finding.rule, "is not dismissed: set the paper's pages aside")
            return DismissFinding(key, " ".join(reason.split()))
        case ChooseCases(cases):
            unknown = sorted(set(cases) - seen.cases)
            if unknown:
                raise CorrectionRefused(", ".join(unknown), "is no case of the procedure")
        case SetDue(due_on):
            if due_on is not None and due_on < drafting.prepared.order.received_on:
                raise CorrectionRefused("due_on", "is before the day of reception")
        case OrderPages() | OrderPapers():
            check_whole(was, change)
    return change


def _check_kind(kind: str) -> None:
    if kind != UNKNOWN_KIND and title_of(kind) is None:
        raise CorrectionRefused(kind, "is no kind of paper in the table of titles")


def _settled_field(drafting: Drafting, was: Arrangement, change: TypeField) -> TypeField:
    page, name, ordinal = parse_place(change.place)
    if name not in _NAMES or page > len(drafting.pages):
        raise CorrectionRefused(change.place, "is no place of this dossier")
    was.paper_of(page)
    places = {place.ordinal: place for place in drafting.places(page) if place.name == name}
    typed = {parse_place(key)[2] for key in was.typed if key.startswith(f"{page}.{name}.")}
    if ordinal == 0:
        ordinal = max([0, *places, *typed]) + 1
    elif ordinal not in places and ordinal not in typed:
        raise CorrectionRefused(change.place, "is no place of this dossier")
    place = places.get(ordinal)
    value = checked_value(name, change.value, place, is_typed=ordinal in typed)
    degrees = was.turns.get(page, 0)
    frame = turned(drafting.pages[page - 1], degrees).frame
    return TypeField(
        place=f"{page}.{name}.{ordinal}",
        value=value,
        box=turned_box(change.box, frame, -degrees % 360),
        person=_own_person(drafting, was, page, change.person),
    )


def _own_person(drafting: Drafting, was: Arrangement, page: int, person: int) -> int:
    """A person's number within the paper, counted within the page; 0 where it is another page's."""
    paper = was.paper_of(page)
    if paper is None or person <= 0:
        return 0
    before = paper.pages[: paper.pages.index(page)]
    taken = 0
    for each in drafting.placed(was, replace(paper, pages=before)) if before else ():
        taken += max((place.person for place in each.places), default=0)
    return max(0, person - taken)


def described(drafting: Drafting, was: Arrangement, change: Change) -> tuple[str, str, str, int]:
    """What was there before, what is there after, who had read it, and the page it is about (0 for none)."""
    match change:
        case SetKind(paper, kind):
            page = was.paper(paper).pages[0]
            return was.paper(paper).kind.code, kind, _text_engine(drafting.pages[page - 1]), page
        case TypeField(place, value):
            page, name, ordinal = parse_place(place)
            known = next((p for p in drafting.places(page) if (p.name, p.ordinal) == (name, ordinal)), None)
            typed = was.typed.get(place)
            before = typed.value if typed is not None else known.best if known is not None else ""
            return before, value, _engine_of(drafting.pages[page - 1], known), page
        case OrderPages(paper, pages):
            return _listed(was.paper(paper).pages), _listed(pages), "", 0
        case OrderPapers(papers):
            return _listed(paper.id for paper in was.papers), _listed(papers), "", 0
        case SplitPaper(paper, page, _):
            pages = was.paper(paper).pages
            at = pages.index(page) if page in pages else 0
            return _listed(pages), f"{_listed(pages[:at])} | {_listed(pages[at:])}", "", page
        case MergePapers(paper, into):
            both = (was.paper(into).pages, was.paper(paper).pages)
            return " | ".join(map(_listed, both)), _listed((*both[0], *both[1])), "", 0
        case MovePage(page, paper, _):
            return _home(was, page), f"paper {paper}" if paper else "a paper of its own", "", page
        case TurnPage(page, degrees):
            before_turn = was.turns.get(page, 0)
            return str(before_turn), str((before_turn + degrees) % 360), "", page
        case MarkBlank(page, is_blank):
            shown = drafting.page(was, page).recognised
            return _blank(is_blank=shown.is_blank), _blank(is_blank=is_blank), _text_engine(shown), page
        case SetAside(page, reason):
            return _home(was, page), f"set aside: {reason}" if reason else "set aside", "", page
        case ChooseCases(cases):
            return _listed(was.cases), _listed(cases), "", 0
        case SetDue(due_on):
            return _day_said(was.due_on), _day_said(due_on), "", 0
        case DismissFinding(_, reason):
            return "", reason, "", 0


def correction_of(
    drafting: Drafting, seen: Seen, change: Change, stamp: tuple[int, str, datetime]
) -> Correction:
    """The change with who made it when, and what it was before.

    Args:
        drafting: of the dossier.
        seen: as it stands now.
        change: settled.
        stamp: number, account, time.
    """
    before, after, engine, page = described(drafting, seen.arrangement, change)
    if isinstance(change, DismissFinding):
        found = (e.finding.rule.value for e in seen.draft().findings if e.key == change.finding)
        before = next(found, "")
    picture = drafting.pages[page - 1].page.picture.sha256 if page else ""
    number, by, at = stamp
    return Correction(number, change, by, at, before, after, engine, picture)


def _day_said(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _listed(parts: object) -> str:
    return ", ".join(str(part) for part in parts)  # type: ignore[attr-defined]


def _home(was: Arrangement, page: int) -> str:
    paper = was.paper_of(page)
    return f"paper {paper.id}" if paper is not None else "set aside"


def _blank(*, is_blank: bool) -> str:
    return "blank" if is_blank else "not blank"


def _text_engine(page: RecognisedPage) -> str:
    for engine in page.engines:
        if engine.name.startswith("sohoa") or "tesseract" in engine.name:
            return f"{engine.name} {engine.version}"
    return ""


def _engine_of(page: RecognisedPage, place: Place | None) -> str:
    """Name and version of who read a place best."""
    if place is None or not place.readings:
        return ""
    name = max(place.readings, key=lambda field: field.confidence).witness.partition(":")[2]
    version = next((engine.version for engine in page.engines if engine.name == name), "")
    return f"{name} {version}".strip() if version else _text_engine(page) or name
