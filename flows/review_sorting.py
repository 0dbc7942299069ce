"""How the pages of a draft are sorted, turned and typed over, and what one correction makes of it.

An arrangement is told by the corrections in force alone, one after the other, so that taking one back is
telling the others again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from dossier.document import Kind
from dossier.errors import CorrectionRefused
from dossier.review import (
    Change,
    ChooseCases,
    Correction,
    DismissFinding,
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
from flows.review_places import Typed, parse_place

FIRST_MADE: Final = 10_000
"""Papers that a correction makes are numbered from here, by the correction; those that were read, from 1."""
SHORTEST_REASON: Final = 5
"""Letters."""


@dataclass(frozen=True, slots=True)
class SortedPaper:
    """A paper: its pages by id, in order."""

    id: int
    kind: Kind
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where every page is, and what was said about it."""

    papers: tuple[SortedPaper, ...]
    aside: tuple[int, ...] = ()
    """Pages that do not belong to the dossier."""
    turns: Mapping[int, int] = field(default_factory=dict)
    """Degrees clockwise beyond what was read, by page."""
    blanks: Mapping[int, bool] = field(default_factory=dict)
    typed: Mapping[str, Typed] = field(default_factory=dict)
    dismissed: Mapping[str, Correction] = field(default_factory=dict)
    """By key of the finding."""
    cases: tuple[str, ...] = ()
    due_on: date | None = None

    def paper(self, id_: int) -> SortedPaper:
        """A paper by its id. Raises CorrectionRefused."""
        for paper in self.papers:
            if paper.id == id_:
                return paper
        raise CorrectionRefused(f"paper {id_}", "is not there")

    def paper_of(self, page: int) -> SortedPaper | None:
        """The paper that a page is in; None where it is set aside. Raises CorrectionRefused for no page."""
        for paper in self.papers:
            if page in paper.pages:
                return paper
        if page not in self.aside:
            raise CorrectionRefused(f"page {page}", "is not there")
        return None


@dataclass(frozen=True, slots=True)
class Readings:
    """What the pages themselves say, asked for when a correction needs it."""

    kind: Callable[[int], Kind]
    """What the paper that begins with a page is like."""
    told: Callable[[int, str], Kind]
    """A kind that a person told, with the title that the page bears."""


def arranged(base: Arrangement, corrections: Iterable[Correction], readings: Readings) -> Arrangement:
    """The arrangement after these corrections."""
    for correction in corrections:
        base = apply(base, correction, readings)
    return base


def apply(was: Arrangement, correction: Correction, readings: Readings) -> Arrangement:
    """What one correction makes of it. Raises CorrectionRefused where it cannot be."""
    change = correction.change
    match change:
        case SetKind(paper, kind):
            known = was.paper(paper)
            told = replace(known, kind=readings.told(known.pages[0], kind))
            return replace(was, papers=_replaced(was.papers, told))
        case TypeField(place, value, box, person):
            typed = Typed(place, value, box, person, correction.by)
            return replace(was, typed={**was.typed, place: typed})
        case OrderPages(paper, pages):
            known = was.paper(paper)
            return replace(
                was, papers=_replaced(was.papers, replace(known, pages=_ordered(known.pages, pages)))
            )
        case OrderPapers(papers):
            order = _ordered([paper.id for paper in was.papers], papers)
            return replace(was, papers=tuple(was.paper(id_) for id_ in order))
        case SplitPaper(paper, page, kind):
            return _split(was, was.paper(paper), change, FIRST_MADE + correction.number, readings)
        case MergePapers(paper, into):
            return _merged(was, paper, into)
        case MovePage():
            return _moved(was, change, FIRST_MADE + correction.number, readings)
        case TurnPage(page, degrees):
            was.paper_of(page)
            if degrees not in (90, 180, 270):
                raise CorrectionRefused(f"page {page}", "is turned by 90, 180 or 270 degrees")
            return replace(was, turns={**was.turns, page: (was.turns.get(page, 0) + degrees) % 360})
        case MarkBlank(page, is_blank):
            was.paper_of(page)
            return replace(was, blanks={**was.blanks, page: is_blank})
        case SetAside(page, _):
            if was.paper_of(page) is None:
                raise CorrectionRefused(f"page {page}", "is set aside already")
            return replace(_without(was, page), aside=(*was.aside, page))
        case DismissFinding(key, reason):
            if len(reason.strip()) < SHORTEST_REASON:
                raise CorrectionRefused("reason", f"at least {SHORTEST_REASON} letters")
            return replace(was, dismissed={**was.dismissed, key: correction})
        case ChooseCases(cases):
            return replace(was, cases=cases)
        case SetDue(due_on):
            return replace(was, due_on=due_on)


def _replaced(papers: Iterable[SortedPaper], new: SortedPaper) -> tuple[SortedPaper, ...]:
    return tuple(new if paper.id == new.id else paper for paper in papers)


def _ordered(present: Sequence[int], wanted: Sequence[int]) -> tuple[int, ...]:
    """Those present in the wanted order; those that came meanwhile after them."""
    return (
        *(each for each in dict.fromkeys(wanted) if each in present),
        *(each for each in present if each not in wanted),
    )


def _split(
    was: Arrangement, paper: SortedPaper, change: SplitPaper, id_: int, readings: Readings
) -> Arrangement:
    if change.page not in paper.pages[1:]:
        raise CorrectionRefused(f"page {change.page}", "is not a later page of that paper")
    at = paper.pages.index(change.page)
    kind = readings.told(change.page, change.kind) if change.kind else readings.kind(change.page)
    second = SortedPaper(id_, kind, paper.pages[at:])
    papers: list[SortedPaper] = []
    for each in was.papers:
        papers += [replace(paper, pages=paper.pages[:at]), second] if each.id == paper.id else [each]
    return replace(was, papers=tuple(papers))


def _merged(was: Arrangement, paper: int, into: int) -> Arrangement:
    if paper == into:
        raise CorrectionRefused(f"paper {paper}", "cannot be the end of itself")
    gone, stays = was.paper(paper), was.paper(into)
    longer = replace(stays, pages=(*stays.pages, *gone.pages))
    return replace(was, papers=_replaced((p for p in was.papers if p.id != paper), longer))


def _moved(was: Arrangement, change: MovePage, id_: int, readings: Readings) -> Arrangement:
    was.paper_of(change.page)
    if change.paper == 0:
        new = SortedPaper(id_, readings.kind(change.page), (change.page,))
        without = _without(was, change.page)
        return replace(without, papers=(*without.papers, new))
    target = was.paper(change.paper)
    rest = [page for page in target.pages if page != change.page]
    if change.before and change.before not in rest:
        raise CorrectionRefused(f"page {change.before}", "is not in that paper")
    at = rest.index(change.before) if change.before else len(rest)
    pages = (*rest[:at], change.page, *rest[at:])
    # The target keeps its place even where the page was all of it.
    others = replace(was, papers=tuple(p for p in was.papers if p.id != target.id))
    without = _without(others, change.page)
    moved = replace(target, pages=pages)
    kept = {paper.id: paper for paper in (*without.papers, moved)}
    papers = tuple(kept[paper.id] for paper in was.papers if paper.id in kept)
    return replace(without, papers=papers)


def _without(was: Arrangement, page: int) -> Arrangement:
    """Without a page; a paper that it was all of is none any more."""
    papers = (replace(paper, pages=tuple(p for p in paper.pages if p != page)) for paper in was.papers)
    aside = tuple(other for other in was.aside if other != page)
    return replace(was, papers=tuple(paper for paper in papers if paper.pages), aside=aside)


def check_whole(was: Arrangement, change: Change) -> None:
    """Refuse an order that leaves something out of what its clerk saw. Raises CorrectionRefused."""
    if isinstance(change, OrderPages) and sorted(change.pages) != sorted(was.paper(change.paper).pages):
        raise CorrectionRefused(f"paper {change.paper}", "has other pages than the order names")
    if isinstance(change, OrderPapers) and sorted(change.papers) != sorted(paper.id for paper in was.papers):
        raise CorrectionRefused("papers", "are others than the order names")


def touched(was: Arrangement, change: Change) -> frozenset[str]:
    """Names of the things that a change is about; "*" at the end stands for all that begin so."""
    match change:
        case SetKind(paper, _):
            return frozenset({f"kind:{paper}"})
        case TypeField(place, _, _, _):
            return frozenset() if parse_place(place)[2] == 0 else frozenset({f"field:{place}"})
        case OrderPages(_, pages):
            return frozenset(f"place:{page}" for page in pages)
        case OrderPapers():
            return frozenset({"order"})
        case SplitPaper(paper, page, _):
            pages = was.paper(paper).pages
            return frozenset(f"place:{each}" for each in pages[pages.index(page) if page in pages else 0 :])
        case MergePapers(paper, _):
            return frozenset({f"kind:{paper}", *(f"place:{page}" for page in was.paper(paper).pages)})
        case MovePage(page, _, _):
            return _leaving(was, page)
        case SetAside(page, _):
            return _leaving(was, page) | {f"field:{page}.*"}
        case TurnPage(page, _):
            return frozenset({f"turn:{page}"})
        case MarkBlank(page, is_blank):
            return frozenset({f"blank:{page}", *([f"field:{page}.*"] if is_blank else [])})
        case DismissFinding(key, _):
            return frozenset({f"finding:{key}"})
        case ChooseCases():
            return frozenset({"cases"})
        case SetDue():
            return frozenset({"due"})


def _leaving(was: Arrangement, page: int) -> frozenset[str]:
    paper = was.paper_of(page)
    is_all = paper is not None and paper.pages == (page,)
    return frozenset({f"place:{page}", *([f"kind:{paper.id}"] if paper is not None and is_all else [])})


def meet(one: Iterable[str], other: Iterable[str]) -> frozenset[str]:
    """What two changes are both about."""
    others = list(other)
    return frozenset(
        a
        for a in one
        for b in others
        if a == b or (a.endswith("*") and b.startswith(a[:-1])) or (b.endswith("*") and a.startswith(b[:-1]))
    )
