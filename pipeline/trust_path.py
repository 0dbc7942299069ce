"""Whether a certificate leads to a root that we trust, without asking the network."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from datetime import datetime
from threading import Thread
from typing import Any, TypeVar

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from pipeline.der import tagged

T = TypeVar("T")


def is_proven(
    certificate: asn1_x509.Certificate,
    beside: Sequence[asn1_x509.Certificate],
    roots: Sequence[x509.Certificate],
) -> bool:
    """Whether a certificate is a trusted root, or signed by one or by another that is proven.

    Args:
        beside: certificates that may stand between it and a root.
    """
    found = x509.load_der_x509_certificate(certificate.dump())
    others = [x509.load_der_x509_certificate(other.dump()) for other in beside]
    seen: list[x509.Certificate] = []
    while True:
        if any(found == root for root in roots):
            return True
        seen.append(found)
        issuer = next((c for c in (*roots, *others) if c not in seen and _is_issued(found, c)), None)
        if issuer is None:
            return False
        found = issuer


def _is_issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    # What is signed and what surrounds it: nothing else may stand in the certificate.
    parsed = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    algorithm = parsed["tbs_certificate"]["signature"].dump()
    signature = tagged(0x03, b"\0" + certificate.signature)
    rebuilt = tagged(0x30, certificate.tbs_certificate_bytes + algorithm + signature)
    return rebuilt == certificate.public_bytes(Encoding.DER)


def distrust(
    certificate: asn1_x509.Certificate,
    others: Sequence[asn1_x509.Certificate],
    roots: Sequence[x509.Certificate],
    moment: datetime,
    *,
    usage: str = "",
    **evidence: Any,
) -> str:
    """Why a certificate is not trusted at a moment; empty where it is (RFC 5280).

    Args:
        certificate: the signer's.
        others: certificates that may stand between it and a root.
        roots: what we trust.
        moment: aware.
        usage: extended key usage that the certificate must have, "time_stamping".
        evidence: what a ValidationContext takes about revocation; without it revocation is not looked at.
    """
    if not roots:
        return "no root is trusted"
    trusted = [asn1_x509.Certificate.load(root.public_bytes(Encoding.DER)) for root in roots]
    context = ValidationContext(trust_roots=trusted, moment=moment, allow_fetching=False, **evidence)
    validator = CertificateValidator(certificate, others, context)
    try:
        if usage:
            run_to_end(validator.async_validate_usage(set(), {usage}))  # type: ignore[no-untyped-call]
        else:
            run_to_end(validator.async_validate_path())
    except (PathError, ValidationError, ValueError) as e:
        return str(e) or type(e).__name__
    return ""


def run_to_end(coroutine: Coroutine[Any, Any, T], seconds: float | None = None) -> T:
    """The result of a coroutine, in a thread of its own: the caller's may run an event loop already.

    Whoever asks for the state of certificates says how long it may take: those clients of pyHanko bound each
    wait by itself, so that a reply that trickles goes on for ever, and the loop does not end before it. Such
    a thread is left behind. Time stamps are asked for with a limit on the whole (pyHanko's aiohttp client).
    Raises TimeoutError.
    """
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(asyncio.run(coroutine))
        except BaseException as error:  # noqa: BLE001 - it is the caller's
            result.set_exception(error)

    Thread(target=run, daemon=True, name="sealing").start()
    return result.result(seconds)
