"""What was read of a dossier, as its draft begins: kept once, so that no page is read twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath

from dossier.archive import DigitisationOrder
from dossier.document import UNKNOWN_KIND, Kind
from dossier.errors import ReaderError
from dossier.finding import Finding
from dossier.identity import Identity, RegisterAnswer, RegisterOutcome
from dossier.page import RecognisedPage, ScannedPage
from dossier.text import name_key
from flows.asking import Asked
from flows.intake import TakenFile
from flows.judging import Judgement
from flows.reading import reading_key
from flows.review_sorting import Arrangement, SortedPaper
from flows.wiring import Workshop
from models.kinds import kind_of
from models.titles import title_of
from storage.codec import decode
from validators.births import birth_to_ask


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """What the register answered about somebody."""

    personal_number: str
    name: str
    """`name_key` of the full name that it was asked with."""
    answer: RegisterAnswer
    born: str = ""
    """The birth that it was asked with, as it stands in the field; empty for none."""

    @property
    def person(self) -> tuple[str, str, str]:
        """Whom it is about, as `person_asked` tells it."""
        return self.personal_number, self.name, self.born


def person_asked(identity: Identity) -> tuple[str, str, str]:
    """What of a person the register is asked with: another number, name or birth is another question."""
    born = birth_to_ask(identity)
    return identity.personal_number, name_key(identity.full_name), born.text if born is not None else ""


def answers_known(asked: Asked) -> tuple[KnownAnswer, ...]:
    """The answers that there are, each with whom it is about."""
    known = []
    for identity, answer in asked:
        if answer is not None:
            number, name, born = person_asked(identity)
            known.append(KnownAnswer(number, name, answer, born))
    return tuple(known)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A dossier that was taken in, read and judged, and not sealed."""

    order: DigitisationOrder
    taken: tuple[TakenFile, ...]
    pages: tuple[ScannedPage, ...]
    """Those that could be read, by their ids from 1."""
    papers: tuple[SortedPaper, ...]
    """As they were sorted without a person."""
    before: tuple[Finding, ...]
    answers: tuple[KnownAnswer, ...]
    failed_before: tuple[RegisterAnswer, ...]
    at: datetime
    """When it was judged, aware."""

    @property
    def arrangement(self) -> Arrangement:
        """How it was sorted before anybody corrected it."""
        return Arrangement(self.papers, cases=self.order.cases, due_on=self.order.due_on)


def prepared_of(
    order: DigitisationOrder,
    taken: Sequence[TakenFile],
    pages: Sequence[RecognisedPage],
    judgement: Judgement,
) -> Prepared:
    """What a draft begins with.

    Args:
        order: what was asked for.
        taken: its files.
        pages: those that could be read, in the order in which they came.
        judgement: over them.
    """
    if judgement.known is None:
        raise ValueError("the judgement does not say what it was judged from")
    ids = {_name(recognised.page): number for number, recognised in enumerate(pages, start=1)}
    papers = tuple(
        SortedPaper(document.number, document.kind, tuple(ids[_name(each.page)] for each in document.pages))
        for document in judgement.dossier.documents
    )
    return Prepared(
        order=order,
        taken=tuple(taken),
        pages=tuple(recognised.page for recognised in pages),
        papers=papers,
        before=judgement.known.before,
        answers=answers_known(judgement.known.asked),
        failed_before=judgement.known.failed_before,
        at=judgement.at,
    )


def extended(known: Prepared, new: Prepared) -> Prepared:
    """What was known with what a later reading adds: pages keep their ids, and none is lost.

    Papers of the later reading that hold a page which is known already stay as they were sorted; their new
    pages come after them.
    """
    ids = {_name(page): number for number, page in enumerate(known.pages, start=1)}
    pages = list(known.pages)
    for page in new.pages:
        if _name(page) not in ids:
            pages.append(page)
            ids[_name(page)] = len(pages)
    papers = {paper.id: paper for paper in known.papers}
    home = {page: paper.id for paper in known.papers for page in paper.pages}
    for paper in new.papers:
        mine = [ids[_name(new.pages[page - 1])] for page in paper.pages]
        added = tuple(page for page in mine if page not in home)
        old = next((home[page] for page in mine if page in home), None)
        if not added:
            continue
        if old is None:
            old = max(papers, default=0) + 1
            papers[old] = SortedPaper(old, paper.kind, added)
        else:
            papers[old] = replace(papers[old], pages=(*papers[old].pages, *added))
        home |= dict.fromkeys(added, old)
    sources = tuple(dict.fromkeys((*known.order.sources, *new.order.sources)))
    digests = {digest_of(file) for file in new.taken}
    taken = (*(file for file in known.taken if digest_of(file) not in digests), *new.taken)
    return replace(
        new,
        order=replace(new.order, sources=sources, hold=known.order.hold or new.order.hold),
        taken=taken,
        pages=tuple(pages),
        papers=tuple(papers.values()),
        before=tuple(dict.fromkeys((*_still_before(known, new), *new.before))),
        answers=tuple(dict.fromkeys((*known.answers, *new.answers))),
        failed_before=tuple(dict.fromkeys((*known.failed_before, *new.failed_before))),
    )


def _still_before(known: Prepared, new: Prepared) -> Iterator[Finding]:
    """What the files of the earlier reading showed, but for those that were read anew."""
    names = {PurePath(source).name for source in new.order.sources}
    for finding in known.before:
        if not any(finding.subject == name or finding.subject.startswith(f"{name} p.") for name in names):
            yield finding


def _name(page: ScannedPage) -> tuple[str, int, str]:
    return page.source.original.sha256, page.number, page.picture.sha256


def digest_of(file: TakenFile) -> tuple[str, ...]:
    """What tells two files apart whatever they are called: their pages, and a signature that came apart."""
    signature = (file.signature.original.sha256,) if file.signature else ()
    return (*(page.picture.sha256 for page in file.pages), *signature)


def read_pages(workshop: Workshop, prepared: Prepared) -> tuple[RecognisedPage, ...]:
    """The readings of a draft's pages, from the checkpoints. Raises ReaderError where one is gone."""
    found = []
    for page in prepared.pages:
        kept = workshop.checkpoints.load("page", reading_key(page))
        if kept is None:
            raise ReaderError("page", "its reading is gone from the checkpoints; digitise the files again")
        found.append(replace(decode(RecognisedPage, kept), page=page))
    return tuple(found)


def answered_last(answers: Iterable[KnownAnswer]) -> dict[tuple[str, str, str], RegisterAnswer]:
    """The newest answer about each person; that a register did not answer later takes nothing back."""
    by_person: dict[tuple[str, str, str], RegisterAnswer] = {}
    for each in answers:
        if each.person not in by_person or each.answer.outcome is not RegisterOutcome.NOT_CHECKED:
            by_person[each.person] = each.answer
    return by_person


def asked_of(identities: Sequence[Identity], answers: Sequence[KnownAnswer]) -> Asked:
    """Each person with what the register answered about that very number, name and birth, if anything."""
    by_person = answered_last(answers)
    return tuple((identity, by_person.get(person_asked(identity))) for identity in identities)


def told_kind(page: RecognisedPage, code: str) -> Kind:
    """A kind that a person told: with the page's own title where it reads like that kind."""
    if code == UNKNOWN_KIND:
        return Kind(UNKNOWN_KIND, "", 1.0)
    read, title = kind_of(page), title_of(code)
    text = read.title if read.code == code else ""
    return Kind(code, text or (" ".join(title.lines[: title.essential]) if title is not None else ""), 1.0)
