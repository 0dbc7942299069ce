"""What signatures a PDF carries that came from elsewhere: reported, whatever the state of the file."""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from pipeline.trust_path import distrust

DAMAGE: Final = (
    PdfError,
    InvalidSignature,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
    UnsupportedAlgorithm,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,  # asn1crypto, over forms of names and keys that it does not know
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    zlib.error,
)
"""What pyHanko and asn1crypto raise over files that somebody else, or chance, has written."""
_BYTE_RANGE: Final = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]")


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """One signature of a PDF, judged for itself."""

    field: str
    """Name of the signature field."""
    signer: str
    """Common name of the signer's certificate; empty where it cannot be read."""
    is_timestamp: bool
    """A document time stamp and no person's signature."""
    intact: bool
    """The signed bytes and the signature's own attributes are what was signed."""
    covers_whole_file: bool
    """Nothing was added after it."""
    issuer_known: bool
    """The certificate leads to a trusted root."""
    signed_at: datetime | None
    """When, as the signer says; None where nothing is said."""
    detail: str
    """Why it is not intact, or could not be read; empty otherwise."""
    added_later: str = ""
    """What was added after it: "signatures", "form" or "other"; empty where nothing was."""


def report_signatures(data: bytes, roots: Sequence[x509.Certificate] = ()) -> tuple[SignatureReport, ...]:
    """Every signature of a PDF in the order of signing, then what remains of others.

    A file without signatures has none; a damaged one never raises, and what looks like a signature in it but
    cannot be reached is reported as not intact.

    Args:
        data: the file.
        roots: certificates that make a signer known.
    """
    try:
        found = PdfFileReader(io.BytesIO(data), strict=False).embedded_signatures
        reached = {tuple(int(number) for number in signature.byte_range) for signature in found}
        reason = "the document does not lead to it"
    except DAMAGE as e:
        found, reached, reason = [], set(), f"the document cannot be read: {type(e).__name__}"
    remains = {span for span in byte_ranges(data) if (0, *span) not in reached}
    return (*(_report(signature, roots) for signature in found), *(unreadable("", reason) for _ in remains))


def byte_ranges(data: bytes) -> Iterator[tuple[int, int, int]]:
    """What each signature that stands in a file says is signed: length, second start, second length."""
    for match in _BYTE_RANGE.finditer(data):
        first, second, length = (int(number) for number in match.groups())
        yield first, second, length


def _report(signature: EmbeddedPdfSignature, roots: Sequence[x509.Certificate]) -> SignatureReport:
    try:
        intact, detail = is_intact(signature)
        coverage = signature.evaluate_signature_coverage()
        whole = coverage is SignatureCoverageLevel.ENTIRE_FILE
        signer = signature.signer_cert
        return SignatureReport(
            field=str(signature.field_name),
            signer=common_name(signer),
            is_timestamp=signature.sig_object_type == "/DocTimeStamp",
            intact=intact,
            covers_whole_file=whole,
            issuer_known=bool(roots) and not _distrust(signature, roots),
            signed_at=_signed_at(signature),
            detail=detail,
            added_later="" if whole or not intact else _added_later(signature),
        )
    except DAMAGE as e:
        return unreadable(str(signature.field_name), f"cannot be read: {type(e).__name__}")


def unreadable(field: str, detail: str) -> SignatureReport:
    """What is reported of a signature that cannot be read."""
    return SignatureReport(
        field,
        signer="",
        is_timestamp=False,
        intact=False,
        covers_whole_file=False,
        issuer_known=False,
        signed_at=None,
        detail=detail,
    )


def _added_later(signature: EmbeddedPdfSignature) -> str:
    """What came after a signature (ISO 32000-1, 12.8.2.2): proofs and signatures, form fields, or more."""
    try:
        signature.compute_integrity_info(DEFAULT_DIFF_POLICY)  # type: ignore[no-untyped-call]
        found = signature.diff_result
    except DAMAGE:
        return "other"
    if not isinstance(found, DiffResult) or found.modification_level > ModificationLevel.FORM_FILLING:
        return "other"
    signed = {str(other.field_name) for other in signature.reader.embedded_signatures}
    return "form" if found.changed_form_fields - signed else "signatures"


def is_intact(signature: EmbeddedPdfSignature) -> tuple[bool, str]:
    """Whether signed bytes and signature agree, and why not.

    Raises:
        one of DAMAGE: the signature cannot be read.
    """
    digest = signature.compute_digest()
    content_type = "data"
    if signature.sig_object_type == "/DocTimeStamp":
        # The token signs its own content, and that names the digest of the document (RFC 3161).
        token: Any = signature.signed_data["encap_content_info"]["content"]
        if token.parsed["message_imprint"]["hashed_message"].native != digest:
            return False, "the file is not what was stamped"
        digest = hashlib.new(signature.md_algorithm, bytes(token)).digest()
        content_type = "tst_info"
    intact, valid = validate_sig_integrity(signature.signer_info, signature.signer_cert, content_type, digest)
    if not intact:
        return False, "the file is not what was signed"
    return valid, "" if valid else "the signature does not belong to the certificate"


def common_name(certificate: Any) -> str:
    """Common name of a certificate's subject, or the whole subject where it has none."""
    names = certificate.subject.native
    return str(names.get("common_name") or certificate.subject.human_friendly)


def _signed_at(signature: EmbeddedPdfSignature) -> datetime | None:
    try:
        moment = signature.self_reported_timestamp
    except DAMAGE:
        return None
    return moment if moment is None or moment.tzinfo else None


def _distrust(signature: EmbeddedPdfSignature, roots: Sequence[x509.Certificate]) -> str:
    moment = _signed_at(signature)
    if moment is None:
        return "no time of signing"
    return distrust(signature.signer_cert, signature.other_embedded_certs, roots, moment)
