"""The catalogue of procedures: a folder of YAML, one file for each procedure."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from dossier.document import UNKNOWN_KIND
from dossier.errors import CatalogueInvalid, ProcedureUnknown
from dossier.procedure import BlockedPaper, OneOf, Procedure
from models.titles import title_of
from validators.catalogue_schema import BlockedEntry, ProcedureEntry, parsed

_BUILT_IN = Path(__file__).parent / "catalogue"
_BLOCKED = "blocked_papers.yaml"

log = logging.getLogger(__name__)


class YamlCatalogue:
    """Procedures and blocked papers from a folder; the built-in one where none is given.

    A folder of its own without `blocked_papers.yaml` keeps the built-in list of blocked papers, because
    that list is the same law everywhere.

    Raises:
        CatalogueInvalid: at construction, for a file that breaks the schema; names file and key.
    """

    def __init__(self, folder: Path | None = None, *, skip_refused: bool = False) -> None:
        """Read every file.

        Args:
            folder: the province's own catalogue.
            skip_refused: go on without files that break the schema; `refused` names them, and asking for
                a procedure of theirs raises what was wrong with it.
        """
        self._folder = folder or _BUILT_IN
        files = sorted(file for file in self._folder.glob("*.yaml") if file.name != _BLOCKED)
        if not files:
            raise CatalogueInvalid(str(self._folder), "no procedure in it")
        read, self.refused = _read(files, skip_refused=skip_refused)
        self._procedures = tuple(sorted(read, key=lambda p: (p.code, p.valid_from)))
        own = self._folder / _BLOCKED
        self._blocked = _blocked_papers(own if own.exists() else _BUILT_IN / _BLOCKED)

    def procedure(self, code: str, on: date) -> Procedure:
        """The procedure in force on that day. Raises ProcedureUnknown.

        A record says from when on it was seen, not since when it was so. On a day before the oldest version
        that version is given as not verified: what was asked then is not known, so nothing is called missing
        or outside the rules. One that has lapsed, as its law says, is not given.
        """
        versions = [p for p in self._procedures if p.code == code]
        for procedure in versions:
            if procedure.is_valid_on(on):
                return procedure
        if versions and on < versions[0].valid_from:
            return replace(versions[0], components_verified=False)
        for error in self.refused:
            if error.subject.startswith(code):
                raise error
        raise ProcedureUnknown(
            code, f"not in force on {on.isoformat()}" if versions else "not in the catalogue"
        )

    def procedures(self) -> tuple[Procedure, ...]:
        """All of them, by code."""
        return self._procedures

    def blocked_papers(self, on: date) -> tuple[BlockedPaper, ...]:
        """Papers that may not be asked on that day."""
        return tuple(
            b for b in self._blocked if b.valid_from <= on and (b.valid_to is None or on <= b.valid_to)
        )


def _read(
    files: Iterable[Path], *, skip_refused: bool
) -> tuple[list[Procedure], tuple[CatalogueInvalid, ...]]:
    read: list[tuple[str, Procedure]] = []
    refused: list[CatalogueInvalid] = []
    for file in files:
        try:
            candidate = (file.name, load_procedure(file))
            _refuse_overlap((name, p.code, p.valid_from, p.valid_to) for name, p in [*read, candidate])
            read.append(candidate)
        except CatalogueInvalid as error:
            if not skip_refused:
                raise
            log.warning("catalogue file left out: %s", error)
            refused.append(error)
    return [procedure for _, procedure in read], tuple(refused)


def load_procedure(file: Path) -> Procedure:
    """One procedure from its file. Raises CatalogueInvalid, which names file and key."""
    procedure = parsed(file, ProcedureEntry).procedure()
    _refuse_backwards(file, procedure.code, procedure.valid_from, procedure.valid_to)
    codes = [c.code for c in procedure.components] + [g.code for g in procedure.one_of]
    for index, component in enumerate(procedure.components):
        if codes.count(component.code) > 1:
            raise CatalogueInvalid(file.name, f"components.{index}.code: {component.code} occurs twice")
        for kind in component.kinds:
            if kind != UNKNOWN_KIND:
                _refuse_unknown_kind(file, f"components.{index}.kinds", kind)
    for kind in procedure.forms:
        _refuse_unknown_kind(file, "forms", kind)
    _refuse_broken_cases(file, procedure)
    _refuse_broken_groups(file, procedure)
    return procedure


def _refuse_broken_cases(file: Path, procedure: Procedure) -> None:
    known = [case.code for case in procedure.cases]
    for index, case in enumerate(procedure.cases):
        if known.count(case.code) > 1:
            raise CatalogueInvalid(file.name, f"cases.{index}.code: {case.code} occurs twice")
        for kind in case.proven_by:
            _refuse_unknown_kind(file, f"cases.{index}.proven_by", kind)
    parts = [(c.code, c.cases) for c in procedure.components]
    for part, within in [*parts, *((g.code, g.cases) for g in procedure.one_of)]:
        for code in within:
            if code not in known:
                raise CatalogueInvalid(file.name, f"{part}.cases: no case {code}")


def _refuse_broken_groups(file: Path, procedure: Procedure) -> None:
    """A group whose members do not exist, or that contains itself, can never be satisfied."""
    groups = {group.code: group for group in procedure.one_of}
    known = {*groups, *(c.code for c in procedure.components)}
    for group in procedure.one_of:
        for member in group.members:
            if member not in known:
                raise CatalogueInvalid(file.name, f"one_of.{group.code}.members: no component {member}")
        if cycle := _cycle(group.code, groups, ()):
            raise CatalogueInvalid(file.name, f"one_of.{group.code}: cycle {' > '.join(cycle)}")


def _cycle(code: str, groups: dict[str, OneOf], path: tuple[str, ...]) -> tuple[str, ...]:
    if code in path:
        return (*path, code)
    if code in groups:
        for member in groups[code].members:
            if found := _cycle(member, groups, (*path, code)):
                return found
    return ()


def _blocked_papers(file: Path) -> tuple[BlockedPaper, ...]:
    papers = tuple(entry.blocked() for entry in parsed(file, list[BlockedEntry]))
    for index, paper in enumerate(papers):
        _refuse_unknown_kind(file, f"{index}.kind", paper.kind)
        _refuse_backwards(file, paper.kind, paper.valid_from, paper.valid_to)
    _refuse_overlap((file.name, p.kind, p.valid_from, p.valid_to) for p in papers)
    return papers


def _refuse_unknown_kind(file: Path, key: str, kind: str) -> None:
    if title_of(kind) is None:
        raise CatalogueInvalid(file.name, f"{key}: no title of kind {kind}")


def _refuse_backwards(file: Path, what: str, start: date, end: date | None) -> None:
    if end is not None and end < start:
        raise CatalogueInvalid(file.name, f"valid_to: {what} ends before it begins")


def _refuse_overlap(rules: Iterable[tuple[str, str, date, date | None]]) -> None:
    """Two rules on one thing that are valid on the same day leave open which one applies."""
    seen: dict[str, list[tuple[str, date, date]]] = {}
    for name, code, start, end in rules:
        last = end or date.max
        for other, other_start, other_last in seen.setdefault(code, []):
            if start <= other_last and other_start <= last:
                raise CatalogueInvalid(name, f"valid_from: {code} is valid at the same time in {other}")
        seen[code].append((name, start, last))
