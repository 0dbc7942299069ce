"""Dossiers whose retention has ended: listed, decided on by people, disposed of, and recorded in the ledger.

What is disposed of is exactly what was decided on (Luật Lưu trữ 33/2024/QH15): the list names every package
with the digest of its manifest, and a dossier that is no longer as the list says stays. The ledger keeps who
ordered it, by which decision, under which list, and for each dossier what it was; no personal data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from dossier.audit import ExpectedPackage
from dossier.desk import DeskState
from dossier.errors import DisposalRefused, RetentionStands
from dossier.ports import Eraser
from flows.erasing import erase_here, erase_packages
from flows.holding import SHORTEST_REASON
from flows.person_data import RETENTION_BASIS
from flows.queued_order import in_the_queue
from flows.wiring import VIETNAM, Workshop
from storage.holdings import SqlHoldings

FORM: Final = "sohoa-disposal-1"
_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class ListedPackage:
    """A package of a dossier that may go."""

    prefix: str
    manifest_sha256: str
    objects: int


@dataclass(frozen=True, slots=True)
class ListedDossier:
    """A dossier whose retention has ended."""

    code: str
    retained_until: str
    """The last day until which the store kept any of it, ISO 8601."""
    packages: tuple[ListedPackage, ...]


@dataclass(frozen=True, slots=True)
class DisposalList:
    """What people decide on."""

    drawn_at: str
    dossiers: tuple[ListedDossier, ...]

    @property
    def sha256(self) -> str:
        """By which a decision and the ledger name this list and no other."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Disposal:
    """What was done."""

    decision: str
    list_sha256: str
    disposed: tuple[str, ...]
    stays: tuple[tuple[str, str], ...]
    """Dossiers that stay, each with why: hold, retention, changed, unknown, waits."""
    objects: int
    blobs: int
    """Files on this machine."""


def draw_list(workshop: Workshop, now: datetime) -> DisposalList:
    """Every dossier that nothing keeps any more. Raises StorageError, KeyMissing."""
    held = {hold.dossier for hold in workshop.holds.standing()}
    waiting = _waiting(workshop)
    found = []
    holdings = SqlHoldings(workshop.settings.database)
    try:
        for code, packages in _by_dossier(holdings.packages()):
            listed = _listed(code, packages)
            is_over = datetime.fromisoformat(listed.retained_until) <= now
            if is_over and code not in held and code not in waiting:
                found.append(listed)
    finally:
        holdings.close()
    return DisposalList(now.isoformat(timespec="seconds"), tuple(found))


def write_list(drawn: DisposalList) -> str:
    """A list as people read it and the product reads it again: JSON."""
    said = {"form": FORM, "sha256": drawn.sha256, "basis": RETENTION_BASIS, **asdict(drawn)}
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def read_list(written: str) -> DisposalList:
    """A list that `write_list` wrote, unchanged. Raises DisposalRefused."""
    try:
        said = json.loads(written)
        dossiers = tuple(_dossier_of(each) for each in said["dossiers"])
        drawn = DisposalList(str(said["drawn_at"]), dossiers)
        form, digest = said["form"], said["sha256"]
    except (ValueError, KeyError, TypeError) as e:
        raise DisposalRefused("list", "is not a list of dossiers to be disposed of") from e
    if form != FORM or digest != drawn.sha256:
        raise DisposalRefused("list", "was changed after it was drawn")
    return drawn


def dispose(
    workshop: Workshop, eraser: Eraser | None, drawn: DisposalList, decision: str, now: datetime | None = None
) -> Disposal:
    """Dispose of what a list names, where it still is as listed and nothing keeps it.

    A run that was stopped is run again with the same list. Raises DisposalRefused without a decision or where
    this machine may not delete in the store, StoreUnreachable, StorageError, KeyMissing.
    """
    now = now or datetime.now(VIETNAM)
    if len(decision.strip()) < SHORTEST_REASON:
        raise DisposalRefused("--decision", "names no decision: its number and day")
    if eraser is None:
        raise DisposalRefused(
            "SOHOA_STORE_ERASER_ACCESS_KEY", "is not set; this machine may not delete there"
        )
    officer, subject = workshop.settings.officer, f"disposal {drawn.sha256[:16]}"
    # 1. The order, before anything is done.
    said: dict[str, Any] = {"decision": decision, "list_sha256": drawn.sha256, "basis": RETENTION_BASIS}
    order = {**said, "dossiers": len(drawn.dossiers)}
    workshop.ledger.append_once(officer, "disposal-ordered", subject, json.dumps(order))
    # 2. Each dossier.
    waiting = _waiting(workshop)
    run = _Run(workshop, eraser, said)
    for listed in drawn.dossiers:
        run.take(listed, "waits" if listed.code in waiting else _standing(workshop, listed, now))
    run.finish()
    # 3. The end.
    done = Disposal(decision, drawn.sha256, tuple(run.disposed), tuple(run.stays), run.objects, run.blobs)
    ended = {**said, "disposed": len(done.disposed), "stays": len(done.stays), "objects": done.objects}
    workshop.ledger.append(officer, "disposal-ended", subject, json.dumps(ended))
    return done


class _Run:
    """Dossiers on their way out, some at a time: what others need is looked up once for all of them."""

    def __init__(self, workshop: Workshop, eraser: Eraser, said: dict[str, Any]) -> None:
        self._workshop, self._eraser, self._said = workshop, eraser, said
        self._going: list[ListedDossier] = []
        self.disposed: list[str] = []
        self.stays: list[tuple[str, str]] = []
        self.objects = self.blobs = 0

    def take(self, listed: ListedDossier, why_it_stays: str) -> None:
        """Out of the archive, where the store itself has the last word, and out of the second copy."""
        if not why_it_stays:
            try:
                prefixes = [package.prefix for package in listed.packages]
                self.objects += erase_packages(self._workshop, self._eraser, prefixes)
            except RetentionStands:
                why_it_stays = "retention"
        if why_it_stays:
            self.stays.append((listed.code, why_it_stays))
            return
        self._going.append(listed)
        if len(self._going) == _AT_ONCE:
            self.finish()

    def finish(self) -> None:
        """Into the ledger, and out of this machine, which forgets last that there was anything to be done."""
        for listed in self._going:
            record = {**self._said, "retained_until": listed.retained_until}
            record["packages"] = [asdict(package) for package in listed.packages]
            officer = self._workshop.settings.officer
            self._workshop.ledger.append_once(officer, "disposed", listed.code, json.dumps(record))
            self.disposed.append(listed.code)
        self.blobs += erase_here(self._workshop, [listed.code for listed in self._going])
        self._going = []


def _standing(workshop: Workshop, listed: ListedDossier, now: datetime) -> str:
    """What keeps a dossier now; empty where nothing does."""
    packages = workshop.index.packages(listed.code)
    if not packages:
        return "unknown"
    if workshop.holds.find(listed.code) is not None:
        return "hold"
    here = {(package.prefix, package.manifest_sha256) for package in packages}
    if here != {(package.prefix, package.manifest_sha256) for package in listed.packages}:
        return "changed"
    if max((o.retain_until for package in packages for o in package.objects), default=now) > now:
        return "retention"
    return ""


def _waiting(workshop: Workshop) -> frozenset[str]:
    """Dossiers that a run, a clerk or the register still works on."""
    register = {wait.order.dossier for wait in workshop.waits.open()}
    runs = workshop.desk.codes(DeskState.READING, DeskState.SEALING, DeskState.WAITING)
    queued, _ = in_the_queue(workshop)
    return frozenset(register.union(workshop.reviews.waiting(), runs, queued))


def _by_dossier(packages: Iterator[ExpectedPackage]) -> Iterator[tuple[str, list[ExpectedPackage]]]:
    """Packages come by prefix, which begins with the dossier: those of one follow one another."""
    for code, mine in groupby(packages, lambda package: package.dossier):
        yield code, list(mine)


def _listed(code: str, packages: list[ExpectedPackage]) -> ListedDossier:
    until = max(each.retain_until for package in packages for each in package.objects)
    listed = tuple(ListedPackage(p.prefix, p.manifest_sha256, len(p.objects)) for p in packages)
    return ListedDossier(code, until.isoformat(), listed)


def _dossier_of(said: dict[str, Any]) -> ListedDossier:
    packages = tuple(ListedPackage(**package) for package in said["packages"])
    return ListedDossier(str(said["code"]), str(said["retained_until"]), packages)
