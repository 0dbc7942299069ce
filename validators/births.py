"""When a person was born, as the papers tell it beside the number."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final

from dossier.document import Document
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.identity import CardRecord, Identity, Witness, WitnessSource, birth_text
from dossier.masking import mask_numbers
from validators.evidence import place_of

_BEST_FIRST: Final = (WitnessSource.QR, WitnessSource.MRZ, WitnessSource.PRINT)


@dataclass(frozen=True, slots=True)
class Birth:
    """A birth, as far as it is told."""

    day: date | None
    year: int | None
    """Where no more than the year is told; None beside a day."""
    source: WitnessSource
    """What tells it: a code, a zone, or print. Who typed the number may not have looked at the birth, so that
    what stands beside a typed one counts as print."""

    @property
    def text(self) -> str:
        """1990-05-12, or 1943."""
        return birth_text(self.day, self.year)


def birth_of(identity: Identity) -> Birth | None:
    """The birth that the best source beside the person's number tells; None where it tells none, or several.

    A card's code and zone are proven by their own redundancy, so print beside them is not asked.
    """
    return _best([identity.card, *identity.witnesses] if identity.card else identity.witnesses)


def birth_to_ask(identity: Identity) -> Birth | None:
    """The birth that the register is asked about.

    A form that leaves room for the year alone does not say that the day is unknown, which a year means to the
    register.
    """
    born = birth_of(identity)
    return None if born is not None and born.day is None and born.source is WitnessSource.PRINT else born


def check_births(identity: Identity, documents: Sequence[Document]) -> Iterator[Finding]:
    """Papers that tell different births of one person, as far as each tells it."""
    told = {number: births for number in _papers(identity) if (births := _births_on(identity, number))}
    pairs = [
        (one, other)
        for one, other in combinations(sorted(told), 2)
        if not any(_agree(a, b) for a in told[one] for b in told[other])
    ]
    if not pairs:
        return
    by_number = {document.number: document for document in documents}
    differing = {number for pair in pairs for number in pair}
    places = {
        place_of(by_number[w.document].pages[w.page - 1])
        for w in identity.witnesses
        if w.document in differing and _told(w) is not None
    }
    yield Finding(
        Rule.BIRTH_DIFFERS,
        Severity.WARNING,
        Outcome.FAIL,
        mask_numbers(identity.personal_number),
        tuple(sorted(places)),
        "",
    )


def _papers(identity: Identity) -> set[int]:
    return {witness.document for witness in identity.witnesses}


def _births_on(identity: Identity, document: int) -> set[str]:
    """What the best source of a paper tells: more than one birth where its print is read in several ways."""
    return {birth.text for birth in _of_best([w for w in identity.witnesses if w.document == document])}


def _best(tellers: Collection[CardRecord | Witness]) -> Birth | None:
    births = _of_best(tellers)
    if not births or not all(_agree(a.text, b.text) for a, b in combinations(births, 2)):
        return None
    return max(births, key=lambda birth: len(birth.text))


def _of_best(tellers: Collection[CardRecord | Witness]) -> list[Birth]:
    """The births that the best of the sources tells."""
    births = [birth for teller in tellers if (birth := _told(teller)) is not None]
    best = min((_BEST_FIRST.index(birth.source) for birth in births), default=0)
    return [birth for birth in births if _BEST_FIRST.index(birth.source) == best]


def _told(teller: CardRecord | Witness) -> Birth | None:
    if teller.date_of_birth is None and teller.year_of_birth is None:
        return None
    source = teller.source if isinstance(teller, Witness) else WitnessSource.QR
    source = WitnessSource.PRINT if source is WitnessSource.CLERK else source
    return Birth(teller.date_of_birth, teller.year_of_birth, source)


def _agree(one: str, other: str) -> bool:
    """As far as both are told: a year agrees with each of its days."""
    known = min(len(one), len(other))
    return one[:known] == other[:known]
