"""Small dossiers by the hundred: one person, a form and perhaps a card, each page degraded in a named way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

import numpy as np

from dossier.geometry import Box
from scanners.samples.card import citizen_card
from scanners.samples.civil import Filing, extract_declaration, single_status_declaration
from scanners.samples.degrade import STRENGTHS, Degradation, Pixels, Step, degrade
from scanners.samples.people import FEMALE, MALE, Person, Village, with_one_digit_wrong
from scanners.samples.scan import Look, scan
from scanners.samples.sheet import DPI, HEIGHT, Sheet

_DAY: Final = date(2026, 11, 16)
_HALF: Final = 3 * HEIGHT // 5
"""Both sides of a card take the upper part of a sheet."""
_OF_READING: Final = Degradation.FILL_LINES
"""Forms have fill lines of their own; this one is for pages of prose."""
CELLS: Final[tuple[tuple[Step, ...], ...]] = (
    (),
    *(((kind, strength),) for strength in STRENGTHS for kind in Degradation if kind is not _OF_READING),
)
"""What happens to the pages of a dossier: nothing, or one degradation in one strength."""
_ONE_IN: Final = 10
"""How many dossiers with a card come to one whose form has a digit of the number wrong."""


@dataclass(frozen=True, slots=True)
class LightPage:
    """A scanned page."""

    name: str
    picture: Pixels
    """Red, green, blue."""
    dpi: float


@dataclass(frozen=True, slots=True)
class LightDossier:
    """A dossier of one person with what is true about it."""

    number: int
    person: Person
    steps: tuple[Step, ...]
    """What happened to each of its pages."""
    has_card: bool
    """A card with QR and machine-readable zone lies beside the form; else print is all there is."""
    disagrees: bool
    """The form has one digit of the number wrong, which nobody may take for confirmed."""
    pages: tuple[LightPage, ...]
    """Empty where nothing was rendered."""


def light_dossier(number: int, seed: int, *, rendered: bool = True) -> LightDossier:
    """Dossier `number` of a series, from 0; one and the same for one seed.

    Every second one has a card. The degradations take turns, so that a few hundred dossiers see all of them.
    What is true about a dossier is the same whether its pages are rendered or not.
    """
    random = Random(f"{seed}/light/{number}")  # noqa: S311 - invented people, no secrets
    has_card = number % 2 == 0
    turn = number // 2
    steps = CELLS[turn % len(CELLS)]
    disagrees = has_card and turn % _ONE_IN == _ONE_IN - 1
    person = Village(random).invent(random.choice((MALE, FEMALE)), (1960, 2004))
    if not rendered:
        return LightDossier(number, person, steps, has_card, disagrees, ())
    written = with_one_digit_wrong(person.personal_number) if disagrees else person.personal_number
    filing = Filing(_DAY, random, f"000.00.17.H42-{_DAY:%y%m%d}-{number:05d}")
    if has_card:
        form = extract_declaration(person, written, filing)
    else:
        form = single_status_declaration(person, filing)
    sheets = [("form", form.sheets[0], written, HEIGHT)]
    if has_card:
        sheets.append(("card", citizen_card(person).sheets[0], person.personal_number, _HALF))
    pages = tuple(
        _page(f"{number:05d}-{name}.png", sheet, shown, steps, random, rows)
        for name, sheet, shown, rows in sheets
    )
    return LightDossier(number, person, steps, has_card, disagrees, pages)


def _page(
    name: str, sheet: Sheet, shown: str, steps: tuple[Step, ...], random: Random, rows: int
) -> LightPage:
    paper = np.asarray(scan(sheet, Look(), random).convert("RGB"))[:rows]
    spots = [word.box for line in sheet.lines for word in line.words if word.text == shown]
    spot: Box | None = spots[0] if spots else None
    after = degrade(paper, steps, random, dpi=float(DPI), spot=spot)
    return LightPage(name, after.picture, after.dpi)
