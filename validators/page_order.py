"""Whether pages lie in order and all are there, by the numbers printed on them ("Trang 2/3")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.page import RecognisedPage
from models.page_numbers import PageNumber, page_number
from validators.evidence import place_of


@dataclass(frozen=True, slots=True)
class _Numbered:
    page: RecognisedPage
    number: PageNumber
    follows_unnumbered: bool
    """The page before bears print and no number: it may be page 1, which administrative papers leave bare."""


def check_page_order(pages: Sequence[RecognisedPage]) -> tuple[Finding, ...]:
    """Missing pages and pages out of order, in the order in which they were scanned.

    Only papers that say how many pages they have are judged; a lone number may be anything.

    Args:
        pages: of a whole dossier, blank sides included.
    """
    findings: list[Finding] = []
    for paper in _papers(pages):
        findings += [*_missing(paper), *_out_of_order(paper)]
    return tuple(findings)


def _papers(pages: Sequence[RecognisedPage]) -> Iterator[list[_Numbered]]:
    """Pages that belong together: as many pages in all, and no number twice."""
    written = [page for page in pages if not page.is_blank]
    open_papers: list[list[_Numbered]] = []
    before: PageNumber | None = None
    for place, page in enumerate(written):
        number = page_number(page)
        if number is not None and number.of > 1:
            member = _Numbered(page, number, follows_unnumbered=place > 0 and before is None)
            own = next((paper for paper in reversed(open_papers) if _takes(paper, number)), None)
            if own is None:
                open_papers.append([member])
            else:
                own.append(member)
        before = number
    yield from open_papers


def _takes(paper: Sequence[_Numbered], number: PageNumber) -> bool:
    same_length = paper[0].number.of == number.of
    return same_length and all(member.number.number != number.number for member in paper)


def _missing(paper: Sequence[_Numbered]) -> Iterator[Finding]:
    seen = {member.number.number for member in paper}
    if paper[0].follows_unnumbered:
        seen.add(1)
    of = paper[0].number.of
    missing = [str(number) for number in range(1, of + 1) if number not in seen]
    if missing:
        yield _finding(Rule.PAGE_MISSING, paper, f"{', '.join(missing)}/{of}")


def _out_of_order(paper: Sequence[_Numbered]) -> Iterator[Finding]:
    numbers = [member.number.number for member in paper]
    if numbers != sorted(numbers):
        yield _finding(Rule.PAGE_ORDER, paper, ", ".join(map(str, numbers)))


def _finding(rule: Rule, paper: Sequence[_Numbered], detail: str) -> Finding:
    places = tuple(place_of(member.page) for member in paper)
    return Finding(rule, Severity.WARNING, Outcome.FAIL, places[0], places, "", detail)
