"""Which promises of an archive the store of this machine keeps."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from dossier.conformance import Promise
from storage.conformance import examine_store
from storage.s3 import StoreSettings


def findings_data(store: StoreSettings) -> dict[str, Any]:
    """Every promise, tried now. Raises StoreUnreachable, StoreUnfit, StorageError."""
    found = examine_store(store, uuid.uuid4().hex)
    return {
        "store": store.endpoint,
        "bucket": store.bucket,
        "passed": all(each.outcome is Promise.KEPT for each in found),
        "promises": [asdict(each) for each in found],
    }
