"""What has to be in the archive, by the index: every package, the older ones of a dossier too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import RowMapping, column, select, table, update

from dossier.archive import ArchivedObject
from dossier.audit import ExpectedObject, ExpectedPackage
from storage.database import open_database, reading, writing

_AT_ONCE: Final = 50
_packages = table("packages", *(column(n) for n in ("id", "dossier", "prefix", "manifest_sha256")))
_objects = table(
    "package_objects",
    *(column(n) for n in ("package", "position", "object_key", "version_id", "sha256", "size_bytes")),
    column("retain_until"),
)
_files = table("package_files", *(column(n) for n in ("package", "path", "media_type")))


class SqlHoldings:
    """The tables that `storage.index` makes, as an auditor reads them (port Holdings)."""

    def __init__(self, url: str) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull."""
        self._engine = open_database(url)

    def packages(self, after: str = "") -> Iterator[ExpectedPackage]:
        """Every package by prefix, those after one prefix only. Raises StorageError.

        No connection stays open between them: whoever reads them may take days.
        """
        while True:
            some = self._some(after)
            yield from some
            if len(some) < _AT_ONCE:
                return
            after = some[-1].prefix

    def prefixes(self) -> frozenset[str]:
        """Key prefixes of all packages. Raises StorageError."""
        with reading(self._engine) as connection:
            return frozenset(str(each) for each in connection.execute(select(_packages.c.prefix)).scalars())

    def note_restored(self, key: str, version_id: str, kept: ArchivedObject) -> None:
        """From now on another version of an object is the one that counts. Raises StorageError, DiskFull."""
        wanted = (_objects.c.object_key == key) & (_objects.c.version_id == version_id)
        values = {"version_id": kept.version_id, "retain_until": kept.retain_until.isoformat()}
        with writing(self._engine) as connection:
            connection.execute(update(_objects).where(wanted).values(**values))

    def note_moved(self, moved: Sequence[tuple[str, str, str, str]]) -> int:
        """Objects are in another store: each by key, old version, SHA-256 and new version.

        All of them or none; how many the index knew. Raises StorageError, DiskFull.
        """
        count = 0
        with writing(self._engine) as connection:
            for key, version_id, sha256, now in moved:
                # By digest, for keys alone have no order in the table.
                mine = (_objects.c.sha256 == sha256) & (_objects.c.object_key == key)
                wanted = update(_objects).where(mine & (_objects.c.version_id == version_id))
                count += connection.execute(wanted.values(version_id=now)).rowcount
        return count

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _some(self, after: str) -> list[ExpectedPackage]:
        wanted = select(_packages).where(_packages.c.prefix > after).order_by(_packages.c.prefix)
        with reading(self._engine) as connection:
            rows = list(connection.execute(wanted.limit(_AT_ONCE)).mappings())
            found = []
            for row in rows:
                objects = connection.execute(
                    select(_objects).where(_objects.c.package == row["id"]).order_by(_objects.c.position)
                ).mappings()
                files = connection.execute(
                    select(_files.c.path, _files.c.media_type).where(_files.c.package == row["id"])
                )
                kinds = {f"{row['prefix']}/{path}": media_type for path, media_type in files}
                found.append(_package(row, [_expected(each, kinds) for each in objects]))
        return found


def _package(row: RowMapping, objects: list[ExpectedObject]) -> ExpectedPackage:
    return ExpectedPackage(row["dossier"], row["prefix"], row["manifest_sha256"], tuple(objects))


def _expected(row: RowMapping, kinds: dict[str, str]) -> ExpectedObject:
    key = str(row["object_key"])
    media_type = kinds.get(key, "application/json")
    until = datetime.fromisoformat(row["retain_until"])
    return ExpectedObject(key, row["version_id"], row["sha256"], row["size_bytes"], media_type, until)
