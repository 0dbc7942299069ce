"""Rows of invented dossiers for `sohoa bench desk`, by their number: the same seed makes the same rows.

Names come from a pool, so that each is borne by many, as names are. What is sealed is really sealed. The
reports of the index are short, and each package has one object and one file: what an operation costs depends
on how many rows there are before it depends on how long they are, and a disk has an end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Final

import numpy as np

from console.bench_names import made_name
from dossier.desk import DeskState
from dossier.desk_asked import DeskContent
from storage.blind_words import hashed, terms_of
from storage.desk_rows import sealed_names
from storage.keyring import Keyring
from storage.mass_copy import Numbers

DAYS: Final = 730
_BLOCK: Final = 20_000
_NAMES: Final = 4_000
_KINDS: Final = ("to_khai", "giay_chung_sinh", "mot_cua_mau_01", "ct07", "van_ban_uy_quyen", "so_do")
_OPEN: Final = (DeskState.REVIEW, DeskState.REVIEW, DeskState.READING, DeskState.EXPECTED, DeskState.FAILED)
ENTRY_COLUMNS: Final = (
    *("id", "code", "procedure", "counter", "state", "is_open", "received_day", "due_day", "changed_at"),
    *("assignee", "papers", "digitised", "pages", "blocking", "warning", "info", "version", "sealed"),
)
PACKAGE_COLUMNS: Final = ("id", "dossier", "prefix", "manifest_sha256", "recorded_at", "summary")
OBJECT_COLUMNS: Final = (
    *("package", "position", "object_key", "version_id", "sha256", "size_bytes", "retain_until"),
)
FILE_COLUMNS: Final = ("package", "path", "role", "sha256", "size_bytes", "media_type")


@dataclass(frozen=True, slots=True)
class Made:
    """Everything that decides what is made."""

    dossiers: int
    counters: int
    searched: int
    """Of the newest dossiers, how many are in the blind index of names."""
    seed: int
    today: date
    procedures: tuple[str, ...]

    def received(self, number: int) -> date:
        """The day on which a dossier came, the first ones two years ago."""
        return _day(self.today, DAYS - DAYS * number // self.dossiers)[0]

    def code(self, number: int) -> str:
        """The code of a dossier."""
        written = _day(self.today, DAYS - DAYS * number // self.dossiers)[1]
        return f"000.00.17.H26-{written}-{number:08d}"

    def counter(self, number: int) -> str:
        """The counter that received it."""
        return f"Quầy {_mixed(self.seed, number) % self.counters + 1} (MẪU)"

    def name_of(self, number: int) -> int:
        """Whose it is, by place in the pool."""
        return _mixed(self.seed + 1, number) % _NAMES

    def state(self, number: int) -> DeskState:
        """Nearly everything is settled; what came in the last weeks is open more often."""
        chance = _mixed(self.seed + 2, number) % 1000
        open_of_1000 = 250 if number > self.dossiers * (1 - 14 / DAYS) else 4
        if chance < open_of_1000:
            return _OPEN[chance % len(_OPEN)]
        return DeskState.RETURNED if chance > 970 else DeskState.ARCHIVED


def pool(made: Made) -> tuple[str, ...]:
    """The names."""
    random = Random(made.seed)  # noqa: S311 - invented people, not secrets
    return tuple(made_name(random) for _ in range(_NAMES))


def entries(made: Made, keys: Keyring) -> Iterator[str]:
    """Lines of `desk_entries`."""
    contents = [DeskContent(name, "TỜ KHAI (MẪU)", (name,)) for name in pool(made)]
    for block in _blocks(made):
        lines = []
        for number in block:
            received, state = made.received(number), made.state(number)
            settled = state in (DeskState.ARCHIVED, DeskState.RETURNED)
            code, day, mixed = made.code(number), received.toordinal(), _mixed(made.seed + 3, number)
            sealed = sealed_names(keys, code, contents[made.name_of(number)])
            fields = (
                *(number, code, made.procedures[mixed % len(made.procedures)], made.counter(number)),
                *(state.value, int(not settled), day, day + mixed % 20, f"{received}T08:00:00.000+07:00", ""),
                *(mixed % 4 + 1, mixed % 4 + 1 if settled else 0, mixed % 9 + 1),
                *(int(not settled), mixed % 3, mixed % 2, 1, sealed),
            )
            lines.append("\t".join(map(str, fields)) + "\n")
        yield "".join(lines)


def kinds(made: Made) -> Iterator[str]:
    """Lines of `desk_kinds`: one paper each."""
    for block in _blocks(made):
        yield "".join(
            f"{_KINDS[number % len(_KINDS)]}\t{made.received(number).toordinal()}\t{number}\n"
            for number in block
        )


def words(made: Made, keys: Keyring) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
    """Rows of the blind index, for the newest dossiers."""
    of_name = [
        np.array(hashed(keys, terms_of(DeskContent(name, "", (name,)))), np.int64) for name in pool(made)
    ]
    for block in _blocks(made, made.dossiers - made.searched + 1):
        found = [of_name[made.name_of(number)] for number in block]
        lengths = [len(each) for each in found]
        days = np.array([made.received(number).toordinal() for number in block], np.int64)
        numbers = np.arange(block.start, block.stop, dtype=np.int64)
        yield np.concatenate(found), np.repeat(days, lengths), np.repeat(numbers, lengths)


def packages(made: Made) -> Iterator[str]:
    """Lines of `packages`."""
    for block in _blocks(made):
        yield "".join(
            f"{number}\t{code}\tdossiers/{code}/1\t{fingerprint(number, 'manifest')}\t"
            f"{made.received(number)}T09:00:00+07:00\t"
            f'{{"dossier": "{code}", "state": "archived", "mark": "MẪU"}}\n'
            for number in block
            for code in (made.code(number),)
        )


def objects(made: Made) -> Iterator[str]:
    """Lines of `package_objects`."""
    for block in _blocks(made):
        yield "".join(
            f"{number}\t0\tdossiers/{code}/1/pdf/1.pdf\t{number:032x}\t{fingerprint(number, 'pdf')}\t"
            f"{90_000 + number % 70_000}\t2036-11-22T00:00:00+07:00\n"
            for number in block
            for code in (made.code(number),)
        )


def files(made: Made) -> Iterator[str]:
    """Lines of `package_files`."""
    for block in _blocks(made):
        yield "".join(
            f"{number}\tpdf/1.pdf\trendition\t{fingerprint(number, 'pdf')}\t"
            f"{90_000 + number % 70_000}\tapplication/pdf\n"
            for number in block
        )


def fingerprint(number: int, what: str) -> str:
    """SHA-256 of something that a dossier has."""
    return hashlib.sha256(f"{what} {number}".encode()).hexdigest()


def _blocks(made: Made, first: int = 1) -> Iterator[range]:
    for begin in range(max(1, first), made.dossiers + 1, _BLOCK):
        yield range(begin, min(begin + _BLOCK, made.dossiers + 1))


@cache
def _day(today: date, before: int) -> tuple[date, str]:
    """A day some days before another one, and how codes write it."""
    day = today - timedelta(days=before)
    return day, f"{day:%y%m%d}"


def _mixed(seed: int, number: int) -> int:
    """A number that looks like chance and is always the same (the finaliser of splitmix64)."""
    mixed = (number * 0x9E3779B97F4A7C15 + seed * 0xD1B54A32D192ED03) & 0xFFFFFFFFFFFFFFFF
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return mixed ^ (mixed >> 31)
