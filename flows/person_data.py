"""What is kept about a person: told to whoever may ask, and erased where nothing keeps it any more.

A request is answered within two working days (Luật 91/2025/QH15, NĐ 356/2025/NĐ-CP). What is archived stays
for its retention (Luật Lưu trữ 33/2024/QH15), and under a legal hold beyond it: then it is refused, with the
day and the citation. The record of what was asked and done stays in the ledger, by the person's keyed hash.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from dossier.errors import InputRefused, RetentionStands, SohoaError
from dossier.ports import Eraser
from flows.erasing import erase_here, erase_packages
from flows.holding import SHORTEST_REASON
from flows.queued_order import in_the_queue
from flows.wiring import VIETNAM, Workshop

BASIS: Final = "Luật 91/2025/QH15; NĐ 356/2025/NĐ-CP"
RETENTION_BASIS: Final = "Luật Lưu trữ 33/2024/QH15; Luật 91/2025/QH15"
_NUMBER: Final = re.compile(r"\d{9}|\d{12}", re.ASCII)
_LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")
"""For hexadecimal digits in a row would be masked as if they were a number."""


class Standing(StrEnum):
    """Why something of a person stays."""

    HOLD = "hold"
    RETENTION = "retention"
    OTHERS = "others"
    """Other people's data stands in the same archived dossier."""
    NO_ERASER = "no_eraser"
    """This machine has no credentials that may delete in the archive."""
    UNDER_WAY = "under_way"
    """A run works on it, or waits for something; what it makes would come back."""


@dataclass(frozen=True, slots=True)
class PersonDossier:
    """A dossier that a person stands in."""

    code: str
    prefixes: tuple[str, ...]
    """Its packages in the archive; none where it never got there."""
    objects: int
    retain_until: datetime | None
    """The last day until which the store keeps any of it; None where nothing is archived."""
    hold: str
    """Since when a legal hold stands; empty for none."""
    names: tuple[str, ...]
    """Under which names the person stands there."""
    others: int
    """How many other people stand there."""
    kinds: tuple[str, ...]
    """Kinds of paper that are kept of the person."""
    blobs: int
    """Scans, pictures and sealed papers that lie on this machine."""
    files: tuple[str, ...]
    """Names of the files that it came from."""


def list_person(workshop: Workshop, number: str) -> tuple[PersonDossier, ...]:
    """Everything that is kept about a person; the ledger says that somebody looked.

    Raises SohoaError where the number is none, StorageError, KeyMissing.
    """
    number = _checked(number)
    found = _dossiers(workshop, number)
    detail = {"dossiers": len(found), "basis": BASIS}
    workshop.ledger.append(
        workshop.settings.officer, "person-listed", subject_of(workshop, number), json.dumps(detail)
    )
    return found


@dataclass(frozen=True, slots=True)
class Stays:
    """Something that may not be erased, or not here."""

    dossier: str
    why: Standing
    until: datetime | None
    """For RETENTION; None otherwise."""
    basis: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an order to erase did."""

    erased: tuple[str, ...]
    """Codes of dossiers of which nothing is left."""
    stays: tuple[Stays, ...]
    objects: int
    """Versions deleted in the store."""
    blobs: int
    """Files deleted on this machine."""


@dataclass(frozen=True, slots=True)
class ErasureRequest:
    """Whom it is about, and the request that it answers."""

    number: str
    reason: str
    """For the ledger; without personal data."""


def erase_person(
    workshop: Workshop, eraser: Eraser | None, request: ErasureRequest, now: datetime | None = None
) -> Erasure:
    """Erase what nothing keeps any more; what stays is told with its reason. A second run does the rest.

    Args:
        workshop: of this machine.
        eraser: who may delete in the archive; None where nobody may.
        request: whom it is about, and why.
        now: what time it is.

    Raises SohoaError without a number or reason, StoreUnreachable, StorageError, KeyMissing.
    """
    number, now = _checked(request.number), now or datetime.now(VIETNAM)
    if len(request.reason.strip()) < SHORTEST_REASON:
        raise InputRefused("--reason", "an erasure needs the request that it answers")
    officer, subject = workshop.settings.officer, subject_of(workshop, number)
    dossiers = _dossiers(workshop, number)
    under_way, _ = in_the_queue(workshop)
    stays = [s for each in dossiers if (s := _standing(each, eraser, now, under_way)) is not None]
    staying = {each.dossier for each in stays}
    free = [each for each in dossiers if each.code not in staying]
    # 1. The order, before anything is done.
    workshop.ledger.append(
        officer,
        "person-erasure-ordered",
        subject,
        json.dumps({"reason": request.reason, "free": len(free), "staying": len(stays), "basis": BASIS}),
    )
    # 2. The archive; the store itself has the last word on locks and holds.
    erased, objects = [], 0
    for each in free:
        try:
            objects += erase_packages(workshop, eraser, each.prefixes) if eraser else 0
        except RetentionStands:
            stays.append(Stays(each.code, Standing.RETENTION, None, RETENTION_BASIS))
        else:
            erased.append(each.code)
    # 3. This machine.
    blobs = erase_here(workshop, erased)
    result = Erasure(tuple(erased), tuple(stays), objects, blobs)
    # 4. The record that survives.
    detail = {"erased": erased, "objects": objects, "files": blobs, "stays": [_told(s) for s in stays]}
    workshop.ledger.append(
        officer, "person-erased" if erased else "person-erasure-refused", subject, json.dumps(detail)
    )
    return result


def subject_of(workshop: Workshop, number: str) -> str:
    """How the ledger names a person: nobody reads the number from it, whoever has the key finds it again."""
    return f"person {workshop.keys.person(number)[:16].translate(_LETTERS)}"


def _dossiers(workshop: Workshop, number: str) -> tuple[PersonDossier, ...]:
    return tuple(_dossier(workshop, number, code) for code in workshop.people.dossiers_of(number))


def _dossier(workshop: Workshop, number: str, code: str) -> PersonDossier:
    packages = workshop.index.packages(code)
    hold = workshop.holds.find(code)
    people = workshop.people.people_of(code)
    trace = workshop.people.trace(code)
    papers = workshop.judgements.papers_of(workshop.keys.person_names(number))
    return PersonDossier(
        code=code,
        prefixes=tuple(package.prefix for package in packages),
        objects=sum(len(package.objects) for package in packages),
        retain_until=max((o.retain_until for p in packages for o in p.objects), default=None),
        hold=hold.placed_at if hold else "",
        names=tuple(p.full_name for p in people if p.personal_number == number),
        others=sum(p.personal_number != number for p in people),
        kinds=tuple(sorted({paper.kind for paper in papers if paper.dossier == code})),
        blobs=len(trace.blobs) if trace else 0,
        files=trace.files if trace else (),
    )


def _standing(
    each: PersonDossier, eraser: Eraser | None, now: datetime, under_way: Collection[str]
) -> Stays | None:
    """What keeps a dossier; None where nothing does."""
    if each.hold:
        return Stays(each.code, Standing.HOLD, None, RETENTION_BASIS)
    if each.code in under_way:
        return Stays(each.code, Standing.UNDER_WAY, None, "")
    if each.retain_until is not None and each.retain_until > now:
        return Stays(each.code, Standing.RETENTION, each.retain_until, RETENTION_BASIS)
    if each.prefixes and each.others:
        return Stays(each.code, Standing.OTHERS, None, BASIS)
    if each.prefixes and eraser is None:
        return Stays(each.code, Standing.NO_ERASER, None, "")
    return None


def _told(stays: Stays) -> dict[str, str]:
    until = stays.until.isoformat() if stays.until else ""
    return {"dossier": stays.dossier, "why": stays.why, "until": until, "basis": stays.basis}


def _checked(number: str) -> str:
    plain = re.sub(r"[\s.]", "", number)
    if not _NUMBER.fullmatch(plain):
        raise SohoaError("NUMBER", "is not a personal number of 12 digits, or an old one of 9")
    return plain
