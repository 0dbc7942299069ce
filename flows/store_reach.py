"""The archive's store from any process of this machine: an outside one, the running one, one started now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flows.settings import Settings
from flows.wiring import outside_eraser, outside_store
from storage.erasing import S3Eraser
from storage.s3 import StoreSettings
from storage.seaweed import EmbeddedStore
from storage.weed import WeedFolder, eraser_keys


@contextmanager
def reached_store(settings: Settings) -> Iterator[StoreSettings]:
    """The store with the credentials that packages are put with.

    The embedded one is left as it runs where the resident process has it, else started and ended again.
    Raises StoreUnreachable, StorageError, KeyMissing.
    """
    if settings.store_endpoint != "embedded":
        yield outside_store(settings)
        return
    store = EmbeddedStore(
        settings.state / "store",
        bucket=settings.store_bucket,
        retention_days=settings.retention_days,
        retention_mode=settings.retention_mode,
        encryption=settings.store_encryption,
    )
    running = store.running_elsewhere()
    if running is not None:
        yield running
        return
    with store as started:
        yield started


def reached_eraser(settings: Settings, store: StoreSettings) -> S3Eraser | None:
    """Who may delete in a store that was reached; None where this machine may not. Raises StorageError."""
    if settings.store_endpoint != "embedded":
        outside = outside_eraser(settings)
        return S3Eraser(outside) if outside is not None else None
    keys = eraser_keys(WeedFolder((settings.state / "store").resolve()))
    return S3Eraser(replace(store, access_key=keys.access_key, secret_key=keys.secret_key))
