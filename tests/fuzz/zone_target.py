"""Fuzzed: the lines of a machine-readable zone, as a reader may have read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from dossier.geometry import Box
from dossier.page import MachineZone
from models.kinds import group_pages
from models.mrz import card_zone, is_passport_zone, is_well_formed, zone_checks, zone_holds, zone_lines
from models.mrz_mending import mended, zone_text
from tests.pages import card
from validators.identity import identities_of
from validators.identity_findings import check_identities


def open_target(folder: Path) -> Callable[[bytes], None]:
    """What reads one zone."""
    return feed


def feed(data: bytes) -> None:
    """The lines are those of the bytes as text; the first three are a zone, all of them are a page."""
    texts = data.decode("utf-8", "replace").split("\n")
    zone_lines(texts)
    for lines in (tuple(texts[:3]), tuple(texts[:2])):
        _read(lines)


def _read(lines: tuple[str, ...]) -> None:
    as_read = tuple(map(zone_text, lines))
    for each in (lines, as_read):
        zone_checks(each)
        is_well_formed(each)
        is_passport_zone(each)
        card_zone(each)
    right = mended(lines)
    if right:
        assert {len(line) for line in right} in ({30}, {44})
        assert mended(right) == right, "what is put right stays as it is"
        if zone_holds(as_read):
            _check_only_classes_change(as_read, right)
    if (read := card_zone(right)) is not None:
        assert zone_holds(right)
        assert len(read.personal_number) == 12
        assert read.personal_number.isdigit()
    found = MachineZone(right or as_read, as_read, Box(100, 2000, 2000, 2300), 0.9, "fuzz")
    documents = group_pages([replace(card("001190005678", "Trần Thị Mẫu", code=None), zones=(found,))])
    identities = identities_of(documents)
    check_identities([(identity, None) for identity in identities], documents)


def _check_only_classes_change(held: tuple[str, ...], right: tuple[str, ...]) -> None:
    """Where check digits hold, only a letter among digits or a digit among letters is put right."""
    for before, after in zip("".join(held), "".join(right), strict=True):
        assert before == after or before.isdigit() != after.isdigit(), "what holds is not touched"
