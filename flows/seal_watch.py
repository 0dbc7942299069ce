"""Seals of archived packages are raised when the services are back, and renewed before their stamps expire.

What is archived is never changed: the raised documents go into a new package beside the old one, which says
where it came from. What is known about a package's seals is noted in the index, so that nothing is fetched in
vain.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event
from typing import Final

from dossier.archive import ArchivedObject, ArchivePackage, PackageFile, SealLevel
from dossier.description import Action, ActionKind, ActionOutcome, Agent, AgentKind, PackageDescription
from dossier.errors import RevocationUnknown, SohoaError, TimestampUnavailable
from flows.describing import library, software
from flows.holding import hold_again
from flows.wiring import VIETNAM, Workshop
from pipeline.level_check import LevelJudgement, judge_level
from pipeline.seal_raise import SealServices, raise_seal, renew_seal
from storage.codec import decode, encode
from storage.mets import describe
from storage.package import Content, put_package, read_package

log = logging.getLogger(__name__)

RENEW_AHEAD: Final = timedelta(days=180)
"""Before a stamp's certificate expires it is renewed this early: a service may be down for long."""
_NOTE: Final = "seals"
_EVERY_SECONDS: Final = 3600.0
_POLL_SECONDS: Final = 1.0
_AT_ONCE: Final = 20
"""Packages looked at in one step, so that the counter is not kept waiting."""


@dataclass(frozen=True, slots=True)
class SealState:
    """What is known about the seals of a package: those of its weakest document."""

    level: SealLevel
    renew_before: datetime | None
    """When the first of its last stamps expires; None below B-LTA."""

    def is_due(self, wanted: SealLevel, now: datetime) -> bool:
        """Whether something is owed, or about to expire."""
        expires = self.renew_before is not None and self.renew_before - now < RENEW_AHEAD
        return self.level < wanted or expires


def seal_state(workshop: Workshop, package: ArchivePackage, now: datetime) -> SealState:
    """The state as noted, else as found in the package, which is then noted. Raises StorageError."""
    for note in reversed(workshop.index.follow_ups(package.dossier)):
        if note.kind == _NOTE and note.prefix == package.prefix:
            said = json.loads(note.detail)
            until = said["renew_before"]
            return SealState(SealLevel[said["level"]], datetime.fromisoformat(until) if until else None)
    services = workshop.seal_services()
    judged = [judge_level(_data(workshop, kept), services.roots, now) for kept in package.renditions]
    return _noted(workshop, package, judged)


def raise_package(workshop: Workshop, package: ArchivePackage, now: datetime) -> ArchivePackage:
    """A new package with the seals raised to the level that is wanted, or renewed.

    Raises TimestampUnavailable or RevocationUnknown where a service is down: nothing was changed then.
    """
    _, manifest = read_package(workshop.archive, package.prefix)
    services, wanted = workshop.seal_services(), workshop.wanted_level()
    raised = {
        kept.key.removeprefix(f"{package.prefix}/"): _improved(_data(workshop, kept), services, wanted, now)
        for kept in package.renditions
    }
    files: list[tuple[PackageFile, Content]] = [
        _raised_file(file, raised[file.path])
        if file.path in raised
        else (file, _fetch(workshop, package, file))
        for file in manifest.files
        if file.role != "description"
    ]
    about = {**manifest.about, "seals_raised_from": package.prefix}
    if "description" in manifest.about:
        old = decode(PackageDescription, json.dumps(manifest.about["description"]).encode())
        told = replace(old, actions=(*old.actions, _action(services, wanted, now, tuple(raised))))
        about["description"] = json.loads(encode(told))
        files += describe(told, [file for file, _ in files])
    digest = hashlib.sha256(json.dumps([package.prefix, *(f.sha256 for f, _ in files)]).encode()).hexdigest()
    made = put_package(
        workshop.archive,
        workshop.index,
        package.dossier,
        f"{package.prefix.rsplit('/', 1)[0]}/{digest[:16]}",
        files,
        about,
        manifest.summary,
    )
    hold_again(workshop, made.dossier)
    state = _noted(workshop, made, [judge_level(data, services.roots, now) for data in raised.values()])
    workshop.ledger.append_once(
        "sohoa",
        "seals-raised",
        package.dossier,
        json.dumps({"prefix": made.prefix, "level": state.level.label}),
    )
    return made


class SealWatch:
    """Looks once an hour which packages owe something, a few at a time."""

    def __init__(
        self, workshop: Workshop, clock: Callable[[], datetime] = lambda: datetime.now(VIETNAM)
    ) -> None:
        self._workshop, self._clock = workshop, clock
        self._look_at = 0.0

    def step(self, now: float) -> int:
        """Raise what is due; how many packages were. `now` in seconds of a steady clock."""
        if now < self._look_at:
            return 0
        self._look_at = now + _EVERY_SECONDS
        raised = 0
        for dossier in self._workshop.index.dossiers():
            if raised >= _AT_ONCE:
                self._look_at = now
                break
            try:
                raised += self._look_after(dossier)
            except (TimestampUnavailable, RevocationUnknown) as error:
                log.warning("seals are raised later: %s", error)
                break
            except SohoaError as error:
                log.warning("the seals of dossier %s could not be looked after: %s", dossier, error)
        return raised

    def _look_after(self, dossier: str) -> int:
        package, now = self._workshop.index.package(dossier), self._clock()
        if package is None or not seal_state(self._workshop, package, now).is_due(
            self._workshop.wanted_level(), now
        ):
            return 0
        made = raise_package(self._workshop, package, now)
        log.info("seals of dossier %s raised: %s", dossier, made.prefix)
        return 1


def watch_seals(workshop: Workshop, ended: Event) -> None:
    """Look after seals until the end; without a time stamping service there is nothing to do."""
    if not workshop.settings.timestamp_url:
        return
    watch = SealWatch(workshop)
    while not ended.wait(_POLL_SECONDS):
        watch.step(time.monotonic())


def _improved(data: bytes, services: SealServices, wanted: SealLevel, now: datetime) -> bytes:
    judgement = judge_level(data, services.roots, now)
    if judgement.level < wanted:
        return raise_seal(data, wanted, services)
    expires = judgement.renew_before
    return renew_seal(data, services) if expires is not None and expires - now < RENEW_AHEAD else data


def _noted(workshop: Workshop, package: ArchivePackage, judged: list[LevelJudgement]) -> SealState:
    """The state of the weakest document, noted in the index."""
    level = min((j.level for j in judged), default=SealLevel.B_LTA)
    until = min((j.renew_before for j in judged if j.renew_before is not None), default=None)
    detail = {"level": level.name, "renew_before": until.isoformat() if until else None}
    workshop.index.follow_up(package, _NOTE, json.dumps(detail))
    return SealState(level, until)


def _action(services: SealServices, wanted: SealLevel, now: datetime, paths: tuple[str, ...]) -> Action:
    return Action(
        ActionKind.SEAL_RAISED,
        now.astimezone(VIETNAM).isoformat(timespec="milliseconds"),
        (software(), library("pyhanko"), Agent(AgentKind.ORGANISATION, services.timestamp_url)),
        ActionOutcome.SUCCESS,
        f"PAdES {wanted.label}",
        used=paths,
    )


def _data(workshop: Workshop, kept: ArchivedObject) -> bytes:
    return workshop.archive.get(kept.key, kept.version_id)


def _raised_file(file: PackageFile, data: bytes) -> tuple[PackageFile, bytes]:
    digest = hashlib.sha256(data).hexdigest()
    return PackageFile(file.path, file.role, digest, len(data), file.media_type), data


def _fetch(workshop: Workshop, package: ArchivePackage, file: PackageFile) -> Callable[[], bytes]:
    return lambda: workshop.archive.get(f"{package.prefix}/{file.path}")
