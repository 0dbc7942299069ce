"""Residences (nơi thường trú) written with old and new place names, compared by a dated table of mergers.

Since 1/7/2025 an address has two levels, commune and province; before, there was a district between them.
Houses, streets and hamlets are not compared: cards, forms and the register each write them in their own way.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final

from dossier.errors import RegisterError
from dossier.text import name_key, nfc

BUILT_IN: Final = Path(__file__).parent / "data" / "place_mergers.csv"
"""Provinces only; communes are added from the centre's own table."""
COLUMNS: Final = (
    *("old_commune", "old_district", "old_province"),
    *("new_commune", "new_province", "from_day", "citation"),
)
_COMMUNE: Final = re.compile(r"(?:xã|phường|thị trấn|đặc khu|tt\.?|p\.|x\.)\s+|(?:p|x|tt)\.(?=\S)", re.I)
_DISTRICT: Final = re.compile(
    r"(?:huyện|quận|thị xã|thành phố|tp\.?|tx\.?|h\.|q\.)\s+|(?:h|q|tx|tp)\.(?=\S)", re.I
)
_PROVINCE: Final = re.compile(r"(?:tỉnh|thành phố|tp\.?|t\.)\s+|(?:tp|t)\.(?=\S)", re.I)
_DASHED: Final = re.compile(r"\b(bà rịa)\s*[-–]\s*(vũng tàu)\b", re.I)
"""The one province whose name has a dash."""
_SHORT: Final = {"hcm": name_key("Hồ Chí Minh")}
_COUNTRY: Final = name_key("Việt Nam")


class Comparison(StrEnum):
    """Whether two residences are one commune."""

    SAME = "same"
    DIFFERENT = "different"
    UNDECIDED = "undecided"
    """An old and a new address, and no table says what became of the old commune."""


@dataclass(frozen=True, slots=True)
class Merger:
    """What became of a place."""

    old: tuple[str, str, str]
    """Keys of commune, district, province; the first two empty for a whole province."""
    new: tuple[str, str]
    """Keys of commune and province; the commune empty for a whole province."""
    from_day: date
    citation: str

    @property
    def basis(self) -> str:
        """Day and legal basis, as the answer carries them."""
        return f"{self.from_day.isoformat()} {self.citation}"


@dataclass(frozen=True, slots=True)
class PlaceComparison:
    """The outcome, and the mergers that it rests on."""

    outcome: Comparison
    bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Address:
    """One way to read an address; keys without the words for the kind of place."""

    commune: str
    district: str
    """Empty in the form of two levels."""
    province: str


class PlaceNames:
    """A table of mergers, and comparing by it."""

    def __init__(self, mergers: Sequence[Merger]) -> None:
        self._provinces = {m.old[2]: m for m in mergers if not m.old[0]}
        self._communes: dict[tuple[str, str], list[Merger]] = {}
        for merger in mergers:
            if merger.old[0]:
                self._communes.setdefault((merger.old[0], merger.old[2]), []).append(merger)

    def compare(self, one: str, other: str) -> PlaceComparison:
        """Whether two written residences lie in one commune.

        An address without the words for its places ("Mẫu, Mẫu, Hà Giang") is read in every possible way,
        and is the same as soon as one way is.
        """
        ways = [(a, b) for a in _readings(one) for b in _readings(other)]
        if not ways:
            return PlaceComparison(Comparison.UNDECIDED)
        found = [self._compare(a, b) for a, b in ways]
        order = (Comparison.SAME, Comparison.UNDECIDED, Comparison.DIFFERENT)
        return min(found, key=lambda each: order.index(each.outcome))

    def _compare(self, one: _Address, other: _Address) -> PlaceComparison:
        # 1. The same words need no table.
        if (one.commune, one.province) == (other.commune, other.province):
            is_same = not (one.district and other.district) or one.district == other.district
            return PlaceComparison(Comparison.SAME if is_same else Comparison.DIFFERENT)
        # 2. Another province, also after what it became, is another place.
        bases = [m.basis for a in (one, other) if (m := self._provinces.get(a.province)) is not None]
        if self._province(one) != self._province(other):
            return PlaceComparison(Comparison.DIFFERENT)
        # 3. What became of each commune.
        new_one, new_other = self._commune(one), self._commune(other)
        if new_one is not None or new_other is not None:
            bases += [m.basis for m in (new_one, new_other) if m is not None]
            same = (new_one.new[0] if new_one else one.commune) == (
                new_other.new[0] if new_other else other.commune
            )
            return PlaceComparison(Comparison.SAME, _once(bases)) if same else self._unlike(one, other)
        # 4. The same commune, whose province has another name now.
        if one.commune == other.commune and one.province != other.province:
            return PlaceComparison(Comparison.SAME, _once(bases))
        return self._unlike(one, other)

    def _unlike(self, one: _Address, other: _Address) -> PlaceComparison:
        """Another commune, unless one side is old, the other new, and the table does not know the old one."""
        olds = [a for a in (one, other) if a.district or a.province in self._provinces]
        if len(olds) == 1 and self._commune(olds[0]) is None:
            return PlaceComparison(Comparison.UNDECIDED)
        return PlaceComparison(Comparison.DIFFERENT)

    def _province(self, address: _Address) -> str:
        merger = self._provinces.get(address.province)
        return merger.new[1] if merger else address.province

    def _commune(self, address: _Address) -> Merger | None:
        """The merger of an old commune; two communes of one name are told apart by the district only."""
        known = self._communes.get((address.commune, address.province), [])
        fitting = [m for m in known if not address.district or m.old[1] in ("", address.district)]
        return fitting[0] if len({m.new for m in fitting}) == 1 else None


def load_places(*files: Path) -> PlaceNames:
    """The built-in mergers, and those of further files of the same form.

    Raises RegisterError, naming the file and line.
    """
    return PlaceNames([merger for file in (BUILT_IN, *files) for merger in _mergers(file)])


def _mergers(file: Path) -> Iterator[Merger]:
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as e:
        raise RegisterError(file.name, f"cannot be read: {e}") from e
    comments = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    reader = csv.DictReader(lines[comments:], strict=True)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise RegisterError(file.name, f"its columns are not {', '.join(COLUMNS)}")
    for row in reader:
        place = f"{file.name} line {comments + reader.line_num}"
        if None in row or None in row.values():
            raise RegisterError(place, "has more or fewer fields than the header")
        yield _merger(row, place)


def _merger(row: dict[str, str], place: str) -> Merger:
    old = (
        _key(row["old_commune"], _COMMUNE),
        _key(row["old_district"], _DISTRICT),
        _key(row["old_province"], _PROVINCE),
    )
    new = (_key(row["new_commune"], _COMMUNE), _key(row["new_province"], _PROVINCE))
    if not old[2] or not new[1] or bool(old[0]) != bool(new[0]) or not row["citation"].strip():
        raise RegisterError(place, "names no province or citation, or only one of the two communes")
    try:
        return Merger(old, new, date.fromisoformat(row["from_day"]), row["citation"].strip())
    except ValueError as e:
        raise RegisterError(place, "the day is not written as 2025-07-01") from e


def _readings(text: str) -> tuple[_Address, ...]:
    """Every way to read an address; none where it has no two levels."""
    whole = _DASHED.sub(r"\1 \2", nfc(text))
    parts = [part.strip() for part in re.split(r"[,;]|\s[-–]\s", whole) if _key(part, _PROVINCE)]
    if parts and name_key(parts[-1]) == _COUNTRY:
        parts.pop()
    if len(parts) < 2:
        return ()
    province = _key(parts[-1], _PROVINCE)
    new = _Address(_key(parts[-2], _COMMUNE), "", province)
    if len(parts) < 3 or _COMMUNE.match(parts[-2]):
        return (new,)
    old = _Address(_key(parts[-3], _COMMUNE), _key(parts[-2], _DISTRICT), province)
    if _DISTRICT.match(parts[-2]) or _COMMUNE.match(parts[-3]):
        return (old,)
    return (old, new)


def _key(name: str, kind: re.Pattern[str]) -> str:
    """The name without the word for the kind of place; numbers stay, for wards may be called by them."""
    name = nfc(name).strip()
    word = kind.match(name)
    bare = name[word.end() :] if word else name
    numbers = " ".join(str(int(n)) for n in re.findall(r"\d+", bare))
    key = f"{name_key(bare)} {numbers}".strip()
    return _SHORT.get(key, key)


def _once(bases: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(bases)))
