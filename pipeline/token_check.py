"""A time stamp (RFC 3161), every byte of it accounted for, as `pipeline.signature_check` does for a seal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any, Final

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from pipeline.der import sequence, tagged
from pipeline.signature_report import DAMAGE
from pipeline.trust_path import is_proven

_TIME_STAMP_INFO: Final = "tst_info"
_DIGESTS: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


@dataclass(frozen=True, slots=True)
class TokenJudgement:
    """What a time stamp says, and whether it can be believed."""

    broken: str
    """Why it proves nothing; empty where it holds."""
    loose: str
    """Which of its bytes nothing proves; empty where all are proven."""
    at: datetime | None
    """When the service saw the data, aware."""
    service: asn1_x509.Certificate | None
    """Certificate of the service."""
    others: tuple[asn1_x509.Certificate, ...] = ()


def judge_token(
    token: bytes, data_digests: dict[str, bytes], roots: Sequence[x509.Certificate]
) -> TokenJudgement:
    """Judge a time stamp token; damage is a judgement, never an exception.

    Args:
        token: CMS, DER.
        data_digests: the stamped data's digest by the names "sha256", "sha384", "sha512".
        roots: trusted roots, which prove the certificates inside.
    """
    try:
        content = cms.ContentInfo.load(token)
        signed: Any = content["content"]
        (info,) = signed["signer_infos"]
        stamped = signed["encap_content_info"]["content"].parsed
        service, others = _certificates(signed, info)
        broken = _broken(signed, info, service, data_digests)
        at = stamped["gen_time"].native
        if broken:
            return TokenJudgement(broken, broken, None, None)
        loose = _loose(token, (signed, info), [service, *others], roots)
    except (*DAMAGE, InvalidSignature) as e:
        reason = f"the time stamp is damaged: {type(e).__name__}"
        return TokenJudgement(reason, reason, None, None)
    return TokenJudgement("", loose, at, service, tuple(others))


def _certificates(signed: Any, info: Any) -> tuple[asn1_x509.Certificate, list[asn1_x509.Certificate]]:
    found = [choice.chosen for choice in signed["certificates"] if choice.name == "certificate"]
    sid = info["sid"].chosen
    named = [
        c
        for c in found
        if c.issuer.dump() == sid["issuer"].dump() and c.serial_number == sid["serial_number"].native
    ]
    if len(named) != 1:
        raise ValueError("the service's certificate is not in the time stamp")
    service = named[0]
    return service, [c for c in found if c is not service]


def _broken(signed: Any, info: Any, service: asn1_x509.Certificate, data_digests: dict[str, bytes]) -> str:
    """Why the token does not stamp these data."""
    encapsulated = signed["encap_content_info"]
    if encapsulated["content_type"].native != _TIME_STAMP_INFO:
        return "it is no time stamp"
    imprint = encapsulated["content"].parsed["message_imprint"]
    wanted = data_digests.get(imprint["hash_algorithm"]["algorithm"].native)
    if wanted is None or imprint["hashed_message"].native != wanted:
        return "the time stamp is over other data"
    attributes = {attribute["type"].native: attribute["values"] for attribute in info["signed_attrs"]}
    if len(attributes) != len(info["signed_attrs"]) or any(
        len(values) != 1 for values in attributes.values()
    ):
        return "a signed attribute occurs twice"
    name = info["digest_algorithm"]["algorithm"].native
    digest = hashlib.new(name, encapsulated["content"].contents).digest()
    if name not in _DIGESTS or attributes["message_digest"][0].native != digest:
        return "the time stamp is not what the service signed"
    if not _names(attributes, service):
        return "the certificate is not the one that stamped"
    if "time_stamping" not in (
        service.extended_key_usage_value.native if service.extended_key_usage_value else ()
    ):
        return "the certificate is not one of a time stamping service"
    return _unsigned_by(
        service, info["signature"].native, tagged(0x31, bytes(info["signed_attrs"].contents)), name
    )


def _names(attributes: dict[str, Any], service: asn1_x509.Certificate) -> bool:
    """Whether the signed attributes name the certificate by its hash (RFC 5035, RFC 2634)."""
    if "signing_certificate_v2" in attributes:
        named = tsp.SigningCertificateV2.load(attributes["signing_certificate_v2"][0].dump())["certs"][0]
        digest = hashlib.new(named["hash_algorithm"]["algorithm"].native, service.dump()).digest()
    elif "signing_certificate" in attributes:
        named = tsp.SigningCertificate.load(attributes["signing_certificate"][0].dump())["certs"][0]
        digest = hashlib.sha1(service.dump(), usedforsecurity=False).digest()
    else:
        return False
    return bool(named["cert_hash"].native == digest)


def _unsigned_by(service: asn1_x509.Certificate, signature: bytes, message: bytes, digest: str) -> str:
    key = x509.load_der_x509_certificate(service.dump()).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), _DIGESTS[digest])
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(_DIGESTS[digest]))
        else:
            return "the service's key is of an unknown kind"
    except InvalidSignature:
        return "the time stamp was not signed by its certificate"
    return ""


def _loose(
    token: bytes,
    parts: tuple[Any, Any],
    certificates: Sequence[asn1_x509.Certificate],
    roots: Sequence[x509.Certificate],
) -> str:
    if not all(is_proven(c, certificates, roots) for c in certificates):
        return "a certificate in the time stamp is not proven by a trusted root"
    if token not in set(_rebuilt(*parts)):
        return "the time stamp's container cannot be built again from what is proven"
    return ""


def _rebuilt(signed: Any, info: Any) -> Iterator[bytes]:
    """The containers that these proven parts may be written as (RFC 5652).

    Algorithms may carry a NULL or nothing; everything else has one form.
    """
    name = info["digest_algorithm"]["algorithm"]
    algorithm = info["signature_algorithm"]["algorithm"]
    certificates = b"".join(choice.chosen.dump() for choice in signed["certificates"])
    in_order = b"".join(sorted(choice.chosen.dump() for choice in signed["certificates"]))
    encapsulated = signed["encap_content_info"]
    content = sequence(
        encapsulated["content_type"].dump() + tagged(0xA0, tagged(0x04, encapsulated["content"].contents))
    )
    sid = info["sid"].chosen
    named = sequence(sid["issuer"].dump() + sid["serial_number"].dump())
    for outer, inner, last, kept in product(
        _written(name), _written(name), _written(algorithm), (certificates, in_order)
    ):
        signer = sequence(
            _VERSION_1
            + named
            + inner
            + tagged(0xA0, bytes(info["signed_attrs"].contents))
            + last
            + tagged(0x04, info["signature"].native)
        )
        data = sequence(
            _VERSION_3 + tagged(0x31, outer) + content + tagged(0xA0, kept) + tagged(0x31, signer)
        )
        yield sequence(_SIGNED_DATA + tagged(0xA0, data))


_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
_VERSION_1: Final = bytes.fromhex("020101")
_VERSION_3: Final = bytes.fromhex("020103")


def _written(algorithm: Any) -> Iterable[bytes]:
    return (sequence(algorithm.dump()), sequence(algorithm.dump() + b"\x05\x00"))
