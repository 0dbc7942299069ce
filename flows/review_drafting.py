"""A draft out of what was read and what was corrected since: papers, people, findings, checklist.

What a page says is worked out once; a correction changes only the papers that it is about, so that judging
anew is a matter of milliseconds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from dossier.archive import DigitisationOrder, Dossier
from dossier.document import Document, Field, Kind
from dossier.finding import Finding, Rule, Severity
from dossier.identity import RegisterOutcome
from dossier.page import RecognisedPage
from dossier.review import (
    Correction,
    DismissedFinding,
    DismissFinding,
    Draft,
    DraftField,
    DraftFinding,
    DraftPage,
    DraftPaper,
    MarkBlank,
    ReviewState,
    TurnPage,
)
from flows.judging import Judgement, Known, judge_papers
from flows.review_base import KnownAnswer, Prepared, asked_of, told_kind
from flows.review_checklist import checklist
from flows.review_history import History
from flows.review_pages import blanked, by_clerk, retyped, turned, turned_box
from flows.review_places import Place, PlacedPage, draft_fields, filled, paper_fields, places_on
from flows.review_sorting import Arrangement, Readings, SortedPaper, arranged
from flows.wiring import Workshop
from models.copies import copy_of
from models.kinds import kind_of
from validators.evidence import place_of
from validators.identity import identities_of

_TO_BE_HANDED_BACK: Final = frozenset({Rule.RESIDENCE_PAPER, Rule.PAPER_OUTSIDE_RULES})
_ORDER: Final = {Severity.BLOCKING: 0, Severity.WARNING: 1, Severity.INFO: 2}
_REMEMBERED: Final = 400
"""Papers in their various states; each holds references to pages, not copies."""


def finding_key(finding: Finding) -> str:
    """Names a finding by what it says: the same again is the same one."""
    said = json.dumps([finding.rule, finding.subject, finding.evidence, finding.detail], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


class Drafting:
    """One dossier's draft at any of its versions. Not safe for threads."""

    def __init__(self, workshop: Workshop, prepared: Prepared, pages: Sequence[RecognisedPage]) -> None:
        """Nothing is worked out yet.

        Args:
            workshop: of this machine.
            prepared: what was read.
            pages: its readings, by id from 1.
        """
        self.prepared = prepared
        self.pages = tuple(pages)
        self.readings = Readings(self.kind_on, lambda page, code: told_kind(self.pages[page - 1], code))
        self._workshop = workshop
        self._places: dict[int, tuple[Place, ...]] = {}
        self._kinds: dict[int, Kind] = {}
        self._shown: dict[tuple[int, int, bool | None], RecognisedPage] = {}
        self._papers: dict[Any, tuple[Document, tuple[DraftField, ...]]] = {}

    def learnt(self, answers: Iterable[KnownAnswer]) -> Prepared:
        """What was read with further answers of the register; that an earlier look-up failed stays known."""
        new = {answer.person: answer for answer in answers}
        failed = (
            known.answer
            for known in self.prepared.answers
            if known.person in new and known.answer.outcome is RegisterOutcome.NOT_CHECKED
        )
        return replace(
            self.prepared,
            answers=tuple(dict.fromkeys((*self.prepared.answers, *new.values()))),
            failed_before=tuple(dict.fromkeys((*self.prepared.failed_before, *failed))),
        )

    def kind_on(self, page: int) -> Kind:
        """What the paper that begins with a page is like."""
        if page not in self._kinds:
            self._kinds[page] = kind_of(self.pages[page - 1])
        return self._kinds[page]

    def places(self, page: int) -> tuple[Place, ...]:
        """The places of a page as it was read."""
        if page not in self._places:
            self._places[page] = places_on(self.pages[page - 1])
        return self._places[page]

    def arranged(self, corrections: Iterable[Correction]) -> Arrangement:
        """How it is sorted after these corrections."""
        return arranged(self.prepared.arrangement, corrections, self.readings)

    def page(self, was: Arrangement, page: int) -> DraftPage:
        """A page as it stands."""
        degrees, is_blank = was.turns.get(page, 0), was.blanks.get(page)
        key = (page, degrees, is_blank)
        if key not in self._shown:
            shown = self.pages[page - 1]
            if is_blank is not None:
                shown = blanked(shown, is_blank=is_blank)
            self._shown[key] = turned(shown, degrees)
        return DraftPage(page, self._shown[key], degrees)

    def papers(self, was: Arrangement) -> tuple[DraftPaper, ...]:
        """The papers in their order, numbered."""
        found = []
        for number, paper in enumerate(was.papers, start=1):
            document, fields = self._paper(was, paper)
            shown = tuple(self.page(was, page) for page in paper.pages)
            found.append(DraftPaper(paper.id, replace(document, number=number), shown, fields))
        return tuple(found)

    def judgement(self, was: Arrangement, papers: Sequence[DraftPaper]) -> Judgement:
        """What is to be said about it now; nobody is asked."""
        documents = tuple(paper.document for paper in papers)
        identities = identities_of(documents)
        order = replace(self.prepared.order, cases=was.cases, due_on=was.due_on)
        known = Known(
            self.prepared.before,
            asked_of(identities, self.prepared.answers),
            self.prepared.failed_before,
            tuple(page for document in documents for page in document.pages),
        )
        dossier = Dossier(order.dossier, order.procedure, documents, identities)
        return judge_papers(self._workshop, order, dossier, known)

    def draft(self, history: History, state: ReviewState) -> Draft:
        """The draft at a version."""
        order = self.prepared.order
        was = self.arranged(history.in_force)
        papers = self.papers(was)
        judgement = self.judgement(was, papers)
        procedure = self._workshop.catalogue.procedure(order.procedure, order.received_on)
        everything = [_told(finding, papers) for finding in dict.fromkeys(judgement.findings)]
        standing = [each for each in everything if each.key not in was.dismissed]
        return Draft(
            code=order.dossier,
            procedure=order.procedure,
            procedure_name=procedure.name,
            received_on=order.received_on,
            officer=order.officer,
            cases=was.cases,
            due_on=was.due_on,
            state=state,
            version=history.version,
            papers=papers,
            set_aside=tuple(self.page(was, page) for page in was.aside),
            identities=judgement.dossier.identities,
            register=tuple(
                answer for _, answer in asked_of(judgement.dossier.identities, self.prepared.answers)
            ),
            findings=tuple(sorted(standing, key=lambda each: _ORDER[each.finding.severity])),
            dismissed=_dismissed(was, [each.finding for each in everything]),
            checklist=checklist(procedure, papers, everything, was.cases),
            corrections=history.in_force,
            can_redo=bool(history.undone),
        )

    def final(self, history: History) -> tuple[DigitisationOrder, Judgement]:
        """What is sealed: the papers with their text set right, and all that was corrected and dismissed."""
        was = self.arranged(history.in_force)
        papers = self.papers(was)
        judgement = self.judgement(was, papers)
        documents = tuple(
            replace(paper.document, pages=tuple(self._final_page(was, p.id, history) for p in paper.pages))
            for paper in papers
        )
        standing = tuple(f for f in judgement.findings if finding_key(f) not in was.dismissed)
        whole = replace(
            judgement,
            dossier=replace(judgement.dossier, documents=documents),
            findings=standing,
            corrections=history.in_force,
            dismissed=_dismissed(was, judgement.findings),
            set_aside=tuple(self.pages[page - 1] for page in was.aside),
        )
        return replace(self.prepared.order, cases=was.cases, due_on=was.due_on), whole

    def placed(self, was: Arrangement, paper: SortedPaper) -> list[PlacedPage]:
        """The pages of a paper with their places."""
        return [
            PlacedPage(page, () if self.page(was, page).recognised.is_blank else self.places(page), was.typed)
            for page in paper.pages
        ]

    def _paper(self, was: Arrangement, paper: SortedPaper) -> tuple[Document, tuple[DraftField, ...]]:
        pages = set(paper.pages)
        typed = tuple(t for key, t in was.typed.items() if int(key.partition(".")[0]) in pages)
        sides = tuple((page, was.turns.get(page, 0), was.blanks.get(page)) for page in paper.pages)
        key = (paper, sides, typed)
        if key not in self._papers:
            if len(self._papers) >= _REMEMBERED:
                self._papers.clear()
            self._papers[key] = self._worked_out(was, paper)
        return self._papers[key]

    def _worked_out(self, was: Arrangement, paper: SortedPaper) -> tuple[Document, tuple[DraftField, ...]]:
        placed = self.placed(was, paper)
        shown = tuple(self._judged(was, page) for page in paper.pages)
        fields = tuple(self._shifted(was, paper, field) for field in paper_fields(placed))
        document = Document(0, paper.kind, shown, fields, copy_of(shown))
        drafts = tuple(
            replace(
                each, box=turned_box(each.box, self.pages[each.page - 1].frame, was.turns.get(each.page, 0))
            )
            for each in draft_fields(paper.id, placed)
        )
        return document, drafts

    def _judged(self, was: Arrangement, page: int) -> RecognisedPage:
        """A page as it is judged: where somebody typed what it says, its reading tells it no more from
        others, and only the same bytes show the same sheet."""
        shown = self.page(was, page).recognised
        is_typed = any(key.partition(".")[0] == str(page) for key in was.typed)
        return replace(shown, picture_hash=None) if is_typed else shown

    def _shifted(self, was: Arrangement, paper: SortedPaper, field: Field) -> Field:
        """The field with its box in the page's frame as it is turned now."""
        page = paper.pages[field.page - 1]
        degrees = was.turns.get(page, 0)
        return (
            replace(field, box=turned_box(field.box, self.pages[page - 1].frame, degrees))
            if degrees
            else field
        )

    def _final_page(self, was: Arrangement, page: int, history: History) -> RecognisedPage:
        shown = self.page(was, page)
        accounts = [c.by for c in history.in_force if _is_about(c, page)]
        read = self.pages[page - 1]
        if was.blanks.get(page) is not True:
            mine = {key: t for key, t in was.typed.items() if key.partition(".")[0] == str(page)}
            if mine:
                places = filled(PlacedPage(page, self.places(page), mine))
                text = retyped(read, places)
                if was.blanks.get(page) is False:
                    text = blanked(text, is_blank=False)
                return by_clerk(
                    turned(text, shown.turned_degrees), (*accounts, *(t.by for t in mine.values()))
                )
        return by_clerk(shown.recognised, accounts) if accounts else shown.recognised


def _is_about(correction: Correction, page: int) -> bool:
    change = correction.change
    return isinstance(change, TurnPage | MarkBlank) and change.page == page


def _told(finding: Finding, papers: Sequence[DraftPaper]) -> DraftFinding:
    names = [(place_of(page.recognised), page.id) for paper in papers for page in paper.pages]
    pages = tuple(
        dict.fromkeys(
            number
            for seen in finding.evidence
            for name, number in names
            if seen == name or seen.startswith(f"{name}:")
        )
    )
    return DraftFinding(finding_key(finding), finding, pages, finding.rule not in _TO_BE_HANDED_BACK)


def _dismissed(was: Arrangement, findings: Iterable[Finding]) -> tuple[DismissedFinding, ...]:
    by_key = {finding_key(finding): finding for finding in findings}
    return tuple(
        DismissedFinding(by_key[key], correction.change.reason, correction.by, correction.at)
        for key, correction in was.dismissed.items()
        if key in by_key and isinstance(correction.change, DismissFinding)
    )
