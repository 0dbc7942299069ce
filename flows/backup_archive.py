"""The archive's part of a restore: objects into a store, versions into the index, holds placed again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from dossier.audit import KeptVersion
from dossier.errors import NotInArchive, TargetNotEmpty
from flows.backup import BackupRoom, page_rows
from flows.settings import Settings
from flows.wiring import open_keys
from storage.backup_set import BackupSet
from storage.holdings import SqlHoldings
from storage.holds import SqlHolds
from storage.index import SqlIndex
from storage.migrating import Carried, S3Stock, same_place
from storage.package import MANIFEST, restore_index
from storage.s3 import S3Archive, StoreSettings

_AT_ONCE: Final = 200
"""Objects between two words to the index."""


def check_store_is_empty(store: StoreSettings) -> None:
    """Raises TargetNotEmpty, StoreUnfit, StoreUnreachable, StorageError."""
    stock = S3Stock(store)
    stock.prepare()
    for key, _ in stock.objects():
        raise TargetNotEmpty(stock.name, f"holds {key}")


def place_objects(settings: Settings, room: BackupRoom, backup: BackupSet, store: StoreSettings) -> None:
    """Put every version that is not there yet, and tell the index its new ids."""
    stock, holdings = S3Stock(store), SqlHoldings(settings.database)
    stock.prepare()
    moved: list[tuple[str, str, str, str]] = []
    try:
        for key, rows in _by_key(page_rows(room, backup.objects)):
            there = dict(stock.objects(key)).get(key, ())
            same_place(tuple(KeptVersion(key, row[2], row[4]) for row in rows), there)
            for number, row in enumerate(rows):
                if number < len(there):
                    version = there[number].version_id
                else:
                    version = stock.place(_carried(row), room.blobs.get(row[-1]), is_first=number == 0)
                moved.append((key, row[2], row[3], version))
            if len(moved) >= _AT_ONCE:
                holdings.note_moved(moved)
                moved = []
        holdings.note_moved(moved)
    finally:
        holdings.close()


def _by_key(rows: Iterator[list[Any]]) -> Iterator[tuple[str, list[list[Any]]]]:
    some: list[list[Any]] = []
    for row in rows:
        if some and some[0][0] != row[0]:
            yield str(some[0][0]), some
            some = []
        some.append(row)
    if some:
        yield str(some[0][0]), some


def _carried(row: list[Any]) -> Carried:
    key, _, version, sha256, size, media_type, mode, until, _ = row
    moment = datetime.fromisoformat(until) if until else None
    return Carried(key, version, sha256, size, media_type, mode, moment, is_held=False)


def enter_unknown(settings: Settings, store: StoreSettings) -> tuple[str, ...]:
    """Whole packages that came after the backup's moment are entered from the store alone."""
    holdings, archive = SqlHoldings(settings.database), S3Archive(store)
    known = holdings.prefixes()
    holdings.close()
    end = f"/{MANIFEST}"
    unknown = sorted(
        {
            key.split("/")[1]
            for key in archive.list("dossiers/")
            if key.endswith(end) and key.count("/") == 3 and key.removesuffix(end) not in known
        }
    )
    index = SqlIndex(settings.database, keys=open_keys(settings))
    try:
        for dossier in unknown:
            restore_index(archive, index, dossier)
    finally:
        index.close()
    return tuple(unknown)


def missing_objects(settings: Settings, store: StoreSettings) -> tuple[str, ...]:
    """What the index names and the store does not have."""
    holdings, archive, found = SqlHoldings(settings.database), S3Archive(store), []
    try:
        for package in holdings.packages():
            for each in package.objects:
                try:
                    kept = archive.describe(each.key, each.version_id)
                except NotInArchive:
                    found.append(each.key)
                else:
                    found += [] if kept.sha256 == each.sha256 else [each.key]
    finally:
        holdings.close()
    return tuple(found)


def hold_again(settings: Settings, store: StoreSettings) -> None:
    """Legal holds stand in the store again; the database knows which."""
    keys, archive = open_keys(settings), S3Archive(store)
    holds, index = SqlHolds(settings.database, keys), SqlIndex(settings.database, keys=keys)
    try:
        for hold in holds.standing():
            for package in index.packages(hold.dossier):
                for kept in package.objects:
                    archive.hold(kept.key, kept.version_id)
    finally:
        holds.close()
        index.close()
