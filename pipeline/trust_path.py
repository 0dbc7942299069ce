"""Whether a certificate leads to a root that we trust, without asking the network."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

T = TypeVar("T")


def distrust(
    certificate: asn1_x509.Certificate,
    others: Sequence[asn1_x509.Certificate],
    roots: Sequence[x509.Certificate],
    moment: datetime,
) -> str:
    """Why a certificate is not trusted at a moment; empty where it is (RFC 5280, without revocation).

    Args:
        certificate: the signer's.
        others: certificates that may stand between it and a root.
        roots: what we trust.
        moment: aware.
    """
    if not roots:
        return "no root is trusted"
    trusted = [asn1_x509.Certificate.load(root.public_bytes(Encoding.DER)) for root in roots]
    context = ValidationContext(trust_roots=trusted, moment=moment, allow_fetching=False)
    validator = CertificateValidator(certificate, others, context)
    try:
        run_to_end(validator.async_validate_path())
    except (PathError, ValidationError, ValueError) as e:
        return str(e) or type(e).__name__
    return ""


def run_to_end(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine, in a thread of its own: the caller's may run an event loop already."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
