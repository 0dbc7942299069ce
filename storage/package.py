"""Packages: a dossier's files in the archive, made whole by their manifest.

Data files come first and the manifest last: a package exists only with its manifest. Keys are the same on
every run, and the store takes the same bytes twice, so a run that was killed anywhere is simply run again.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeAlias

from dossier.archive import ArchivedObject, ArchivePackage, PackageFile
from dossier.errors import NotInArchive, StorageError, StoreConflict
from dossier.ports import Archive, Index
from storage.clock import VIETNAM, Clock, vietnam_now

log = logging.getLogger(__name__)

FORMAT: Final = "sohoa-package-1"
MANIFEST: Final = "manifest.json"
LONGEST_DAYS: Final = 36_525
"""A hundred years: what stands for ever in a store."""

Content: TypeAlias = bytes | Callable[[], bytes]
"""The bytes of a file, or what fetches them when their turn comes."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package consists of."""

    dossier: str
    prefix: str
    files: tuple[PackageFile, ...]
    """Data files, in the order in which they were put."""
    about: Mapping[str, Any]
    """Whatever the maker of the package wanted to say beyond its files."""
    archived_at: str
    """When the manifest was written, ISO 8601, +07:00; it tells which of two packages is the newer one."""
    summary: str
    """The report over the dossier, JSON, so that the index can be made anew from the store alone."""


def put_package(
    archive: Archive,
    index: Index,
    dossier: str,
    prefix: str,
    files: Sequence[tuple[PackageFile, Content]],
    about: Mapping[str, Any],
    summary: str = "",
    clock: Clock = vietnam_now,
) -> ArchivePackage:
    """Put a dossier's files and their manifest into the archive, then into the index.

    Args:
        prefix: key prefix, `dossiers/<dossier>/<package>`, the same on every run over the same content.
        files: descriptions with their bytes; bytes that do not fit their description are refused.
        about: what the manifest says beyond its files; plain data. Under `retention` it may say for how many
            `days` the package is locked, and for how many single `files`, by path.
        summary: the report as JSON, for the index; `about` as JSON where none is given.

    Raises StoreConflict where a package of other files stands under this prefix already, StorageError.
    """
    described = tuple(each for each, _ in files)
    now = clock().astimezone(VIETNAM).isoformat(timespec="milliseconds")
    manifest = Manifest(dossier, prefix, described, about, now, summary)
    _check_names(manifest)
    # 1. What is whole already stays as it is; only the index may have missed it.
    finished = _finished(archive, manifest)
    if finished is not None:
        return _recorded(index, *finished)
    # 2. The data files, in their order.
    kept = [_put_file(archive, manifest, each, content) for each, content in files]
    # 3. The manifest makes the package whole.
    try:
        written = write_manifest(manifest)
        kept.append(_put_manifest(archive, manifest, written))
        package = ArchivePackage(dossier, prefix, hashlib.sha256(written).hexdigest(), tuple(kept))
    except StoreConflict:
        # Another run of the same dossier came first by a moment; its manifest stands.
        finished = _finished(archive, manifest)
        if finished is None:
            raise
        package, manifest = finished
    # 4. From now on it can be found.
    return _recorded(index, package, manifest)


def find_package(archive: Archive, dossier: str) -> ArchivePackage | None:
    """The newest package of a dossier as the store has it, without any index. Raises StorageError."""
    packages = _packages(archive, dossier)
    return packages[-1][0] if packages else None


def restore_index(archive: Archive, index: Index, dossier: str) -> int:
    """Enter every package of a dossier that the store has into the index; how many there are."""
    packages = _packages(archive, dossier)
    for package, manifest in packages:
        _recorded(index, package, manifest)
    return len(packages)


def restore_package(
    archive: Archive, index: Index, written: bytes, fetch: Callable[[str], bytes]
) -> ArchivePackage:
    """Put a package back from its manifest, byte for byte as it was; `fetch` gives the bytes of a path.

    Raises StorageError where a file is not what the manifest says, StoreConflict where others stand there.
    """
    manifest = read_manifest(written)
    kept = [
        _put_file(archive, manifest, file, lambda path=file.path: fetch(path))  # type: ignore[misc]
        for file in manifest.files
    ]
    kept.append(_put_manifest(archive, manifest, written))
    digest = hashlib.sha256(written).hexdigest()
    return _recorded(index, ArchivePackage(manifest.dossier, manifest.prefix, digest, tuple(kept)), manifest)


def read_package(archive: Archive, prefix: str) -> tuple[ArchivePackage, Manifest]:
    """A package and its manifest, from the store alone.

    Raises NotInArchive where there is no manifest, StorageError where it is none of ours.
    """
    key = _key(prefix, MANIFEST)
    last = archive.describe(key)
    written = archive.get(key, last.version_id)
    manifest = read_manifest(written, key)
    if manifest.prefix != prefix:
        raise StorageError(key, f"is the manifest of {manifest.prefix}")
    kept = (*(archive.describe(_key(prefix, file.path)) for file in manifest.files), last)
    return ArchivePackage(manifest.dossier, prefix, hashlib.sha256(written).hexdigest(), kept), manifest


def write_manifest(manifest: Manifest) -> bytes:
    """Canonical JSON: UTF-8, sorted keys, no spaces, one line."""
    data = {
        "format": FORMAT,
        "dossier": manifest.dossier,
        "prefix": manifest.prefix,
        "files": [asdict(file) for file in manifest.files],
        "about": dict(manifest.about),
        "archived_at": manifest.archived_at,
        "summary": manifest.summary,
    }
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode() + b"\n"


def read_manifest(written: bytes, name: str = MANIFEST) -> Manifest:
    """The manifest that `write_manifest` wrote. Raises StorageError, naming the file."""
    try:
        data = json.loads(written)
        if data["format"] != FORMAT:
            raise StorageError(name, f"is of the unknown format {data['format']!r}")
        files = tuple(PackageFile(**file) for file in data["files"])
        said = {name: data[name] for name in ("dossier", "prefix", "about", "archived_at", "summary")}
        manifest = Manifest(files=files, **said)
    except (ValueError, KeyError, TypeError) as e:
        raise StorageError(name, "is not a manifest") from e
    _check_names(manifest)
    return manifest


def _packages(archive: Archive, dossier: str) -> list[tuple[ArchivePackage, Manifest]]:
    """Every whole package of a dossier, oldest first."""
    end = f"/{MANIFEST}"
    keys = [key for key in archive.list(f"{_folder(dossier)}/") if key.endswith(end)]
    found = [read_package(archive, key.removesuffix(end)) for key in keys]
    return sorted(found, key=lambda each: (each[1].archived_at, each[0].prefix))


def _finished(archive: Archive, wanted: Manifest) -> tuple[ArchivePackage, Manifest] | None:
    try:
        package, manifest = read_package(archive, wanted.prefix)
    except NotInArchive:
        return None
    if (manifest.dossier, manifest.files) != (wanted.dossier, wanted.files):
        raise StoreConflict(wanted.prefix, "a package of other files stands here already")
    return package, manifest


def _put_file(
    archive: Archive, manifest: Manifest, described: PackageFile, content: Content
) -> ArchivedObject:
    data = content if isinstance(content, bytes) else content()
    if (hashlib.sha256(data).hexdigest(), len(data)) != (described.sha256, described.size_bytes):
        raise StorageError(described.path, "its bytes do not match their description")
    key = _key(manifest.prefix, described.path)
    return archive.put(key, data, described.media_type, _days(manifest, described.path))


def _put_manifest(archive: Archive, manifest: Manifest, written: bytes) -> ArchivedObject:
    key = _key(manifest.prefix, MANIFEST)
    return archive.put(key, written, "application/json", _days(manifest, MANIFEST))


def _days(manifest: Manifest, path: str) -> int:
    """For how long a file is locked at least, as far as a store takes it; 0 for what the settings say."""
    said = manifest.about.get("retention") or {}
    try:
        days = int(said.get("files", {}).get(path, said.get("days", 0)))
    except (AttributeError, TypeError, ValueError) as e:
        raise StorageError(manifest.prefix, "its manifest does not say how long it is kept") from e
    return min(max(days, 0), LONGEST_DAYS)


def _recorded(index: Index, package: ArchivePackage, manifest: Manifest) -> ArchivePackage:
    summary = manifest.summary or json.dumps(dict(manifest.about), ensure_ascii=False, sort_keys=True)
    index.record(package, manifest.files, summary)
    log.info("dossier %s is archived: %d files", package.dossier, len(package.objects))
    return package


def _check_names(manifest: Manifest) -> None:
    """Names become keys in the store and paths at export: nothing may climb out or collide."""
    if not manifest.prefix.startswith(f"{_folder(manifest.dossier)}/"):
        raise StorageError(manifest.prefix, f"is not a place for the dossier {manifest.dossier}")
    paths = [file.path for file in manifest.files]
    for path in (manifest.prefix, *paths):
        if any(part in ("", ".", "..") for part in path.split("/")) or not path.isprintable() or "\\" in path:
            raise StorageError(path, "is not a name for a file of a package")
    if len({*paths, MANIFEST}) != len(paths) + 1:
        raise StorageError(manifest.prefix, "two files of the package have the same name")


def _folder(dossier: str) -> str:
    if not dossier or "/" in dossier:
        raise StorageError(dossier, "is not a dossier code that a key can carry")
    return f"dossiers/{dossier}"


def _key(prefix: str, path: str) -> str:
    return f"{prefix}/{path}"
