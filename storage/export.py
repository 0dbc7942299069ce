"""Out of the archive again: writing a package to a folder, and checking that nothing has changed in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dossier.archive import ArchivedObject, ArchivePackage
from dossier.errors import StorageError, StoreUnreachable
from dossier.ports import Archive
from storage.files import private_folder, translated, write_whole
from storage.package import MANIFEST, Manifest, read_manifest


class FixityOutcome(StrEnum):
    """What re-reading an object showed."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    NOT_CHECKED = "not_checked"
    """The store did not answer."""


@dataclass(frozen=True, slots=True)
class Fixity:
    """The judgement over one archived object."""

    key: str
    outcome: FixityOutcome
    detail: str
    """What is wrong; empty on a pass."""


def check_fixity(archive: Archive, package: ArchivePackage) -> tuple[Fixity, ...]:
    """Read every object of a package again and compare it with what was archived, the manifest last.

    Nothing is raised for a package that is damaged or a store that is down: that is the judgement.
    """
    last = _manifest_object(package)
    read = _read_manifest(archive, package, last)
    judgement = read if isinstance(read, Fixity) else _check_object(archive, last)
    promised = _promised(package, read) if isinstance(read, Manifest) else None
    data = package.objects[:-1]
    judgements = [_check_object(archive, kept, promised) for kept in data]
    lost = sorted((promised or {}).keys() - {kept.key for kept in data})
    absent = [Fixity(key, FixityOutcome.FAIL, "the manifest names it, the package lacks it") for key in lost]
    return (*judgements, *absent, judgement)


def export_package(archive: Archive, package: ArchivePackage, to: Path) -> tuple[Path, ...]:
    """Write a package's files under a folder that is new or empty; the paths written, manifest last.

    Every file is compared with the manifest before it is written.
    Raises StorageError where the folder holds something or a file is damaged, NotInArchive, DiskFull.
    """
    with translated(to):
        if to.exists() and (not to.is_dir() or any(to.iterdir())):
            raise StorageError(str(to), "is not an empty folder; nothing was written")
        private_folder(to)
    last = _manifest_object(package)
    written = archive.get(last.key, last.version_id)
    if hashlib.sha256(written).hexdigest() != package.manifest_sha256:
        raise StorageError(last.key, "the manifest is damaged")
    versions = {kept.key: kept.version_id for kept in package.objects}
    paths = []
    for file in read_manifest(written, last.key).files:
        key = f"{package.prefix}/{file.path}"
        data = archive.get(key, versions.get(key, ""))
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise StorageError(key, "does not match its SHA-256 in the manifest")
        write_whole(to / file.path, data)
        paths.append(to / file.path)
    write_whole(to / MANIFEST, written)
    return (*paths, to / MANIFEST)


def _read_manifest(archive: Archive, package: ArchivePackage, last: ArchivedObject) -> Manifest | Fixity:
    try:
        written = archive.get(last.key, last.version_id)
        if hashlib.sha256(written).hexdigest() != package.manifest_sha256:
            return Fixity(last.key, FixityOutcome.FAIL, "the manifest is not the one that was archived")
        return read_manifest(written, last.key)
    except StorageError as e:
        return _failed(last.key, e)


def _promised(package: ArchivePackage, manifest: Manifest) -> dict[str, str]:
    return {f"{package.prefix}/{file.path}": file.sha256 for file in manifest.files}


def _check_object(
    archive: Archive, kept: ArchivedObject, promised: Mapping[str, str] | None = None
) -> Fixity:
    try:
        # 1. The bytes are those that were archived.
        digest = hashlib.sha256(archive.get(kept.key, kept.version_id)).hexdigest()
        if digest != kept.sha256:
            return Fixity(kept.key, FixityOutcome.FAIL, "its bytes do not match their SHA-256")
        # 2. They are those that the manifest promises.
        if promised is not None and promised.get(kept.key) != digest:
            return Fixity(kept.key, FixityOutcome.FAIL, "the manifest does not promise these bytes")
        # 3. The store keeps them at least as long as it said.
        if archive.describe(kept.key, kept.version_id).retain_until < kept.retain_until:
            return Fixity(kept.key, FixityOutcome.FAIL, "its retention was shortened")
    except StorageError as e:
        return _failed(kept.key, e)
    return Fixity(kept.key, FixityOutcome.PASS, "")


def _failed(key: str, error: StorageError) -> Fixity:
    """A store that does not answer proves nothing; every other trouble is a failure."""
    unknown = isinstance(error, StoreUnreachable)
    return Fixity(key, FixityOutcome.NOT_CHECKED if unknown else FixityOutcome.FAIL, str(error))


def _manifest_object(package: ArchivePackage) -> ArchivedObject:
    if not package.objects or package.objects[-1].key != f"{package.prefix}/{MANIFEST}":
        raise StorageError(package.prefix, "the package has no manifest at its end")
    return package.objects[-1]
