"""Time stamps (RFC 3161) over plain data that is not a document: the heads of the ledger."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import HTTPTimeStamper

from dossier.errors import TimestampUnavailable
from pipeline.seal_raise import SealServices
from pipeline.signature_report import DAMAGE
from pipeline.token_check import judge_token
from pipeline.trust_path import distrust, run_to_end

_DIGESTS: Final = ("sha256", "sha384", "sha512")


@dataclass(frozen=True, slots=True)
class DataStamp:
    """What a time stamp proves."""

    at: datetime | None
    """When the service saw the data, aware; None where nothing is proven."""
    trouble: str
    """Why nothing is proven; empty where it is."""


def stamp_data(data: bytes, services: SealServices) -> bytes:
    """A time stamp token (CMS, DER) over the SHA-256 of some data.

    Raises TimestampUnavailable where the service does not answer, or not with a stamp over these data.
    """
    digest = hashlib.sha256(data).digest()
    try:
        answered = run_to_end(_asked(digest, services))
    except (OSError, TimeoutError, SigningError, *DAMAGE) as e:
        raise TimestampUnavailable(services.timestamp_url, str(e) or type(e).__name__) from e
    judged = judge_stamp(answered, data, services.roots)
    if judged.trouble:
        raise TimestampUnavailable(services.timestamp_url, judged.trouble)
    return answered


def judge_stamp(token: bytes, data: bytes, roots: Sequence[x509.Certificate]) -> DataStamp:
    """Judge a token over some data; damage is a judgement, never an exception.

    The service's certificate is judged at the time of the stamp: that it expires later costs nothing, for
    each later head of the ledger, stamped in its turn, holds the digest of this one.
    """
    judged = judge_token(token, {name: hashlib.new(name, data).digest() for name in _DIGESTS}, roots)
    reason = judged.broken or judged.loose
    if reason or judged.service is None or judged.at is None:
        return DataStamp(None, reason or "the time stamp says no time")
    reason = distrust(judged.service, judged.others, roots, judged.at, usage="time_stamping")
    return DataStamp(None if reason else judged.at, reason)


async def _asked(digest: bytes, services: SealServices) -> bytes:
    stamper = HTTPTimeStamper(services.timestamp_url, timeout=services.seconds)
    token = await asyncio.wait_for(stamper.async_timestamp(digest, "sha256"), services.seconds + 1)
    written: bytes = token.dump()
    return written
