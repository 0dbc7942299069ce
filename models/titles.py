"""The titles that papers carry: which kinds of paper are known, and how their headings read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from dossier.errors import CatalogueInvalid
from dossier.text import nfc

_FILE = Path(__file__).parent / "data" / "titles.yaml"


@dataclass(frozen=True, slots=True)
class Title:
    """One kind of paper and the heading it carries."""

    code: str
    """The kind, for example "ct07"."""
    lines: tuple[str, ...]
    """The title as printed, one entry a line, NFC."""
    essential: int
    """How many lines, from the first, are enough to know the paper."""
    alternatives: tuple[str, ...]
    """Other titles of the same kind."""
    form_number: str
    """Form number and its circular; empty where none is known."""
    issuer: str
    """Who makes it out."""
    result_code: str
    """Code of the result that this paper is, for example KQ.G15.000031; empty where it is none."""
    group: str
    """identity, residence, ho_tich, chung_thuc, hkd, dat_dai, xay_dung, bao_tro, lltp, mot_cua or common."""
    keywords: tuple[str, ...]
    """Wording that supports the kind, lower case."""
    source: str
    """Where the title was found."""
    verified: bool
    """Whether the name was found in a public source; the printed layout was not seen."""
    note: str

    @property
    def text(self) -> str:
        """The whole title on one line."""
        return " ".join(self.lines)


class _TitleEntry(BaseModel):
    """One entry of titles.yaml, as written."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str
    lines: list[str]
    essential: int | None = None
    alternatives: list[str] = []
    form_number: str = ""
    issuer: str
    result_code: str = ""
    group: str
    keywords: list[str] = []
    source: str
    verified: bool
    note: str = ""

    def title(self) -> Title:
        return Title(
            code=self.code,
            lines=tuple(nfc(line) for line in self.lines),
            essential=self.essential or len(self.lines),
            alternatives=tuple(nfc(text) for text in self.alternatives),
            form_number=nfc(self.form_number),
            issuer=nfc(self.issuer),
            result_code=self.result_code,
            group=self.group,
            keywords=tuple(nfc(word) for word in self.keywords),
            source=self.source,
            verified=self.verified,
            note=nfc(self.note),
        )


def load_titles(file: Path) -> tuple[Title, ...]:
    """Read a table of titles.

    Raises:
        CatalogueInvalid: an unknown key, a wrong type, or a code that occurs twice; names file and place.
    """
    try:
        entries = TypeAdapter(list[_TitleEntry]).validate_python(
            yaml.safe_load(file.read_text(encoding="utf-8"))
        )
    except yaml.YAMLError as e:
        raise CatalogueInvalid(file.name, " ".join(str(e).split())) from e
    except ValidationError as e:
        first = e.errors()[0]
        raise CatalogueInvalid(file.name, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from e
    codes = [entry.code for entry in entries]
    if doubled := sorted({code for code in codes if codes.count(code) > 1}):
        raise CatalogueInvalid(file.name, f"{doubled[0]}: occurs twice")
    return tuple(entry.title() for entry in entries)


@lru_cache(maxsize=1)
def titles() -> tuple[Title, ...]:
    """The built-in table, 90 titles."""
    return load_titles(_FILE)


@lru_cache(maxsize=1)
def _by_code() -> dict[str, Title]:
    return {title.code: title for title in titles()}


def title_of(kind: str) -> Title | None:
    """The title of a kind, or None for a kind that the table does not know."""
    return _by_code().get(kind)


def kinds_of_group(group: str) -> frozenset[str]:
    """Every kind of a group, for example "mot_cua"."""
    return frozenset(title.code for title in titles() if title.group == group)


CARD_KINDS = frozenset({"can_cuoc", "cccd_chip", "cccd_ma_vach", "cmnd"})
"""Plastic cards with two sides, which carry a personal number."""
