"""What a new publication of procedures changes, for the person who keeps the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rapidfuzz import fuzz

from dossier.procedure import Procedure
from dossier.text import nfc
from validators.catalogue_import import Record, read_records
from validators.catalogue_loader import YamlCatalogue

_REWORDED = 75
"""From this similarity on, two wordings are one component that was reworded."""


class Change(StrEnum):
    """What happened to a procedure or one of its parts."""

    PROCEDURE_ADDED = "procedure_added"
    PROCEDURE_REMOVED = "procedure_removed"
    NAME = "name"
    DECISION = "decision"
    RESULTS = "results"
    COMPONENT_ADDED = "component_added"
    COMPONENT_REMOVED = "component_removed"
    COMPONENT_REWORDED = "component_reworded"


@dataclass(frozen=True, slots=True)
class Difference:
    """One change."""

    procedure: str
    change: Change
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Published:
    """A procedure as far as publications are compared."""

    code: str
    name: str
    decision: str
    results: frozenset[str]
    components: tuple[str, ...]
    """Wordings, each once, without notes."""


def published(path: Path | None) -> dict[str, Published]:
    """What a JSON file of records or a folder of catalogue files publishes; the built-in one where None."""
    if path is None or path.is_dir():
        return {p.code: _of_procedure(p) for p in YamlCatalogue(path).procedures()}
    return {r.code: _of_record(r) for r in read_records(path)}


def differences(old: Mapping[str, Published], new: Mapping[str, Published]) -> Iterator[Difference]:
    """Changes from the old to the new publication, by code of the procedure."""
    for code in sorted({*old, *new}):
        if code not in new:
            yield Difference(code, Change.PROCEDURE_REMOVED, old[code].name, "")
        elif code not in old:
            yield Difference(code, Change.PROCEDURE_ADDED, "", new[code].name)
        else:
            yield from _within(old[code], new[code])


def _within(old: Published, new: Published) -> Iterator[Difference]:
    for change, before, after in (
        (Change.NAME, old.name, new.name),
        (Change.DECISION, old.decision, new.decision),
        (Change.RESULTS, ", ".join(sorted(old.results)), ", ".join(sorted(new.results))),
    ):
        if before != after:
            yield Difference(old.code, change, before, after)
    gone = [text for text in old.components if text not in new.components]
    come = [text for text in new.components if text not in old.components]
    for text in gone:
        follower = max(come, key=lambda other: fuzz.ratio(text, other), default="")
        if follower and fuzz.ratio(text, follower) >= _REWORDED:
            come.remove(follower)
            yield Difference(old.code, Change.COMPONENT_REWORDED, text, follower)
        else:
            yield Difference(old.code, Change.COMPONENT_REMOVED, text, "")
    for text in come:
        yield Difference(old.code, Change.COMPONENT_ADDED, "", text)


def _of_record(record: Record) -> Published:
    return Published(
        record.code,
        _plain(record.name),
        record.decision or "",
        frozenset(r.code for r in record.results if r.code),
        _each_once([c.text for c in record.components if not c.is_note]),
    )


def _of_procedure(procedure: Procedure) -> Published:
    first = procedure.citation.split(";")[0]
    return Published(
        procedure.code,
        _plain(procedure.name),
        first.removeprefix("QĐ ") if first.startswith("QĐ ") else "",
        frozenset(procedure.results),
        _each_once([c.text for c in procedure.components]),
    )


def _each_once(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_plain, texts)))


def _plain(text: str) -> str:
    return nfc(" ".join(text.split())).rstrip(" .;")
