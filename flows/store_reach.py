"""The archive's store from any process of this machine: an outside one, the running one, one started now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flows.settings import Settings
from flows.wiring import outside_store
from storage.s3 import StoreSettings
from storage.seaweed import EmbeddedStore


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
