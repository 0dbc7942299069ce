"""What keeps the embedded store's packages out of reach: a policy for its bucket, encryption, and its key."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from typing import Final

from minio.sseconfig import Rule, SSEConfig

from dossier.errors import KeyMissing
from storage.files import translated, write_whole
from storage.s3_client import StoreSettings, open_client, translated_store
from storage.weed import WeedFolder

_KEY: Final = re.compile(r"[0-9a-f]{64}")
_DENIED: Final = (
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:BypassGovernanceRetention",
    "s3:PutLifecycleConfiguration",
    "s3:PutBucketVersioning",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutEncryptionConfiguration",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:DeleteBucket",
)
"""What is refused to the archive by the bucket's policy: SeaweedFS counts deleting, hiding behind a delete
marker and rules of expiry as writing, so leaving them out of the actions refuses nothing."""


def refuse_deleting(administration: StoreSettings) -> None:
    """From now on the archive may put and never delete, and whatever comes is encrypted."""
    client, bucket = open_client(administration), administration.bucket
    with translated_store(f"bucket {bucket}", administration.endpoint):
        client.set_bucket_policy(bucket, bucket_policy(bucket))
        if administration.encryption != "none":
            client.set_bucket_encryption(bucket, SSEConfig(Rule.new_sse_s3_rule()))


def bucket_policy(bucket: str) -> str:
    """The policy of the archive's bucket, JSON: whoever puts packages may neither delete nor hide them."""
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    refusal = {
        "Sid": "ArchiveNeverDeletes",
        "Effect": "Deny",
        "Principal": {"AWS": ["arn:aws:iam::*:user/archive"]},
        "Action": list(_DENIED),
        "Resource": resources,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [refusal]})


def encryption_key(folder: WeedFolder) -> str:
    """The key that the store encrypts with (64 hexadecimal digits), beside the store and never in it.

    A copy of the store's folder alone is worth nothing to a thief. Raises KeyMissing where the key is gone or
    is another one than the store's data was encrypted with, StorageError.
    """
    if not folder.key.exists():
        if folder.key_name.exists():
            raise KeyMissing(
                str(folder.key), "is gone, and the store is encrypted with it; put its copy back"
            )
        write_whole(folder.key, secrets.token_hex(32).encode())
    with translated(folder.key):
        key = folder.key.read_text("ascii", "replace").strip()
    if not _KEY.fullmatch(key):
        raise KeyMissing(str(folder.key), "holds no key; put its copy back")
    name = hashlib.sha256(b"sohoa store key" + bytes.fromhex(key)).hexdigest()[:16]
    if folder.key_name.exists():
        with translated(folder.key_name):
            if folder.key_name.read_text("ascii", "replace") != name:
                raise KeyMissing(str(folder.key), "is not the key that the store is encrypted with")
    else:
        write_whole(folder.key_name, name.encode())
    return key
