"""What a signature container (.p7m, .p7s) proves: judged signer by signer (RFC 5652, CAdES)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asn1crypto import cms
from cryptography import x509
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from pipeline.signature_report import DAMAGE, SignatureReport, common_name, unreadable
from pipeline.trust_path import distrust


def report_envelope(
    der: bytes, content: bytes | None, roots: Sequence[x509.Certificate] = ()
) -> tuple[SignatureReport, ...]:
    """Every signer of a container; damage is a judgement, never an exception.

    Args:
        der: the container.
        content: the document that it signs: the one inside, or the one beside it; None where there is none.
        roots: certificates that make a signer known.
    """
    try:
        signed: Any = cms.ContentInfo.load(der)["content"]
        infos = list(signed["signer_infos"])
        held = [choice.chosen for choice in signed["certificates"] or () if choice.name == "certificate"]
    except DAMAGE as e:
        return (unreadable("", f"the container cannot be read: {type(e).__name__}"),)
    if not infos:
        return (unreadable("", "the container bears no signature"),)
    return tuple(_report(signed, info, held, content, roots) for info in infos)


def signed_digests(der: bytes) -> dict[str, set[bytes]]:
    """What a detached container says its document's digest is, by the digest's name; empty where damaged."""
    digests: dict[str, set[bytes]] = {}
    try:
        signed: Any = cms.ContentInfo.load(der)["content"]
        for info in signed["signer_infos"]:
            for attribute in info["signed_attrs"]:
                if attribute["type"].native == "message_digest":
                    name = info["digest_algorithm"]["algorithm"].native
                    digests.setdefault(name, set()).add(attribute["values"][0].native)
    except DAMAGE:
        return {}
    return digests


def signs(der: bytes, content: bytes) -> bool:
    """Whether a detached container names this document by its digest."""
    return any(
        hashlib.new(name, content).digest() in values
        for name, values in signed_digests(der).items()
        if name in ("sha1", "sha224", "sha256", "sha384", "sha512")
    )


def _report(
    signed: Any, info: Any, held: Sequence[Any], content: bytes | None, roots: Sequence[x509.Certificate]
) -> SignatureReport:
    try:
        signer = _signer(info, held)
        if signer is None:
            return unreadable("", "the signer's certificate is not in the container")
        detail, at = _broken(signed, info, signer, content), _signed_at(info)
        others = [certificate for certificate in held if certificate is not signer]
        known = bool(roots) and at is not None and not distrust(signer, others, roots, at)
        return SignatureReport(
            field="",
            signer=common_name(signer),
            is_timestamp=False,
            intact=not detail,
            covers_whole_file=not detail,
            issuer_known=known,
            signed_at=at,
            detail=detail,
        )
    except (SigningError, *DAMAGE) as e:
        return unreadable("", f"cannot be read: {type(e).__name__}")


def _signer(info: Any, held: Sequence[Any]) -> Any:
    sid = info["sid"]
    for certificate in held:
        if sid.name == "issuer_and_serial_number":
            named = sid.chosen
            if (certificate.issuer, certificate.serial_number) == (
                named["issuer"],
                named["serial_number"].native,
            ):
                return certificate
        elif certificate.key_identifier == sid.chosen.native:
            return certificate
    return None


def _broken(signed: Any, info: Any, signer: Any, content: bytes | None) -> str:
    if content is None:
        return "the document that it signs is not there"
    digest = hashlib.new(info["digest_algorithm"]["algorithm"].native, content).digest()
    kind = signed["encap_content_info"]["content_type"].native
    intact, valid = validate_sig_integrity(info, signer, kind, digest)
    if not intact:
        return "the file is not what was signed"
    return "" if valid else "the signature does not belong to the certificate"


def _signed_at(info: Any) -> datetime | None:
    """When, as the signer says."""
    for attribute in info["signed_attrs"] or ():
        if attribute["type"].native == "signing_time":
            moment = attribute["values"][0].native
            return moment if isinstance(moment, datetime) and moment.tzinfo else None
    return None
