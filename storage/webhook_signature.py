"""Signatures of webhooks as Standard Webhooks 1.0 writes them, made and checked.

HMAC-SHA256 over "id.timestamp.body", in the header `webhook-signature` as "v1,BASE64", one for each secret
that counts, separated by spaces. Time and id are signed too, so that neither an old message nor a message
under another id passes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

from dossier.errors import SignatureRefused

TOLERANCE_SECONDS: Final = 300
"""How far the sender's clock may differ, and how old a message may be."""
_PREFIX: Final = "whsec_"
_MOST_REMEMBERED: Final = 100_000


def signed_headers(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a message, signed with every secret that counts."""
    signatures = [_signature(secret, message_id, timestamp, body) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }


@dataclass(frozen=True, slots=True)
class CheckedMessage:
    """A message that its sender signed."""

    id: str
    is_repeat: bool
    """Whether it was here before, in an attempt whose answer its sender did not hear: answer it as then, and
    do nothing."""


class SignatureCheck:
    """Checks messages, and remembers for ten minutes which were here. Safe for threads.

    A sender tries for days: who acts on messages keeps their ids with what was done.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        """Trust these secrets: during a rotation two. Raises SignatureRefused for one that is none."""
        self._secrets = tuple(secrets)
        for secret in self._secrets:
            _key(secret)
        self._seen: OrderedDict[str, int] = OrderedDict()
        self._lock = Lock()

    def check(self, headers: Mapping[str, str], body: bytes, now: float) -> CheckedMessage:
        """The message. Raises SignatureRefused for one that is forged, too old, or replayed.

        Args:
            headers: of the request, names in any case.
            body: the bytes as they came.
            now: seconds since the epoch.
        """
        said = {name.lower(): value for name, value in headers.items()}
        message_id, written = said.get("webhook-id", ""), said.get("webhook-timestamp", "")
        # 1. Everything is there.
        if not message_id or not (written.isascii() and written.isdecimal()) or len(written) > 12:
            raise SignatureRefused("webhook", "id or timestamp is missing")
        # 2. It is of now.
        timestamp = int(written)
        if abs(now - timestamp) > TOLERANCE_SECONDS:
            raise SignatureRefused(message_id, "too old, or from a clock that is wrong")
        # 3. Somebody signed it who knows a secret.
        given = [each[3:] for each in said.get("webhook-signature", "").split() if each.startswith("v1,")]
        if not self._is_signed(given, message_id, timestamp, body):
            raise SignatureRefused(message_id, "forged: the signature is not of this message")
        # 4. It is no copy of an attempt that was here.
        return CheckedMessage(message_id, self._was_here(message_id, timestamp, now))

    def _is_signed(self, given: Sequence[str], message_id: str, timestamp: int, body: bytes) -> bool:
        expected = [_signature(secret, message_id, timestamp, body) for secret in self._secrets]
        # Every pair is compared, so that the time tells nothing.
        matches = [hmac.compare_digest(one.encode(), other.encode()) for one in given for other in expected]
        return any(matches)

    def _was_here(self, message_id: str, timestamp: int, now: float) -> bool:
        with self._lock:
            while self._seen and self._is_old(next(iter(self._seen.values())), now):
                self._seen.popitem(last=False)
            before = self._seen.pop(message_id, None)
            self._seen[message_id] = max(timestamp, before or 0)
            if before is not None and timestamp <= before:
                raise SignatureRefused(message_id, "replayed: this attempt was here before")
            return before is not None

    def _is_old(self, timestamp: int, now: float) -> bool:
        """Whether a copy would be too old by itself; in a flood the oldest are forgotten first."""
        return now - timestamp > 2 * TOLERANCE_SECONDS or len(self._seen) > _MOST_REMEMBERED


def _signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as e:
        raise SignatureRefused("secret", "is not base64") from e
