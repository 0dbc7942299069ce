"""A trial of the identity verdict: generated dossiers, degraded, read and judged as real ones are."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np

from dossier.identity import Identity, IdentityVerdict
from dossier.page import Extraction, RecognisedPage, ScannedPage, SourceFile, StoredObject
from flows.reading import open_reader
from flows.settings import Settings
from models.card import parse_card_qr
from models.kinds import group_pages
from models.mrz import card_zone, zones_on
from pipeline.reading import read_page
from scanners.samples.light import LightDossier, LightPage, light_dossier
from storage.codec import decode, encode
from validators.identity import identities_of
from validators.identity_findings import check_identities

CONTRADICTED: Final = "contradicted"
"""Names the dossiers whose form has another number than their card."""


class TrialOutcome(StrEnum):
    """What the product said about the one person of a dossier."""

    CONFIRMED = "confirmed"
    WRONG = "wrong"
    """Confirmed a number that is not the person's, or one that its papers disagree about."""
    SINGLE = "single"
    CONFLICT = "conflict"
    NOT_COMPARED = "not_compared"
    """The person's number is right and sure; the form's could not be read, and the clerk was told so."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Trial:
    """One dossier of the trial."""

    dossier: int
    degradation: str
    """Name of the degradation, "none" for a clean scan."""
    strength: int
    """1 to 3; 0 for a clean scan."""
    dpi: float
    has_card: bool
    disagrees: bool
    code_legible: bool
    """A card's QR code or a zone whose check digits hold was read."""
    outcome: TrialOutcome
    judging_seconds: float
    """From the last page read to the verdict with its findings."""


@dataclass(frozen=True, slots=True)
class Series:
    """Which dossiers are tried: all of them, or a part that is judged while something is being worked on."""

    dossiers: int
    """How many the whole series has; `only` takes from these and changes none of them."""
    seed: int
    only: tuple[str, ...] = ()
    """A degradation ("worn"), one with its strength ("worn 3"), CONTRADICTED, "card" or "print"; several
    are alternatives, and without one all dossiers are meant."""

    def numbers(self) -> Iterator[int]:
        """The numbers of the dossiers that are meant, in their order."""
        for number in range(self.dossiers):
            if not self.only or names_of(light_dossier(number, self.seed, rendered=False)) & set(self.only):
                yield number


def names_of(dossier: LightDossier) -> frozenset[str]:
    """By which names a part of the series takes this dossier in."""
    names = {"card" if dossier.has_card else "print"}
    names |= {CONTRADICTED} if dossier.disagrees else set()
    for kind, strength in dossier.steps or (("none", 0),):
        names |= {str(kind), f"{kind} {strength}"}
    return frozenset(names)


def trials(settings: Settings, series: Series, readings: Path | None = None) -> Iterator[Trial]:
    """Generate, degrade, read and judge, one dossier after the other.

    Args:
        readings: folder in which readings are kept; a second run judges what the first read.
    """
    for number in series.numbers():
        kept = readings / f"{series.seed}-{number:05d}.json" if readings is not None else None
        is_read = kept is not None and kept.exists()
        yield _trial(settings, light_dossier(number, series.seed, rendered=not is_read), kept)


def _trial(settings: Settings, dossier: LightDossier, kept: Path | None) -> Trial:
    pages = _read(settings, dossier, kept)
    started = time.perf_counter()
    documents = group_pages(pages)
    identities = identities_of(documents)
    check_identities([(identity, None) for identity in identities], documents)
    judging = time.perf_counter() - started
    kind, strength = dossier.steps[0] if dossier.steps else ("none", 0)
    return Trial(
        dossier=dossier.number,
        degradation=str(kind),
        strength=strength,
        dpi=pages[0].page.dpi,
        has_card=dossier.has_card,
        disagrees=dossier.disagrees,
        code_legible=any(_shows_code(page) for page in pages),
        outcome=outcome_of(identities, dossier),
        judging_seconds=judging,
    )


def outcome_of(identities: tuple[Identity, ...], dossier: LightDossier) -> TrialOutcome:
    """The verdict over the dossier's one person; one wrong confirmation outweighs everything."""
    confirmed = {i.personal_number for i in identities if i.verdict is IdentityVerdict.CONFIRMED}
    if confirmed - {dossier.person.personal_number} or (confirmed and dossier.disagrees):
        return TrialOutcome.WRONG
    if confirmed:
        return TrialOutcome.CONFIRMED
    verdicts = {i.verdict for i in identities}
    sure = {i.personal_number for i in identities if i.verdict is IdentityVerdict.NOT_COMPARED}
    if sure - {dossier.person.personal_number}:
        return TrialOutcome.WRONG
    if IdentityVerdict.CONFLICT in verdicts:
        return TrialOutcome.CONFLICT
    if IdentityVerdict.SINGLE_WITNESS in verdicts:
        return TrialOutcome.SINGLE
    return TrialOutcome.NOT_COMPARED if sure else TrialOutcome.UNREADABLE


def _read(settings: Settings, dossier: LightDossier, kept: Path | None) -> tuple[RecognisedPage, ...]:
    if kept is not None and kept.exists():
        return decode(tuple[RecognisedPage, ...], kept.read_bytes())
    pages = tuple(_read_one(settings, page) for page in dossier.pages)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(encode(pages))
    return pages


def _read_one(settings: Settings, page: LightPage) -> RecognisedPage:
    picture = np.ascontiguousarray(page.picture[:, :, ::-1])
    digest = hashlib.sha256(picture.tobytes()).hexdigest()
    stored = StoredObject(digest, digest, picture.nbytes, "image/png")
    height, width = picture.shape[:2]
    scanned = ScannedPage(
        SourceFile(page.name, stored), 1, stored, Extraction.AS_SCANNED, width, height, page.dpi
    )
    return read_page(scanned, picture, open_reader(settings.model_cache))


def _shows_code(page: RecognisedPage) -> bool:
    codes = any(parse_card_qr(code.text) is not None for code in page.codes)
    return codes or any(card_zone(lines) is not None for lines in zones_on(page))
