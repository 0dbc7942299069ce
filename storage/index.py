"""The index: what is in the archive, for finding it again. The store remains the truth.

Reports name people; they are sealed, and whom they are about is entered by keyed hash (`storage.people`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError

from dossier.archive import ArchivedObject, ArchivePackage, FollowUp, PackageFile
from dossier.errors import StoreConflict
from storage.clock import Clock, vietnam_now
from storage.database import open_database, reading, writing
from storage.keyring import InTheClear, Keyring
from storage.people import forget_people, note_people, people_in

_tables = MetaData()
_packages = Table(
    "packages",
    _tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("dossier", String(255), nullable=False, index=True),
    Column("prefix", String(900), nullable=False, unique=True),
    Column("manifest_sha256", String(64), nullable=False),
    Column("recorded_at", String(40), nullable=False),
    Column("summary", Text, nullable=False),
)
_objects = Table(
    "package_objects",
    _tables,
    Column("package", ForeignKey("packages.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("object_key", String(1024), nullable=False),
    Column("version_id", String(255), nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("retain_until", String(40), nullable=False),
)
_files = Table(
    "package_files",
    _tables,
    Column("package", ForeignKey("packages.id"), primary_key=True),
    Column("path", String(700), primary_key=True),
    Column("role", String(40), nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("media_type", String(255), nullable=False),
)
_follow_ups = Table(
    "package_follow_ups",
    _tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("dossier", String(255), nullable=False, index=True),
    Column("prefix", String(900), nullable=False),
    Column("at", String(40), nullable=False),
    Column("kind", String(80), nullable=False),
    Column("detail", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """Where in the archive some bytes are kept."""

    dossier: str
    prefix: str
    """Key prefix of the package."""
    path: str
    """Path within the package."""
    role: str


class SqlIndex:
    """Packages and their files in a database."""

    def __init__(self, url: str, clock: Clock = vietnam_now, keys: Keyring | None = None) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull.

        Args:
            url: SQLAlchemy URL.
            clock: what time it is.
            keys: what reports are sealed with; without them they stand there in the clear, and nobody is
                entered as a person.
        """
        self._engine = open_database(url)
        self._clock = clock
        self._keys = keys
        self._sealer = keys or InTheClear()

    def record(self, package: ArchivePackage, files: Sequence[PackageFile], summary: str) -> None:
        """Remember a whole package; recording it again changes nothing.

        Raises StoreConflict where another manifest was recorded under this prefix, StorageError, DiskFull.
        """
        try:
            with writing(self._engine) as connection:
                if not self._is_recorded(connection, package):
                    self._insert(connection, package, files, summary)
        except IntegrityError:
            # Somebody recorded the same package between our look and our insert.
            with reading(self._engine) as connection:
                if not self._is_recorded(connection, package):
                    raise

    def package(self, dossier: str) -> ArchivePackage | None:
        """The newest package of a dossier, or None. Raises StorageError."""
        with reading(self._engine) as connection:
            row = self._newest(connection, dossier)
            if row is None:
                return None
            return self._package(connection, row)

    def dossiers(self) -> tuple[str, ...]:
        """Every dossier that has a package, sorted. Raises StorageError."""
        wanted = select(_packages.c.dossier).distinct().order_by(_packages.c.dossier)
        with reading(self._engine) as connection:
            return tuple(str(dossier) for dossier in connection.execute(wanted).scalars())

    def summary(self, dossier: str) -> str | None:
        """The report recorded with the newest package, JSON, or None. Raises StorageError."""
        with reading(self._engine) as connection:
            row = self._newest(connection, dossier)
        return None if row is None else self._opened(row["prefix"], row["summary"])

    def summaries(self) -> tuple[str, ...]:
        """The report of each dossier's newest package, JSON, by dossier. Raises StorageError."""
        newest = select(func.max(_packages.c.id)).group_by(_packages.c.dossier)
        columns = (_packages.c.prefix, _packages.c.summary)
        wanted = select(*columns).where(_packages.c.id.in_(newest)).order_by(_packages.c.dossier)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return tuple(self._opened(prefix, summary) for prefix, summary in rows)

    def packages(self, dossier: str) -> tuple[ArchivePackage, ...]:
        """Every package of a dossier, the oldest first. Raises StorageError."""
        wanted = select(_packages).where(_packages.c.dossier == dossier).order_by(_packages.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).mappings().all()
            return tuple(self._package(connection, row) for row in rows)

    def forget(self, dossiers: Collection[str]) -> None:
        """Take dossiers out of the index, their people and traces out of the tables of people: all at once.

        Until then they are found by their packages as well as by a person. Raises StorageError.
        """
        codes = sorted(dossiers)
        mine = select(_packages.c.id).where(_packages.c.dossier.in_(codes))
        with writing(self._engine) as connection:
            for table in (_objects, _files):
                connection.execute(delete(table).where(table.c.package.in_(mine)))
            for table in (_follow_ups, _packages):
                connection.execute(delete(table).where(table.c.dossier.in_(codes)))
            forget_people(connection, codes)

    def follow_up(self, package: ArchivePackage, kind: str, detail: str) -> None:
        """Note what became known after a package was made. Raises StorageError, DiskFull."""
        with writing(self._engine) as connection:
            connection.execute(
                insert(_follow_ups).values(
                    dossier=package.dossier,
                    prefix=package.prefix,
                    at=self._clock().isoformat(),
                    kind=kind,
                    detail=detail,
                )
            )

    def follow_ups(self, dossier: str) -> tuple[FollowUp, ...]:
        """What became known about a dossier's packages, the oldest first. Raises StorageError."""
        columns = (_follow_ups.c[name] for name in ("dossier", "prefix", "at", "kind", "detail"))
        wanted = select(*columns).where(_follow_ups.c.dossier == dossier).order_by(_follow_ups.c.id)
        with reading(self._engine) as connection:
            return tuple(FollowUp(*row) for row in connection.execute(wanted))

    def files(self, dossier: str) -> tuple[PackageFile, ...]:
        """The files of a dossier's newest package, by path; none where the index has no package."""
        with reading(self._engine) as connection:
            row = self._newest(connection, dossier)
            if row is None:
                return ()
            rows = connection.execute(
                select(_files).where(_files.c.package == row["id"]).order_by(_files.c.path)
            ).mappings()
            return tuple(
                PackageFile(r["path"], r["role"], r["sha256"], r["size_bytes"], r["media_type"]) for r in rows
            )

    def find(self, sha256: str) -> tuple[FoundFile, ...]:
        """Every place where exactly these bytes are archived, oldest first. Raises StorageError."""
        wanted = (
            select(_packages.c.dossier, _packages.c.prefix, _files.c.path, _files.c.role)
            .join_from(_files, _packages)
            .where(_files.c.sha256 == sha256)
            .order_by(_packages.c.id, _files.c.path)
        )
        with reading(self._engine) as connection:
            return tuple(FoundFile(*row) for row in connection.execute(wanted))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _package(self, connection: Connection, row: RowMapping) -> ArchivePackage:
        objects = connection.execute(
            select(_objects).where(_objects.c.package == row["id"]).order_by(_objects.c.position)
        ).mappings()
        kept = tuple(_archived(each) for each in objects)
        return ArchivePackage(row["dossier"], row["prefix"], row["manifest_sha256"], kept)

    def _opened(self, prefix: str, summary: str) -> str:
        return self._sealer.open_text(summary, summary_place(prefix))

    def _is_recorded(self, connection: Connection, package: ArchivePackage) -> bool:
        known = connection.execute(
            select(_packages.c.manifest_sha256).where(_packages.c.prefix == package.prefix)
        ).scalar_one_or_none()
        if known not in (None, package.manifest_sha256):
            raise StoreConflict(package.prefix, "the index knows this package with another manifest")
        return known is not None

    def _insert(
        self, connection: Connection, package: ArchivePackage, files: Sequence[PackageFile], summary: str
    ) -> None:
        result = connection.execute(
            insert(_packages).values(
                dossier=package.dossier,
                prefix=package.prefix,
                manifest_sha256=package.manifest_sha256,
                recorded_at=self._clock().isoformat(),
                summary=self._sealer.seal_text(summary, summary_place(package.prefix)),
            )
        )
        if self._keys is not None:
            note_people(connection, self._keys, package.dossier, people_in(summary))
        (number,) = result.inserted_primary_key or (None,)
        if package.objects:
            connection.execute(
                insert(_objects), [_object_row(number, at, o) for at, o in enumerate(package.objects)]
            )
        if files:
            connection.execute(insert(_files), [_file_row(number, file) for file in files])

    def _newest(self, connection: Connection, dossier: str) -> RowMapping | None:
        newest = select(_packages).where(_packages.c.dossier == dossier).order_by(_packages.c.id.desc())
        return connection.execute(newest.limit(1)).mappings().first()


def summary_place(prefix: str) -> str:
    """What a report's ciphertext is bound to."""
    return f"packages.summary {prefix}"


def _archived(row: RowMapping) -> ArchivedObject:
    return ArchivedObject(
        row["object_key"],
        row["version_id"],
        row["sha256"],
        row["size_bytes"],
        datetime.fromisoformat(row["retain_until"]),
    )


def _object_row(package: object, position: int, kept: ArchivedObject) -> dict[str, object]:
    return {
        "package": package,
        "position": position,
        "object_key": kept.key,
        "version_id": kept.version_id,
        "sha256": kept.sha256,
        "size_bytes": kept.size_bytes,
        "retain_until": kept.retain_until.isoformat(),
    }


def _file_row(package: object, file: PackageFile) -> dict[str, object]:
    return {
        "package": package,
        "path": file.path,
        "role": file.role,
        "sha256": file.sha256,
        "size_bytes": file.size_bytes,
        "media_type": file.media_type,
    }
