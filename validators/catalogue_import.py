"""Records of the national portal (Cổng Dịch vụ công quốc gia) as drafts of catalogue files.

A record's wording is a fact; what it means (role, requirement, kinds of paper) is a guess of whoever
published it. A draft therefore says `components_verified: false` until a person has compared every
component with its wording, and a dossier of such a procedure is never told that a paper is missing.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from dossier.errors import CatalogueInvalid, ProcedureUnknown, SourceNotFound
from dossier.text import nfc, without_marks
from models.titles import title_of

_WIDTH: Final = 108
_CODE_WORDS: Final = 5
_RESULT_CODE: Final = re.compile(r"^KQ\.[A-Z]\d{2}\.\d{6}$")
_MONTH: Final = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])", re.ASCII)
_PLAIN: Final = re.compile(r"\d+/\d{4}/[\w-]+|KQ\.[\w.]+")
"""Numbers of laws and codes of results stand without quotes, as people write them."""
_NOT_IN_YAML: Final = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Characters that no YAML file may hold (YAML 1.1, 5.1), and the mark of byte order."""


class RecordComponent(BaseModel):
    """One row of a record's list of components; keys that the portal adds are passed over."""

    model_config = ConfigDict(extra="ignore")

    text: str
    group: str | None = ""
    role: str = ""
    requirement: str = ""
    originals: int = 0
    copies: int = 0
    doc_type_ids: list[str] = []

    @property
    def is_note(self) -> bool:
        """Advice, headings and interactive forms stand among the components and are no papers."""
        return self.role == "note" or "online" in self.requirement or self.originals + self.copies == 0


class RecordResult(BaseModel):
    """One result of a record."""

    model_config = ConfigDict(extra="ignore")

    name: str
    code: str = ""


class Record(BaseModel):
    """A procedure as the national portal publishes it."""

    model_config = ConfigDict(extra="ignore")

    code: str
    name: str
    field: str | None = None
    level: str | None = None
    decision: str | None = None
    results: list[RecordResult] = []
    legal_basis: list[str] = []
    components: list[RecordComponent] = []
    snapshot: str = ""
    detail_url: str | None = None


class _Publication(BaseModel):
    model_config = ConfigDict(extra="ignore")

    procedures: list[Record]


def read_records(file: Path) -> tuple[Record, ...]:
    """The records of a JSON file: one record, a list of them, or an object with `procedures`.

    Raises:
        SourceNotFound: no such file.
        CatalogueInvalid: not JSON, or a record without code, name or wording; names the place.
    """
    if not file.is_file():
        raise SourceNotFound(file.name)
    try:
        data = json.loads(file.read_text("utf-8"))
        json.dumps(data, ensure_ascii=False).encode()  # halves of characters can be read, and never written
        if isinstance(data, dict) and "procedures" in data:
            return tuple(_Publication.model_validate(data).procedures)
        return tuple(TypeAdapter(list[Record]).validate_python(data if isinstance(data, list) else [data]))
    except RecursionError as e:
        raise CatalogueInvalid(file.name, "nested too deeply") from e
    except ValueError as e:
        if isinstance(e, ValidationError):
            first = e.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise CatalogueInvalid(file.name, f"{place}: {first['msg']}") from e
        raise CatalogueInvalid(file.name, " ".join(str(e).split())) from e


def record_of(records: Sequence[Record], code: str) -> Record:
    """The record of a procedure; the only one where no code is given. Raises ProcedureUnknown."""
    found = [r for r in records if r.code == code] if code else list(records)
    if len(found) != 1:
        raise ProcedureUnknown(code or "--code", f"{len(found)} records in the file")
    return found[0]


def draft(record: Record, today: date) -> str:
    """A catalogue file for a person to finish; it loads as it stands and calls nothing missing.

    Args:
        today: its month stands for that of a record that does not say when it was published.
    """
    return "\n".join(_draft_lines(record, _month_of(record) or f"{today:%Y-%m}")) + "\n"


def _month_of(record: Record) -> str:
    return found[0] if (found := _MONTH.match(record.snapshot)) else ""


def _draft_lines(record: Record, month: str) -> Iterator[str]:
    yield f"# {_words(record.code)}: DRAFT of the national portal's record. Compare each component's wording,"
    yield "# correct role, requirement, kinds, counts and case, then set components_verified to true."
    yield f"code: {quoted(record.code)}"
    yield from folded("name", record.name)
    yield f"field: {quoted(record.field or 'chưa rõ')}"
    yield f"level: {quoted(record.level or 'chưa rõ')}"
    yield from folded("citation", f"QĐ {record.decision}" if record.decision else "chưa rõ")
    yield from _listed("legal_basis", sorted(record.legal_basis))
    place = _words(record.detail_url or "chưa rõ")
    source = f"Cổng Dịch vụ công quốc gia, {place}"
    yield f"source: {quoted(source) if re.search(': | #|:$', place) else source}"
    yield f"snapshot: {month}"
    yield f"valid_from: {month}-01"
    yield "components_verified: false"
    yield from _listed("results", [r.code for r in record.results if _RESULT_CODE.match(r.code)])
    papers = [c for c in record.components if not c.is_note]
    yield "components:" if papers else "components: []"
    taken: set[str] = set()
    for component in papers:
        yield from _draft_component(component, taken)
    for component in record.components:
        if component.is_note:
            yield from _comment(f"left out as a note: {component.text}")


def _draft_component(component: RecordComponent, taken: set[str]) -> Iterator[str]:
    kinds = [kind for kind in component.doc_type_ids if title_of(kind) is not None]
    code = _free_code(kinds[0] if len(kinds) == 1 else _slug(component.text), taken)
    is_shown = component.role == "present" or "xuất trình" in nfc(component.group or "").lower()
    yield f"  - code: {code}"
    yield from folded("text", component.text, indent=4)
    if kinds:
        yield f"    kinds: [{', '.join(kinds)}]"
    yield f"    role: {'present' if is_shown else 'submit'}"
    yield f"    requirement: {'mandatory' if component.requirement == 'mandatory' else 'conditional'}"
    yield f"    originals: {component.originals}"
    yield f"    copies: {component.copies}"
    if (component.group or "--") != "--":
        yield from folded("case", component.group or "", indent=4)


def _slug(text: str) -> str:
    words = re.findall(r"[a-z0-9]+", without_marks(nfc(text)).lower())
    return "_".join(words[:_CODE_WORDS]) or "thanh_phan"


def _free_code(code: str, taken: set[str]) -> str:
    free, number = code, 2
    while free in taken:
        free, number = f"{code}_{number}", number + 1
    taken.add(free)
    return free


def _words(text: str) -> str:
    """The text on one line; what a YAML file may not hold is shown as a replacement, not lost."""
    return _NOT_IN_YAML.sub("\ufffd", nfc(" ".join(text.split())))


def quoted(text: str) -> str:
    """A YAML string in double quotes."""
    return json.dumps(_words(text), ensure_ascii=False)


def folded(key: str, text: str, indent: int = 0) -> Iterator[str]:
    """A key whose text is folded over several lines where it is long."""
    pad, words = " " * indent, _words(text)
    if indent + len(key) + len(words) + 4 <= _WIDTH:
        yield f"{pad}{key}: {quoted(words)}"
        return
    yield f"{pad}{key}: >-"
    yield from textwrap.wrap(
        words,
        _WIDTH,
        initial_indent=pad + "  ",
        subsequent_indent=pad + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _listed(key: str, values: Sequence[str]) -> Iterator[str]:
    yield f"{key}:" if values else f"{key}: []"
    for value in values:
        yield f"  - {value if _PLAIN.fullmatch(value) else quoted(value)}"


def _comment(text: str) -> Iterator[str]:
    yield from textwrap.wrap(
        _words(text),
        _WIDTH,
        initial_indent="# ",
        subsequent_indent="#   ",
        break_on_hyphens=False,
    )
