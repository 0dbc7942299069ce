"""The strict judgement of our own seal: every byte of the file must be what was sealed.

A signature leaves gaps: the container of the signature itself is not signed. Here each of its bytes is proven
in another way, so that no byte of the file can change unnoticed.

What proves what:
1. everything outside /Contents: the digest in the signed attributes;
2. the signed attributes: the signature over them;
3. the signer's certificate: its hash in the attribute signing-certificate-v2 (RFC 5035);
4. other certificates: the path to a trusted root, each signed by the next;
5. a time stamp in the container: what it stamps is the signature (`pipeline.token_check`);
6. the rest of the container, version to padding: it is built again from 2-5 and must be the same bytes.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from pipeline.der import tagged
from pipeline.signature_report import DAMAGE, byte_ranges, common_name, is_intact
from pipeline.token_check import TokenJudgement, judge_token
from pipeline.trust_path import is_proven

_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
_DATA: Final = bytes.fromhex("06092a864886f70d010701")
_SHA256: Final = bytes.fromhex("300d06096086480165030402010500")
_RSA_SHA256: Final = bytes.fromhex("300d06092a864886f70d01010b0500")
_ECDSA_SHA256: Final = bytes.fromhex("300a06082a8648ce3d040302")
_SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.47"
_TIME_STAMP: Final = "1.2.840.113549.1.9.16.2.14"
_TIME_STAMP_DER: Final = bytes.fromhex("060b2a864886f70d010910020e")
_VERSION_1: Final = bytes.fromhex("020101")


class _Unproven(Exception):
    """A step of the judgement failed; the message says which."""


@dataclass(frozen=True, slots=True)
class SealJudgement:
    """What the strict judgement found; each reason is empty where the step holds."""

    absent: str
    """Why there is no signature to judge."""
    uncovered: str
    """Why the signature does not cover the whole file."""
    broken: str
    """Why the signed bytes are not what was signed."""
    loose: str
    """Why a byte of the signature's container is not proven."""
    signer: str
    """Common name of the signer; empty where it cannot be read."""
    signed_at: datetime | None
    """When, as the signature says."""
    certificate: asn1_x509.Certificate | None
    others: tuple[asn1_x509.Certificate, ...]
    stamp: TokenJudgement | None = None
    """The judgement over the time stamp in the signature; None where there is none."""

    @property
    def holds(self) -> bool:
        """Whether every byte of the file is proven."""
        return not (self.absent or self.uncovered or self.broken or self.loose)


def judge_seal(data: bytes, roots: Sequence[x509.Certificate] = ()) -> SealJudgement:
    """Judge the last signature of a PDF as our seal; damage is a judgement, never an exception.

    Args:
        data: the file.
        roots: trusted roots, which prove certificates between them and the signer's.
    """
    # 1. Where the last signature says it lies, and that its gap is one hexadecimal string.
    gap = _gap(data)
    if gap is None:
        return _judged(absent="no signature was found")
    start, end, covered = gap
    uncovered = "" if covered == len(data) else f"{len(data) - covered} bytes lie after the signed ones"
    container = _container(data[start:end])
    if isinstance(container, str):
        return _judged(uncovered=uncovered, broken=container, loose=container)
    try:
        # 2. What the signature is over, and whether each byte of its container is proven.
        parsed = _parsed(container)
        broken = _broken(parsed, _digest(data, start, end, covered))
        stamp = _stamp(parsed, roots)
        broken = broken or (stamp.broken if stamp else "")
        loose = broken or _loose(parsed, container, roots) or _unusual(data[start:end], container)
        loose = loose or (stamp.loose if stamp and roots else "")
        # 3. The file's own structure must lead to this signature and no other.
        signed_at, astray = (None, "") if loose or uncovered else _structure(data, start, end)
        signer = parsed.signer
        name = common_name(signer)
    except (*DAMAGE, _Unproven) as e:
        return _judged(uncovered=uncovered, broken=_reason(e), loose=_reason(e))
    return SealJudgement(
        "", uncovered, broken, loose or astray, name, signed_at, signer, parsed.others, stamp
    )


def _judged(absent: str = "", uncovered: str = "", broken: str = "", loose: str = "") -> SealJudgement:
    return SealJudgement(absent, uncovered, broken, loose, "", None, None, ())


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, _Unproven) else f"the signature is damaged: {type(error).__name__}"


def _gap(data: bytes) -> tuple[int, int, int] | None:
    """Start and end of the unsigned string, and the end of what is signed, of the last signature."""
    spans = [
        (first, second, second + length)
        for first, second, length in byte_ranges(data)
        if first < second <= second + length <= len(data)
    ]
    return max(spans, key=lambda span: span[2], default=None)


def _container(text: bytes) -> bytes | str:
    """The bytes of the hexadecimal string, or why it is none."""
    if not (text.startswith(b"<") and text.endswith(b">")):
        return "the gap in the signed bytes is not one string"
    try:
        return bytes.fromhex(text[1:-1].decode("ascii"))
    except ValueError:
        return "the signature is not hexadecimal"


def _unusual(text: bytes, container: bytes) -> str:
    """Hexadecimal has two cases and may hold spaces; we write one form only."""
    written = b"<" + container.hex().upper().encode("ascii") + b">"
    return "" if text == written else "the signature's hexadecimal is not as this product writes it"


def _digest(data: bytes, start: int, end: int, covered: int) -> bytes:
    view = memoryview(data)
    digest = hashlib.sha256(view[:start])
    digest.update(view[end:covered])
    return digest.digest()


@dataclass(frozen=True, slots=True)
class _Parsed:
    """The parts of a CMS container that something else must prove."""

    signer: asn1_x509.Certificate
    others: tuple[asn1_x509.Certificate, ...]
    attributes: bytes
    """Contents of the signed attributes, as they stand."""
    values: dict[str, Any]
    """Value of each signed attribute by its dotted identifier; each occurs once."""
    signature: bytes
    token: bytes
    """The time stamp over the signature; empty where there is none."""


def _parsed(container: bytes) -> _Parsed:
    content = cms.ContentInfo.load(container)
    if content["content_type"].native != "signed_data":
        raise _Unproven("the container holds no signature")
    signed: Any = content["content"]
    infos = signed["signer_infos"]
    if len(infos) != 1 or infos[0]["sid"].name != "issuer_and_serial_number":
        raise _Unproven("there is not one signer, named by issuer and number")
    sid, info = infos[0]["sid"].chosen, infos[0]
    certificates = [choice.chosen for choice in signed["certificates"] if choice.name == "certificate"]
    signers = [
        certificate
        for certificate in certificates
        if certificate.issuer.dump() == sid["issuer"].dump()
        and certificate.serial_number == sid["serial_number"].native
    ]
    if len(signers) != 1:
        raise _Unproven("the signer's certificate is not in the signature")
    attributes = info["signed_attrs"]
    values = {attribute["type"].dotted: attribute["values"] for attribute in attributes}
    if len(values) != len(attributes) or any(len(value) != 1 for value in values.values()):
        raise _Unproven("a signed attribute occurs twice")
    return _Parsed(
        signers[0],
        tuple(certificate for certificate in certificates if certificate is not signers[0]),
        bytes(attributes.contents),
        values,
        info["signature"].native,
        _token(info),
    )


def _token(info: Any) -> bytes:
    """The one unsigned attribute that we know: a time stamp over the signature."""
    unsigned = info["unsigned_attrs"]
    if not unsigned:
        return b""
    if len(unsigned) != 1 or unsigned[0]["type"].dotted != _TIME_STAMP or len(unsigned[0]["values"]) != 1:
        raise _Unproven("the signature carries unsigned attributes that this product does not write")
    return bytes(unsigned[0]["values"][0].dump())


def _broken(parsed: _Parsed, digest: bytes) -> str:
    """Why the file is not what was signed, by SHA-256 and the signer's key."""
    if _SIGNING_CERTIFICATE in parsed.values and not _names_certificate(parsed):
        return "the certificate is not the one that signed"
    message_digest = parsed.values.get("1.2.840.113549.1.9.4")
    content_type = parsed.values.get("1.2.840.113549.1.9.3")
    if message_digest is None or content_type is None or content_type[0].dump() != _DATA:
        return "the signature says nothing of the file"
    if message_digest[0].native != digest:
        return "the file is not what was signed"
    key = x509.load_der_x509_certificate(parsed.signer.dump()).public_key()
    if not _is_signed(key, parsed.signature, tagged(0x31, parsed.attributes)):
        return "the signature does not belong to the certificate"
    return ""


def _is_signed(key: Any, signature: bytes, message: bytes) -> bool:
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _loose(parsed: _Parsed, container: bytes, roots: Sequence[x509.Certificate]) -> str:
    """Which byte of the container is not proven; empty where all are."""
    if not _names_certificate(parsed):
        return "the signed attributes do not name the certificate"
    if not all(is_proven(c, (parsed.signer, *parsed.others), roots) for c in parsed.others):
        return "a certificate in the signature is not proven by a trusted root"
    rebuilt = _rebuilt(parsed)
    if container[: len(rebuilt)] != rebuilt:
        return "the signature's container is not as this product writes it"
    if any(container[len(rebuilt) :]):
        return "there is something in the signature's padding"
    return ""


def _stamp(parsed: _Parsed, roots: Sequence[x509.Certificate]) -> TokenJudgement | None:
    if not parsed.token:
        return None
    digests = {name: hashlib.new(name, parsed.signature).digest() for name in ("sha256", "sha384", "sha512")}
    return judge_token(parsed.token, digests, roots)


def _names_certificate(parsed: _Parsed) -> bool:
    value = parsed.values.get(_SIGNING_CERTIFICATE)
    if value is None:
        return False
    named = tsp.SigningCertificateV2.load(value[0].dump())["certs"][0]
    is_sha256 = named["hash_algorithm"]["algorithm"].native == "sha256"
    return bool(is_sha256 and named["cert_hash"].native == hashlib.sha256(parsed.signer.dump()).digest())


def _rebuilt(parsed: _Parsed) -> bytes:
    """The one container that this product writes for these parts (RFC 5652; PAdES B-B)."""
    certificates = sorted(c.dump() for c in (parsed.signer, *parsed.others))
    is_rsa = parsed.signer.public_key.algorithm == "rsa"
    serial = parsed.signer["tbs_certificate"]["serial_number"].dump()
    info = tagged(
        0x30,
        _VERSION_1
        + tagged(0x30, parsed.signer.issuer.dump() + serial)
        + _SHA256
        + tagged(0xA0, parsed.attributes)
        + (_RSA_SHA256 if is_rsa else _ECDSA_SHA256)
        + tagged(0x04, parsed.signature)
        + (tagged(0xA1, _stamped(parsed.token)) if parsed.token else b""),
    )
    signed = tagged(
        0x30,
        _VERSION_1
        + tagged(0x31, _SHA256)
        + tagged(0x30, _DATA)
        + tagged(0xA0, b"".join(certificates))
        + tagged(0x31, info),
    )
    return tagged(0x30, _SIGNED_DATA + tagged(0xA0, signed))


def _stamped(token: bytes) -> bytes:
    return tagged(0x30, _TIME_STAMP_DER + tagged(0x31, token))


def _structure(data: bytes, start: int, end: int) -> tuple[datetime | None, str]:
    """Read the file from its cross-reference table: the time of signing, and why that leads astray."""
    found = PdfFileReader(io.BytesIO(data)).embedded_signatures
    if len(found) != 1:
        return None, f"{len(found)} signatures where this product writes one"
    signature: EmbeddedPdfSignature = found[0]
    if [int(n) for n in signature.byte_range] != [0, start, end, len(data) - end]:
        return None, "the document's signature is another one"
    if signature.sig_object.get("/SubFilter") != "/ETSI.CAdES.detached":
        return None, "the signature is not PAdES"
    # 4. A second opinion from the library that signed.
    intact, reason = is_intact(signature)
    return signature.self_reported_timestamp, "" if intact else reason
