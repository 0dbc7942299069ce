"""Heads of the ledger in the real store: what is put over them or hides them later changes nothing."""

from __future__ import annotations

import pytest
from minio.error import S3Error

from storage.ledger import BEGINNING
from storage.ledger_heads import HEADS, head_key, list_heads, locked_digests, put_head, read_head, write_head
from storage.s3 import S3Archive, StoreSettings, open_client
from storage.s3_audit import S3Auditor

DIGESTS = tuple(f"{number:064x}" for number in range(1, 6))


def test_the_first_version_of_a_head_counts(store: StoreSettings, administrator: StoreSettings) -> None:
    archive, auditor = S3Archive(store), S3Auditor(store)
    first = write_head(1, DIGESTS[:3], BEGINNING, "2026-11-22T00:00:00+07:00")
    kept = put_head(archive, first, 3)
    second = write_head(4, DIGESTS[3:], kept.sha256, "2026-11-23T00:00:00+07:00")
    put_head(archive, second, 5)
    heads, troubles = list_heads(auditor)
    assert [(head.first, head.last) for head in heads] == [(1, 3), (4, 5)]
    assert troubles == ()
    assert locked_digests(heads) == dict(enumerate(DIGESTS, 1))
    # The product's own credentials can put something over it, the administrator's hide it: not more.
    client = open_client(store)
    forged = write_head(1, ("f" * 64,) * 3, BEGINNING, "2026-11-22T00:00:00+07:00")
    client._put_object(store.bucket, kept.key, forged, {"Content-Type": "application/json"})
    with pytest.raises(S3Error, match=r"AccessDenied|denied|WORM|lock|retention"):
        client.remove_object(store.bucket, kept.key, version_id=kept.version_id)
    with pytest.raises(S3Error, match="AccessDenied"):
        client.remove_object(store.bucket, head_key(5))
    open_client(administrator).remove_object(store.bucket, head_key(5))
    heads, troubles = list_heads(auditor)
    assert locked_digests(heads) == dict(enumerate(DIGESTS, 1))
    assert len(troubles) == 2
    assert all("put over it" in trouble for trouble in troubles)


def test_a_head_says_what_its_name_says() -> None:
    head = read_head(write_head(1, DIGESTS, BEGINNING, "2026-11-22T00:00:00+07:00"), head_key(5))
    assert (head.key, head.last, head.digests) == (f"{HEADS}0000000005.json", 5, DIGESTS)
