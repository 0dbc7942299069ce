"""Fixity of everything in the archive: bounded in its share of the store, resumable, with a report."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from dossier.audit import ExpectedPackage, FixityState, FixityTrouble
from dossier.audit_ports import ArchiveAuditor
from dossier.errors import StorageError, StoreConflict, StoreUnreachable
from flows.fixity_repair import compare_second, left_over, repaired, replaced_versions
from flows.fixity_report import DONE, PACKAGES, STRAYS, FixityRun, end_run, load_run, save_run, written
from flows.fixity_room import ACTOR, FixityRoom, Pace
from storage.clock import VIETNAM
from storage.fixity import ObjectFixity, check_package

log = logging.getLogger(__name__)

EXPIRING_AHEAD: Final = timedelta(days=180)
"""A signature that cannot be proven for longer than this is told."""
REPORTS: Final = "audit/fixity/"
"""Where reports lie in the bucket."""
OWN_PLACES: Final = ("sohoa/", "ledger/", "audit/")
"""What the product puts beside the packages; compared with the SHA-256 put beside each."""
_SAVE_SECONDS: Final = 5.0


def check_archive(room: FixityRoom, pace: Pace, now: Callable[[], datetime]) -> FixityRun:
    """Look at everything in the archive, going on where an interrupted run stopped; the run as it stands.

    It returns early, resumable, when `pace.ended` is set. Raises StorageError where this machine fails; a
    store that fails is a finding.
    """
    run = _begun(room, now())
    saver = _Saver(room.folder, run, pace)
    # 1. Every package that the index knows.
    if run.phase == PACKAGES:
        _check_packages(room, run, saver, pace)
    # 2. Whatever else lies in the store.
    if run.phase == STRAYS and not pace.ended.is_set():
        _check_strays(room, run, pace)
    # 3. The report, under lock and in the ledger.
    if run.phase == DONE:
        run.ended_at = now().astimezone(VIETNAM).isoformat(timespec="seconds")
        _report(room, run)
    else:
        run.interruptions += 1
        saver.save()
    return run


def _begun(room: FixityRoom, now: datetime) -> FixityRun:
    run = load_run(room.folder)
    if run is not None:
        log.info("the fixity run %s goes on after %d packages", run.run, run.packages)
        return run
    local = now.astimezone(VIETNAM)
    return FixityRun(local.strftime("%Y%m%dT%H%M%S"), local.isoformat(timespec="seconds"))


def _check_packages(room: FixityRoom, run: FixityRun, saver: _Saver, pace: Pace) -> None:
    replaced = replaced_versions(room.ledger)
    for package in room.holdings.packages(run.position):
        if pace.ended.is_set():
            return
        with _working(run, pace):
            found = list(check_package(room.auditor, package, replaced))
        troubles = [each for each in found if isinstance(each, FixityTrouble)]
        for each in found:
            if isinstance(each, ObjectFixity):
                run.count(each.state)
                run.read_bytes += each.read_bytes
                troubles += _trouble(package, each)
        with _working(run, pace):
            room = compare_second(room, run, found)
            troubles = [repaired(room, run, package, trouble) for trouble in troubles]
        for trouble in troubles:
            if trouble.state is FixityState.UNEXPECTED:
                run.count(trouble.state)
            run.tell(trouble)
        _look_at_signature(room, run, package)
        run.packages += 1
        run.position = package.prefix
        saver.save_sometimes()
    run.phase = STRAYS
    saver.save()


def _trouble(package: ExpectedPackage, found: ObjectFixity) -> list[FixityTrouble]:
    if found.state is FixityState.INTACT:
        return []
    log.warning("%s: %s (%s)", found.expected.key, found.state.value, found.detail)
    key, version = found.expected.key, found.expected.version_id
    return [FixityTrouble(key, version, found.state, found.detail, package.dossier)]


def _look_at_signature(room: FixityRoom, run: FixityRun, package: ExpectedPackage) -> None:
    try:
        until = room.provable_until(package.prefix)
    except StorageError as e:
        log.warning("the signatures of %s could not be looked at: %s", package.prefix, e)
        return
    begun = datetime.fromisoformat(run.begun_at)
    if until is not None and until - begun < EXPIRING_AHEAD:
        run.expiring.append(
            {"dossier": package.dossier, "prefix": package.prefix, "until": until.isoformat()}
        )


def _check_strays(room: FixityRoom, run: FixityRun, pace: Pace) -> None:
    """Objects of packages that the index does not know, and those that the product put beside packages."""
    known = room.holdings.prefixes()
    found: list[FixityTrouble] = []
    counts = dict.fromkeys(FixityState, 0)
    try:
        for version in room.auditor.versions(""):
            if pace.ended.is_set():
                return
            if _package_of(version.key) in known:
                continue
            with _working(run, pace):
                state, detail = _judged_stray(
                    room.auditor, version.key, version.version_id, version.is_marker
                )
            counts[state] += 1
            if state is not FixityState.INTACT:
                found.append(FixityTrouble(version.key, version.version_id, state, detail))
    except StoreUnreachable as e:
        run.count(FixityState.NOT_CHECKED)
        run.tell(FixityTrouble("", "", FixityState.NOT_CHECKED, f"what else the store has: {e}"))
    _check_left_over(room, run, known)
    for state, count in counts.items():
        run.counts[state] += count
    for trouble in found:
        run.tell(trouble)
    run.phase = DONE


def _check_left_over(room: FixityRoom, run: FixityRun, known: frozenset[str]) -> None:
    """What the second copy still has of packages that the index no longer knows, erased ones for example."""
    if room.second is None:
        return
    try:
        count, first = left_over(room.second, known)
    except StorageError:
        return  # that the copy is not there was said before
    if count:
        run.notes.append(
            f"the second copy has {count} files of packages that the index does not know: {first}"
        )


def _judged_stray(
    auditor: ArchiveAuditor, key: str, version_id: str, is_marker: bool
) -> tuple[FixityState, str]:
    if is_marker:
        return FixityState.UNEXPECTED, "a delete marker hides it"
    if not key.startswith(OWN_PLACES):
        return FixityState.UNEXPECTED, "no package that the index knows has it"
    try:
        found = auditor.fingerprint(key, version_id)
    except StoreUnreachable as e:
        return FixityState.NOT_CHECKED, str(e)
    except StorageError as e:
        return FixityState.CHANGED, e.cause
    if found.promised_sha256 not in ("", found.sha256):
        return FixityState.CHANGED, "its bytes do not match the SHA-256 put beside them"
    return FixityState.INTACT, ""


def _package_of(key: str) -> str:
    """Key prefix of the package that an object would belong to: dossiers/CODE/PACKAGE."""
    return "/".join(key.split("/")[:3])


def _report(room: FixityRoom, run: FixityRun) -> None:
    key, data = f"{REPORTS}{run.run}.json", written(run)
    said = {"run": run.run, "outcome": run.outcome, "counts": run.counts}
    try:
        kept = room.archive.put(key, data, "application/json")
        said |= {"report": key, "sha256": kept.sha256}
    except (StoreUnreachable, StoreConflict) as e:
        log.warning("the fixity report lies on this machine only: %s", e)
    room.ledger.append(ACTOR, "fixity-checked", "archive", json.dumps(said))
    end_run(room.folder, run)
    log.info("fixity of %d objects: %s", sum(run.counts.values()), run.outcome)


@contextmanager
def _working(run: FixityRun, pace: Pace) -> Iterator[None]:
    begun, rested = pace.clock(), pace.rested_seconds
    yield
    worked = pace.clock() - begun
    run.busy_seconds += worked
    pace.work_was(worked)
    run.rested_seconds += pace.rested_seconds - rested


class _Saver:
    """Writes away how far a run is, at most every few seconds."""

    def __init__(self, folder: Path, run: FixityRun, pace: Pace) -> None:
        self._folder, self._run, self._pace = folder, run, pace
        self._saved = pace.clock()

    def save_sometimes(self) -> None:
        """Save, unless that was done a moment ago."""
        if self._pace.clock() - self._saved >= _SAVE_SECONDS:
            self.save()

    def save(self) -> None:
        """Save now. Raises StorageError, DiskFull."""
        save_run(self._folder, self._run)
        self._saved = self._pace.clock()
