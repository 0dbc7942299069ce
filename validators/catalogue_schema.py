"""The form of catalogue files: what keys they have, and YAML read without silent losses."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from dossier.errors import CatalogueInvalid
from dossier.procedure import BlockedPaper, Case, Component, OneOf, Procedure, Requirement, Role
from dossier.text import nfc

_T = TypeVar("_T")
_Text = Annotated[str, Field(min_length=1)]
_Code = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
_ResultCode = Annotated[str, Field(pattern=r"^KQ\.[A-Z]\d{2}\.\d{6}$")]
_ODD_VALUE = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)
"""What PyYAML raises over a value that is none of its kind, as 2026-13-41, and over deep nesting."""


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


class ProcedureEntry(_Entry):
    """One procedure, as a file of the catalogue has it."""

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
    def _verified_is_whole(self) -> ProcedureEntry:
        """Only what nobody has compared with the record yet may lack its basis and its components."""
        if self.components_verified and not (self.legal_basis and self.components):
            raise ValueError("components_verified: true needs legal_basis and components")
        return self

    def procedure(self) -> Procedure:
        """The value that the rest of the product works with."""
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


class BlockedEntry(_Entry):
    """A paper that may not be asked for, as the list of blocked papers has it."""

    kind: str
    citation: _Text
    valid_from: date
    valid_to: date | None = None
    allowed_after_failed_lookup: bool

    def blocked(self) -> BlockedPaper:
        """The value that the rest of the product works with."""
        return BlockedPaper(
            self.kind, nfc(self.citation), self.valid_from, self.valid_to, self.allowed_after_failed_lookup
        )


class _StrictLoader(yaml.CSafeLoader):
    """YAML without silent losses: a key that occurs twice is refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{key}: occurs twice", node.start_mark)
        return super().construct_mapping(node, deep)


def parsed(file: Path, schema: type[_T]) -> _T:
    """A YAML file in the form of a schema. Raises CatalogueInvalid, which names file and key."""
    try:
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 (a safe loader)
    except (yaml.YAMLError, *_ODD_VALUE) as e:
        raise CatalogueInvalid(file.name, " ".join(str(e).split()) or type(e).__name__) from e
    try:
        return TypeAdapter(schema).validate_python(data)
    except ValidationError as e:
        first = e.errors()[0]
        raise CatalogueInvalid(file.name, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from e
    except RecursionError as e:
        raise CatalogueInvalid(file.name, "it refers to itself") from e
