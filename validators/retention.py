"""How long papers are kept: the schedule by kind of paper and by the procedure's field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from dossier.errors import CatalogueInvalid
from dossier.procedure import Procedure
from models.titles import title_of

_FILE: Final = Path(__file__).parent / "data" / "retention.yaml"
_PERMANENT_YEARS: Final = 100
"""What stands for ever in a store, which only knows days; to be renewed by then."""
_YEAR_DAYS: Final = 365.25


@dataclass(frozen=True, slots=True)
class Period:
    """How long something is kept at least, and why."""

    days: int
    citation: str
    is_verified: bool
    """Whether somebody read the period in the text of its act."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    kinds: list[str] = []
    fields: list[str] = []
    years: Annotated[int, Field(ge=1, le=_PERMANENT_YEARS)] | Literal["permanent"]
    citation: Annotated[str, Field(min_length=1)]
    verified: bool

    @model_validator(mode="after")
    def _says_of_what(self) -> _Entry:
        if bool(self.kinds) == bool(self.fields):
            raise ValueError("needs either kinds or fields")
        unknown = [kind for kind in self.kinds if title_of(kind) is None]
        if unknown:
            raise ValueError(f"unknown kinds of paper: {', '.join(unknown)}")
        return self

    def period(self) -> Period:
        years = _PERMANENT_YEARS if self.years == "permanent" else self.years
        return Period(round(years * _YEAR_DAYS), self.citation, self.verified)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Periods by kind of paper and by field."""

    kinds: dict[str, Period]
    fields: dict[str, Period]

    def period_of(self, kind: str, procedure: Procedure) -> Period | None:
        """How long a paper of a procedure is kept; None where the schedule does not say."""
        return self.kinds.get(kind) or self.fields.get(procedure.field)

    def longest(self, kinds: Iterable[str], procedure: Procedure) -> Period | None:
        """How long the dossier as a whole is kept: as long as the paper in it that is kept longest."""
        found = [self.period_of(kind, procedure) for kind in kinds] or [self.fields.get(procedure.field)]
        return max((period for period in found if period is not None), key=lambda p: p.days, default=None)


@lru_cache(maxsize=4)
def load_schedule(file: Path | None = None) -> Schedule:
    """The schedule of a file, the built-in one without. Raises CatalogueInvalid, naming the file."""
    source = file or _FILE
    try:
        entries = TypeAdapter(list[_Entry]).validate_python(yaml.safe_load(source.read_text("utf-8")) or [])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as e:
        raise CatalogueInvalid(source.name, " ".join(str(e).split())) from e
    kinds: dict[str, Period] = {}
    fields: dict[str, Period] = {}
    for entry in entries:
        for names, table in ((entry.kinds, kinds), (entry.fields, fields)):
            for name in names:
                if name in table:
                    raise CatalogueInvalid(source.name, f"{name} stands there twice")
                table[name] = entry.period()
    return Schedule(kinds, fields)
