"""Raising a seal: a proof of its time, of its certificates, and of both for ever (ETSI EN 319 142-1).

A seal is made at level B-B by `pipeline.seal`, with room for more. Here the file is only ever added to:

* B-T: a time stamp over the signature's value, put into the room that was left in the signature's container;
* B-LT: the certificates of signer and time stamping service, with the answers that none was revoked;
* B-LTA: a time stamp over the whole file, renewed before its own certificate expires.

What fails on the way leaves the file as it was, so a service that is down never costs a document.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError, ValueErrorWithMessage
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper, TimestampDSSContentSettings
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore, async_add_validation_info
from pyhanko.sign.validation.errors import SignatureValidationError, ValidationInfoReadingError
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    PathBuildingError,
    PathValidationError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend
from pyhanko_certvalidator.registry import SimpleCertificateStore

from dossier.archive import SealLevel
from dossier.errors import CertificateRefused, RevocationUnknown, SealError, TimestampUnavailable
from pipeline.signature_report import DAMAGE, byte_ranges
from pipeline.trust_path import run_to_end

_BEFORE: Final = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
_STAMP: Final = "signature_time_stamp_token"
_SECONDS: Final = 5.0
_ANSWERS: Final = 12
_CLOCKS_DIFFER: Final = timedelta(minutes=1)
"""By how much an answer may seem to come from the future: it was asked for after the judgement had begun."""


@dataclass(frozen=True, slots=True)
class SealServices:
    """What raising a seal asks, and whom it trusts."""

    timestamp_url: str
    """RFC 3161 over HTTP."""
    roots: tuple[x509.Certificate, ...]
    """Trusted roots of the officers' certificates and of the time stamping service."""
    seconds: float = _SECONDS
    """How long one answer may take."""

    @property
    def altogether_seconds(self) -> float:
        """How long all that a step asks for may take: a dozen answers, as of a long chain of certificates."""
        return _ANSWERS * self.seconds


def raise_seal(data: bytes, level: SealLevel, services: SealServices) -> bytes:
    """The sealed file at the level asked for; one that has it already comes back as it is.

    Raises:
        TimestampUnavailable: the time stamping service does not answer, or not with a time stamp.
        RevocationUnknown: neither OCSP nor a revocation list could be had for a certificate.
        CertificateRefused: a certificate is revoked, expired or leads to no trusted root.
        SealError: the file holds no seal, or no room for more.
    """
    try:
        if level >= SealLevel.B_T:
            data = run_to_end(_with_stamp(data, services))
        if level >= SealLevel.B_LT:
            data = run_to_end(_with_evidence(data, services), services.altogether_seconds)
        if level >= SealLevel.B_LTA and not PdfFileReader(io.BytesIO(data)).embedded_timestamp_signatures:
            data = run_to_end(_with_archive_stamp(data, services), services.altogether_seconds)
    except TimeoutError as e:
        raise RevocationUnknown("certificate", "no whole answer in time") from e
    except (PdfError, *DAMAGE) as e:
        raise SealError("seal", f"cannot be raised: {e}") from e
    return data


def renew_seal(data: bytes, services: SealServices) -> bytes:
    """A new time stamp over the whole file, after the evidence for the one before.

    Raises as `raise_seal`.
    """

    try:
        return run_to_end(_with_archive_stamp(data, services), services.altogether_seconds)
    except TimeoutError as e:
        raise RevocationUnknown("certificate", "no whole answer in time") from e
    except (PdfError, *DAMAGE) as e:
        raise SealError("seal", f"cannot be renewed: {e}") from e


def stamp_time(data: bytes) -> datetime:
    """When the time stamping service saw the signature, aware. Raises SealError where there is no stamp."""
    _, _, container = _last_seal(data)
    try:
        (signer,) = container["content"]["signer_infos"]
        stamps = [a["values"][0] for a in signer["unsigned_attrs"] or () if a["type"].native == _STAMP]
        moment: datetime = stamps[0]["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    except DAMAGE as e:
        raise SealError("seal", "the signature bears no time stamp") from e
    return moment


_REFUSALS: Final = (
    PathBuildingError,
    PathValidationError,
    ValidationError,
    SignatureValidationError,
    ValidationInfoReadingError,
    ValueErrorWithMessage,
)


def _stamper(services: SealServices) -> TimeStamper:
    return HTTPTimeStamper(services.timestamp_url, timeout=services.seconds)


def _context(services: SealServices, others: Sequence[asn1_x509.Certificate] = ()) -> ValidationContext:
    roots = [asn1_x509.Certificate.load(root.public_bytes(Encoding.DER)) for root in services.roots]
    return ValidationContext(
        trust_roots=roots,
        other_certs=list(others),
        allow_fetching=True,
        revocation_mode="require",
        time_tolerance=_CLOCKS_DIFFER,
        fetcher_backend=RequestsFetcherBackend(per_request_timeout=math.ceil(services.seconds)),
    )


async def _with_stamp(data: bytes, services: SealServices) -> bytes:
    """The time stamp over the signature's value, inside its container."""
    start, stop, container = _last_seal(data)
    (signer,) = container["content"]["signer_infos"]
    unsigned = signer["unsigned_attrs"]
    if any(attribute["type"].native == _STAMP for attribute in unsigned or ()):
        return data
    digest = hashlib.sha256(signer["signature"].native).digest()
    try:
        token = await asyncio.wait_for(
            _stamper(services).async_timestamp(digest, "sha256"), services.seconds + 1
        )
    except (OSError, TimeoutError, SigningError, *DAMAGE) as e:
        raise TimestampUnavailable(services.timestamp_url, str(e) or type(e).__name__) from e
    attribute = cms.CMSAttribute({"type": cms.CMSAttributeType(_STAMP), "values": (token,)})
    signer["unsigned_attrs"] = cms.CMSAttributes([attribute])
    container = cms.ContentInfo.load(container.dump(force=True))
    written = container.dump().hex().upper().encode("ascii")
    room = stop - start - 2
    if len(written) > room:
        raise SealError("seal", f"a time stamp of {len(token.dump())} bytes does not fit into the signature")
    padded: bytes = written.ljust(room, b"0")
    return data[: start + 1] + padded + data[stop - 1 :]


async def _with_evidence(data: bytes, services: SealServices) -> bytes:
    """Certificates, OCSP answers and revocation lists, appended (DSS)."""
    reader = PdfFileReader(io.BytesIO(data))
    if "/DSS" in reader.root:
        return data
    signature = reader.embedded_regular_signatures[0]
    try:
        out = await async_add_validation_info(
            signature, _context(services), in_place=False, output=io.BytesIO(), embed_roots=False
        )
    except (OSError, *_REFUSALS) as e:
        raise _translated(e) from e
    return cast("io.BytesIO", out).getvalue()


async def _with_archive_stamp(data: bytes, services: SealServices) -> bytes:
    """A time stamp over the whole file, after the evidence for the stamp before (document time stamp)."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    context, stamper = _context(services), PdfTimeStamper(_stamper(services))
    out = io.BytesIO()
    try:
        for stamp in writer.prev.embedded_timestamp_signatures[-1:]:
            others = SimpleCertificateStore.from_certs(stamp.other_embedded_certs)  # type: ignore[no-untyped-call]
            validator = CertificateValidator(stamp.signer_cert, others, context)
            path = await validator.async_validate_usage(set(), {"time_stamping"})  # type: ignore[no-untyped-call]
            DocumentSecurityStore.supply_dss_in_writer(
                writer, stamp.pkcs7_content, paths=(path,), validation_context=context, embed_roots=False
            )
        # Evidence for the new stamp goes in before it, so that the stamp is the last thing in the file.
        await stamper.async_timestamp_pdf(
            writer, "sha256", context, output=out, dss_settings=_BEFORE, embed_roots=False
        )
    except (OSError, TimeoutError, SigningError, *_REFUSALS, *DAMAGE) as e:
        raise _translated(e) from e
    return out.getvalue()


def _last_seal(data: bytes) -> tuple[int, int, cms.ContentInfo]:
    """Where the container of the seal stands, with its angle brackets, and what it says."""
    place = next(byte_ranges(data), None)
    if place is None:
        raise SealError("seal", "the file is not sealed")
    first, second, _ = place
    try:
        container = cms.ContentInfo.load(bytes.fromhex(data[first + 1 : second - 1].decode("ascii")))
        if len(container["content"]["signer_infos"]) != 1:
            raise SealError("seal", "the file is not sealed as this product does it")
    except DAMAGE as e:
        raise SealError("seal", f"the signature is damaged: {e}") from e
    return first, second, container


def _translated(error: Exception) -> SealError:
    """An answer that a person can act on, for what pyHanko raises."""
    said = str(error) or type(error).__name__
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, RevokedError):
            return CertificateRefused("certificate", said)
        cause = cause.__cause__ or cause.__context__
    if "evocation" in said or "CRL" in said or "OCSP" in said:
        return RevocationUnknown("certificate", said)
    if isinstance(error, OSError | TimeoutError | SigningError):
        return TimestampUnavailable("timestamp", said)
    return CertificateRefused("certificate", said)
