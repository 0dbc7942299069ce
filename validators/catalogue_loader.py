"""The catalogue of procedures: a folder of YAML, one file for each procedure."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from dossier.document import UNKNOWN_KIND
from dossier.errors import CatalogueInvalid, ProcedureUnknown
from dossier.procedure import BlockedPaper, Case, Component, OneOf, Procedure, Requirement, Role
from dossier.text import nfc
from models.titles import title_of

_BUILT_IN = Path(__file__).parent / "catalogue"
_BLOCKED = "blocked_papers.yaml"

log = logging.getLogger(__name__)

_T = TypeVar("_T")
_Text = Annotated[str, Field(min_length=1)]
_Code = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
_ResultCode = Annotated[str, Field(pattern=r"^KQ\.[A-Z]\d{2}\.\d{6}$")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _ComponentEntry(_Entry):
    code: _Code
    text: _Text
    kinds: list[str] = []
    role: Literal["submit", "present"]
    requirement: Literal["mandatory", "conditional"]
    originals: Annotated[int, Field(ge=0)]
    copies: Annotated[int, Field(ge=0)]
    replaced_by: str = ""
    case: str = ""
    condition: str = ""
    cases: list[_Code] = []

    def component(self) -> Component:
        return Component(
            code=self.code,
            text=nfc(self.text),
            kinds=tuple(self.kinds),
            role=Role(self.role),
            requirement=Requirement(self.requirement),
            originals=self.originals,
            copies=self.copies,
            replaced_by=self.replaced_by,
            case=nfc(self.case),
            condition=nfc(self.condition),
            cases=tuple(self.cases),
        )


class _CaseEntry(_Entry):
    code: _Code
    text: _Text
    proven_by: list[str] = []
    optional: bool = False

    def case(self) -> Case:
        return Case(self.code, nfc(self.text), tuple(self.proven_by), self.optional)


class _OneOfEntry(_Entry):
    code: _Code
    text: _Text
    members: Annotated[list[_Code], Field(min_length=2)]
    cases: list[_Code] = []

    def one_of(self) -> OneOf:
        return OneOf(self.code, nfc(self.text), tuple(self.members), tuple(self.cases))


class _ProcedureEntry(_Entry):
    code: Annotated[str, Field(pattern=r"^\d\.\d{6}$")]
    name: _Text
    field: _Text
    level: _Text
    citation: _Text
    legal_basis: list[_Text]
    source: _Text
    valid_from: date
    valid_to: date | None = None
    valid_to_basis: str = ""
    snapshot: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]
    components_verified: bool
    results: list[_ResultCode]
    cases: list[_CaseEntry] = []
    components: list[_ComponentEntry]
    one_of: list[_OneOfEntry] = []
    forms: list[str] = []
    forms_basis: str = ""

    @model_validator(mode="after")
    def _verified_is_whole(self) -> _ProcedureEntry:
        """Only what nobody has compared with the record yet may lack its basis and its components."""
        if self.components_verified and not (self.legal_basis and self.components):
            raise ValueError("components_verified: true needs legal_basis and components")
        return self

    def procedure(self) -> Procedure:
        return Procedure(
            code=self.code,
            name=nfc(self.name),
            field=nfc(self.field),
            level=nfc(self.level),
            citation=nfc(self.citation),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            snapshot=self.snapshot,
            components_verified=self.components_verified,
            results=tuple(self.results),
            components=tuple(entry.component() for entry in self.components),
            forms=tuple(self.forms),
            cases=tuple(entry.case() for entry in self.cases),
            one_of=tuple(entry.one_of() for entry in self.one_of),
        )


class _BlockedEntry(_Entry):
    kind: str
    citation: _Text
    valid_from: date
    valid_to: date | None = None
    allowed_after_failed_lookup: bool

    def blocked(self) -> BlockedPaper:
        return BlockedPaper(
            self.kind, nfc(self.citation), self.valid_from, self.valid_to, self.allowed_after_failed_lookup
        )


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
        """The procedure in force on that day. Raises ProcedureUnknown."""
        versions = [p for p in self._procedures if p.code == code]
        for procedure in versions:
            if procedure.is_valid_on(on):
                return procedure
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


class _StrictLoader(yaml.CSafeLoader):
    """YAML without silent losses: a key that occurs twice is refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{key}: occurs twice", node.start_mark)
        return super().construct_mapping(node, deep)


def _parsed(file: Path, schema: type[_T]) -> _T:
    try:
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 (a safe loader)
        return TypeAdapter(schema).validate_python(data)
    except (yaml.YAMLError, UnicodeDecodeError) as e:
        raise CatalogueInvalid(file.name, " ".join(str(e).split())) from e
    except ValidationError as e:
        first = e.errors()[0]
        raise CatalogueInvalid(file.name, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from e


def load_procedure(file: Path) -> Procedure:
    """One procedure from its file. Raises CatalogueInvalid, which names file and key."""
    procedure = _parsed(file, _ProcedureEntry).procedure()
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
    papers = tuple(entry.blocked() for entry in _parsed(file, list[_BlockedEntry]))
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
