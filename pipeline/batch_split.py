"""Splitting a batch into dossiers by cover sheets, separator sheets and receipts; asking where it is unsure.

A section is what lies below one sheet. It is settled where nothing speaks against it and something speaks
for it: the count of its sheets, or a print run of which every sheet has come. Everything else is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from dossier.batch import (
    BatchPlan,
    BatchQuestion,
    Doubt,
    Expectation,
    PlacedSide,
    SideReading,
    SideRole,
    Tally,
)
from dossier.batch_sheet import CoverSheet, SeparatorSheet

_LONGEST_RUN: Final = 500


@dataclass(slots=True)
class _Section:
    """What lies below one sheet; the first section of a batch may lie below none."""

    sign: CoverSheet | SeparatorSheet | None
    is_damaged: bool = False
    opening: tuple[SideReading, ...] = ()
    """The sides of the sheet itself."""
    sheets: list[tuple[SideReading, ...]] = field(default_factory=list)
    dossier: str = ""
    is_proven: bool = False
    is_asked: bool = False

    @property
    def cover(self) -> CoverSheet | None:
        return self.sign if isinstance(self.sign, CoverSheet) else None

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(side.number for sheet in self.sheets for side in sheet)

    @property
    def receipts(self) -> set[str]:
        return {code for sheet in self.sheets for side in sheet for code in side.receipts}


def split_batch(readings: Sequence[SideReading], expected: Expectation) -> BatchPlan:
    """Where every side belongs.

    Args:
        readings: every side once, the sides of a sheet next to each other, in the order of the stack.
    """
    # 1. Sections: below each sheet; where no sheet came at all, from receipt to receipt.
    sections = _sections(readings)
    if not any(section.opening for section in sections):
        sections = _by_receipts(readings)
    # 2. Names: by the cover sheet, else by the one receipt inside (below a damaged sheet a suggestion only).
    for section in sections:
        receipts = section.receipts
        if section.cover is not None:
            section.dossier = section.cover.dossier
        elif len(receipts) == 1:
            (section.dossier,) = receipts
    # 3. Proof: as many sheets as were counted. A dossier below two sheets is counted together.
    _prove_by_count(sections)
    # 4. Doubts, each with the sections that it touches.
    judge = _Judge(sections, expected)
    questions = judge.questions()
    # 5. What is neither proven nor vouched for by a whole print run or by the clerk's count.
    questions += judge.uncounted()
    sides = tuple(side for section in sections for side in _placed(section))
    tallies = _tallies(sections, expected.procedure)
    return BatchPlan(sides, tuple(questions), tallies, judge.dossiers_expected)


class _Judge:
    """Puts the questions and marks the sections that have to wait for their answers."""

    def __init__(self, sections: list[_Section], expected: Expectation) -> None:
        self._sections, self._expected = sections, expected
        covers = [s.cover for s in sections if s.cover is not None]
        self._runs = {cover.print_run: cover.of for cover in covers}
        seen = {(cover.print_run, cover.position) for cover in covers}
        self._missing = [
            (run, position)
            for run, of in self._runs.items()
            for position in range(1, min(of, _LONGEST_RUN) + 1)
            if (run, position) not in seen
        ]
        self.dossiers_expected = expected.dossiers or sum(self._runs.values())

    def questions(self) -> list[BatchQuestion]:
        asked = [*self._damaged(), *self._missing_sheets(), *self._doubled(), *self._empty()]
        asked += [*self._counts(), *self._unnamed(), *self._receipts(), *self._backs()]
        return asked + self._without_procedure()

    def uncounted(self) -> list[BatchQuestion]:
        """Sections that nothing vouches for."""
        found = self._dossiers_found()
        if self._expected.dossiers == found:
            return []
        alone = [
            s
            for s in self._sections
            if s.sheets and not s.is_proven and not s.is_asked and (s.cover is None or s.cover.of == 1)
        ]
        return [self._ask(Doubt.NOT_COUNTED, "", alone, (found, 0))] if alone else []

    def _ask(
        self, doubt: Doubt, about: str, touched: Iterable[_Section], count: tuple[int, int] = (0, 0)
    ) -> BatchQuestion:
        sections = list(touched)
        for section in sections:
            section.is_asked = True
        return BatchQuestion(doubt, about, tuple(n for s in sections for n in s.numbers), *count)

    def _unproven(self) -> list[_Section]:
        return [s for s in self._sections if s.sheets and not s.is_proven]

    def _with_one_before(self, place: int) -> list[_Section]:
        """A section and the one with papers before it, but for what is proven: a sheet may have slipped."""
        before = next((s for s in reversed(self._sections[:place]) if s.sheets), None)
        near = (before, self._sections[place])
        return [s for s in near if s is not None and s.sheets and not s.is_proven]

    def _around(self, place: int) -> list[_Section]:
        """The same with the next one that has papers."""
        after = next((s for s in self._sections[place + 1 :] if s.sheets), None)
        return self._with_one_before(place) + ([after] if after and not after.is_proven else [])

    def _dossiers_found(self) -> int:
        """Different names, and every section that has none."""
        named = {s.dossier for s in self._sections if s.sheets and s.dossier}
        return len(named) + sum(1 for s in self._sections if s.sheets and not s.dossier)

    def _damaged(self) -> list[BatchQuestion]:
        """A sheet that cannot be read: what lies below it waits; the one missing sheet is suggested."""
        questions = []
        for section in self._sections:
            if section.is_damaged:
                page = str(section.opening[0].number)
                questions.append(self._ask(Doubt.SHEET_DAMAGED, page, [section]))
        return questions

    def _missing_sheets(self) -> list[BatchQuestion]:
        """Sheets of a print run that did not come.

        Where as many damaged sheets lie just where the missing ones belong, those are the missing ones.
        Otherwise their papers may lie anywhere, and only counted dossiers are certain.
        """
        if not self._missing or self._damage_explains():
            return []
        touched = self._unproven()
        return [
            self._ask(Doubt.SHEET_MISSING, f"{position}/{self._runs[run]}", touched)
            for run, position in self._missing
        ]

    def _damage_explains(self) -> bool:
        if len(self._runs) != 1:
            return False
        (of,) = self._runs.values()
        places: list[int | None] = []
        for section in self._sections:
            if section.cover is not None:
                if not places or places[-1] != section.cover.position:
                    places.append(section.cover.position)
            elif section.is_damaged and section.sheets:
                places.append(None)
            elif section.sheets:
                return False
        return len(places) == of and all(place in (None, n) for n, place in enumerate(places, start=1))

    def _doubled(self) -> list[BatchQuestion]:
        """One dossier below two sheets, papers below both; a second one without papers is harmless."""
        questions = []
        named = Counter(s.dossier for s in self._sections if s.sheets and s.dossier)
        for dossier in (code for code, times in named.items() if times > 1):
            places = [n for n, s in enumerate(self._sections) if s.dossier == dossier and s.sheets]
            if not all(self._sections[n].is_proven for n in places):
                near = [s for n in places for s in self._with_one_before(n)]
                questions.append(self._ask(Doubt.SHEET_DOUBLED, dossier, near, (len(places), 1)))
        return questions

    def _empty(self) -> list[BatchQuestion]:
        """A cover sheet without papers: they may lie above or below it under another's."""
        questions = []
        filled = {s.dossier for s in self._sections if s.sheets}
        for place, section in enumerate(self._sections):
            if section.cover is not None and not section.sheets and section.dossier not in filled:
                questions.append(self._ask(Doubt.DOSSIER_EMPTY, section.dossier, self._around(place)))
        return questions

    def _counts(self) -> list[BatchQuestion]:
        """Sheets counted at printing, and what the clerk says of the whole batch."""
        questions = []
        for place, section in enumerate(self._sections):
            cover = section.cover
            if cover is not None and cover.sheets and section.sheets and not section.is_proven:
                count = (_sheets_of(self._sections, section.dossier), cover.sheets)
                questions.append(self._ask(Doubt.SHEETS_DIFFER, section.dossier, self._around(place), count))
        sheets = sum(len(s.sheets) for s in self._sections)
        for told, counted in (
            (self._expected.dossiers, self._dossiers_found()),
            (self._expected.sheets, sheets),
        ):
            if told and told != counted:
                questions.append(self._ask(Doubt.DOSSIERS_DIFFER, "", self._unproven(), (counted, told)))
        return questions

    def _unnamed(self) -> list[BatchQuestion]:
        lost = [s for s in self._sections if s.sheets and not s.dossier and not s.is_damaged]
        return [self._ask(Doubt.NO_SHEET_ABOVE, "", [section]) for section in lost]

    def _receipts(self) -> list[BatchQuestion]:
        questions = []
        for section in self._sections:
            others = section.receipts - {section.dossier}
            if section.dossier and others:
                questions.append(self._ask(Doubt.OTHER_RECEIPT, ", ".join(sorted(others)), [section]))
        return questions

    def _without_procedure(self) -> list[BatchQuestion]:
        lacking = [s for s in self._sections if s.dossier and s.sheets and not self._procedure_of(s)]
        return [self._ask(Doubt.PROCEDURE_UNKNOWN, s.dossier, [s]) for s in lacking]

    def _procedure_of(self, section: _Section) -> str:
        return (section.cover.procedure if section.cover else "") or self._expected.procedure

    def _backs(self) -> list[BatchQuestion]:
        """The other side of a cover sheet, where something stands on it."""
        written = [side.number for s in self._sections for side in _written_backs(s)]
        return [BatchQuestion(Doubt.BACK_WITH_INK, "", (number,)) for number in written]


def _sections(readings: Sequence[SideReading]) -> list[_Section]:
    sections = [_Section(None)]
    for _, group in groupby(readings, key=lambda side: side.sheet):
        sheet = tuple(group)
        if any(side.sign is not None or side.is_marked for side in sheet):
            signs = {side.sign for side in sheet if side.sign is not None}
            sign = signs.pop() if len(signs) == 1 else None
            sections.append(_Section(sign, sign is None, sheet))
        else:
            sections[-1].sheets.append(sheet)
    return sections if sections[0].sheets or len(sections) == 1 else sections[1:]


def _by_receipts(readings: Sequence[SideReading]) -> list[_Section]:
    """Without any sheet a receipt opens its dossier."""
    sections = [_Section(None)]
    for _, group in groupby(readings, key=lambda side: side.sheet):
        sheet = tuple(group)
        codes = {code for side in sheet for code in side.receipts}
        if codes and codes != sections[-1].receipts:
            sections.append(_Section(None))
        sections[-1].sheets.append(sheet)
    return sections if sections[0].sheets or len(sections) == 1 else sections[1:]


def _sheets_of(sections: Sequence[_Section], dossier: str) -> int:
    return sum(len(s.sheets) for s in sections if s.dossier == dossier)


def _prove_by_count(sections: Sequence[_Section]) -> None:
    for section in sections:
        cover = section.cover
        if cover is not None and cover.sheets and section.sheets:
            counts = {s.cover.sheets for s in sections if s.cover and s.dossier == section.dossier}
            section.is_proven = counts == {_sheets_of(sections, section.dossier)}


def _written_backs(section: _Section) -> list[SideReading]:
    """Sides of a cover sheet that bear neither its code nor its border, but something."""
    return [s for s in section.opening if s.sign is None and not s.is_marked and s.has_ink]


def _placed(section: _Section) -> Iterable[PlacedSide]:
    written = {side.number for side in _written_backs(section)}
    under = section.dossier
    for side in section.opening:
        yield PlacedSide(side.number, SideRole.COVER, "", side.number not in written, under)
    for number in section.numbers:
        yield PlacedSide(number, SideRole.PAPER, section.dossier, not section.is_asked, under)


def _tallies(sections: Sequence[_Section], procedure: str) -> tuple[Tally, ...]:
    covers: dict[str, CoverSheet | None] = {}
    for section in sections:
        if section.dossier:
            covers[section.dossier] = section.cover or covers.get(section.dossier)
    return tuple(
        Tally(
            dossier,
            (cover.procedure if cover else "") or procedure,
            _sheets_of(sections, dossier),
            cover.sheets if cover else 0,
        )
        for dossier, cover in covers.items()
    )
