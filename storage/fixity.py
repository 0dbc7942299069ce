"""Fixity of one package: its objects and versions read anew, compared with what was archived."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Final

from dossier.audit import (
    ExpectedObject,
    ExpectedPackage,
    Fingerprint,
    FixityState,
    FixityTrouble,
    KeptVersion,
)
from dossier.audit_ports import ArchiveAuditor
from dossier.errors import NotInArchive, StorageError, StoreUnreachable
from storage.package import MANIFEST, read_manifest

_Versions = Mapping[str, list[KeptVersion]]
_TORN: Final = "its bytes do not match their SHA-256"


@dataclass(frozen=True, slots=True)
class ObjectFixity:
    """What looking at one expected object showed."""

    expected: ExpectedObject
    state: FixityState
    detail: str
    """What is wrong; empty where nothing is."""
    read_bytes: int


def check_object(auditor: ArchiveAuditor, expected: ExpectedObject, version_id: str) -> ObjectFixity:
    """Read one object to its end and compare it; a difference counts when a second reading shows it too.

    Nothing is raised for an object that is damaged or a store that is down: that is the judgement.
    """
    read, wrong = 0, _TORN
    for _ in range(2):
        try:
            found = auditor.fingerprint(expected.key, version_id)
        except NotInArchive:
            return ObjectFixity(expected, FixityState.MISSING, "the store does not have it", read)
        except StoreUnreachable as e:
            return ObjectFixity(expected, FixityState.NOT_CHECKED, str(e), read)
        except StorageError as e:
            wrong = e.cause
            continue
        read += found.size_bytes
        if _matches(found, expected):
            return ObjectFixity(expected, FixityState.INTACT, "", read)
        wrong = _TORN
    return ObjectFixity(expected, FixityState.CHANGED, wrong, read)


def check_package(
    auditor: ArchiveAuditor, package: ExpectedPackage, replaced: Set[str]
) -> Iterator[ObjectFixity | FixityTrouble]:
    """Every object of a package, then what lies beside them and should not.

    Args:
        replaced: `version_digest` of versions that a repair put others in the place of.
    """
    # 1. What the store lists: an object that is not listed need not be asked for.
    try:
        listed = _listed(auditor, f"{package.prefix}/")
    except StorageError as e:
        for each in package.objects:
            yield ObjectFixity(each, FixityState.NOT_CHECKED, str(e), 0)
        return
    # 2. Every byte of every expected version; the manifest, which is read once, is kept.
    written: bytes | None = None
    for each in package.objects:
        if not any(version.version_id == each.version_id for version in listed[each.key]):
            yield ObjectFixity(each, FixityState.MISSING, "the store does not have it", 0)
            continue
        if each.key == _manifest_key(package) and (written := _fetched(auditor, each)) is not None:
            yield ObjectFixity(each, FixityState.INTACT, "", each.size_bytes)
        else:
            yield check_object(auditor, each, each.version_id)
    # 3. The manifest promises these objects, and no others.
    yield from _against_manifest(package, written)
    # 4. Objects, versions and delete markers that no package put there.
    expected = {(each.key, each.version_id) for each in package.objects}
    for key in sorted(listed):
        for version in listed[key]:
            if (key, version.version_id) in expected or version_digest(key, version.version_id) in replaced:
                continue
            yield _unexpected(package, version)


def version_digest(key: str, version_id: str) -> str:
    """How the ledger names a version: digits in some stores' ids would be masked as personal numbers."""
    return hashlib.sha256(f"{key}\n{version_id}".encode()).hexdigest()


def newest_intact(auditor: ArchiveAuditor, expected: ExpectedObject) -> bool:
    """Whether the copy, which keeps no versions, has the right bytes. Raises StoreUnreachable."""
    found = check_object(auditor, expected, "")
    if found.state is FixityState.NOT_CHECKED:
        raise StoreUnreachable(expected.key, found.detail)
    return found.state is FixityState.INTACT


def _matches(found: Fingerprint, expected: ExpectedObject) -> bool:
    return found.sha256 == expected.sha256 and found.size_bytes == expected.size_bytes


def _listed(auditor: ArchiveAuditor, prefix: str) -> dict[str, list[KeptVersion]]:
    listed: dict[str, list[KeptVersion]] = defaultdict(list)
    for version in auditor.versions(prefix):
        listed[version.key].append(version)
    return listed


def _manifest_key(package: ExpectedPackage) -> str:
    return f"{package.prefix}/{MANIFEST}"


def _fetched(auditor: ArchiveAuditor, expected: ExpectedObject) -> bytes | None:
    """The bytes of an object that is what was archived; None for any other."""
    try:
        data = auditor.fetch(expected.key, expected.version_id)
    except StorageError:
        return None
    return data if hashlib.sha256(data).hexdigest() == expected.sha256 else None


def _against_manifest(package: ExpectedPackage, written: bytes | None) -> Iterator[FixityTrouble]:
    """Where the index says something else than the manifest that was sealed with the package."""
    key = _manifest_key(package)
    last = next((each for each in package.objects if each.key == key), None)
    trouble = FixityTrouble(key, "", FixityState.CHANGED, "", package.dossier)
    if last is None or last.sha256 != package.manifest_sha256:
        yield replace(trouble, detail="the index does not know the manifest that it names")
        return
    if written is None:
        return  # said already
    promised = {f"{package.prefix}/{file.path}": file.sha256 for file in read_manifest(written, key).files}
    known = {each.key: each.sha256 for each in package.objects if each.key != key}
    for name in sorted(promised.keys() | known.keys()):
        if promised.get(name) != known.get(name):
            yield replace(trouble, key=name, detail="the index and the package's manifest differ")


def _unexpected(package: ExpectedPackage, version: KeptVersion) -> FixityTrouble:
    known = {each.key for each in package.objects}
    if version.is_marker:
        detail = "a delete marker hides it"
    elif version.key in known:
        detail = "a version that the product did not put there"
    else:
        detail = "an object that the package does not have"
    return FixityTrouble(version.key, version.version_id, FixityState.UNEXPECTED, detail, package.dossier)
