"""How long a seal can be proven: time stamps, evidence and what was added after the seal, judged offline.

The seal itself is judged byte by byte in `pipeline.signature_check`; here is judged what stands around it:

1. the time stamp inside the signature (B-T);
2. that everything appended after the seal is evidence and time stamps, nothing else;
3. that with the evidence in the file alone, signer and service were trusted when the seal was stamped (B-LT);
4. that the last time stamp covers the whole file, and the chain of stamps reaches today (B-LTA).
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from dossier.archive import SealLevel
from pipeline.signature_check import SealJudgement, judge_seal
from pipeline.signature_report import DAMAGE, byte_ranges
from pipeline.token_check import judge_token
from pipeline.trust_path import distrust

_DIGESTS: Final = ("sha256", "sha384", "sha512")


@dataclass(frozen=True, slots=True)
class LevelJudgement:
    """What the seal and everything after it prove."""

    seal: SealJudgement
    """Over the seal's own revision, the file up to where the seal covers it."""
    level: SealLevel
    """The highest level that holds."""
    broken: str
    """What was added after the seal and is wrong; empty where nothing is."""
    lacking: str
    """Why the next level does not hold; empty where there is none, or nobody claims it."""
    stamped_at: datetime | None
    """When a time stamping service first saw the signature, aware."""
    renew_before: datetime | None
    """When the last time stamp's certificate expires, aware; None below B-LTA."""


def judge_level(data: bytes, roots: Sequence[x509.Certificate], now: datetime) -> LevelJudgement:
    """Judge a sealed file with all that was appended; damage is a judgement, never an exception.

    Args:
        roots: trusted roots of signers and time stamping services.
        now: when the judgement is made, aware.
    """
    first = next(byte_ranges(data), None)
    end = sum(first[1:]) if first is not None else len(data)
    seal = judge_seal(data[:end], roots)
    if not seal.holds:
        return _judged(seal, lacking="the seal does not hold")
    stamp = seal.stamp
    if stamp is None:
        broken = "" if end == len(data) else f"{len(data) - end} bytes lie after the seal"
        return _judged(seal, broken=broken)
    if stamp.service is None or stamp.at is None:
        return _judged(seal, lacking=stamp.broken)
    lacking = distrust(stamp.service, stamp.others, roots, stamp.at, usage="time_stamping")
    if lacking:
        return _judged(seal, lacking=lacking)
    if end == len(data):
        return LevelJudgement(seal, SealLevel.B_T, "", "", stamp.at, None)
    try:
        return _appended(data, seal, now, roots)
    except DAMAGE as e:
        reason = f"what was added after the seal is damaged: {type(e).__name__}"
        return LevelJudgement(seal, SealLevel.B_T, reason, reason, stamp.at, None)


def _judged(seal: SealJudgement, broken: str = "", lacking: str = "") -> LevelJudgement:
    return LevelJudgement(seal, SealLevel.B_B, broken, lacking or broken, None, None)


def _appended(
    data: bytes, seal: SealJudgement, now: datetime, roots: Sequence[x509.Certificate]
) -> LevelJudgement:
    at = seal.stamp.at if seal.stamp is not None else None
    if at is None:
        return _judged(seal, broken="something was added to a seal without a time stamp")
    reader = PdfFileReader(io.BytesIO(data))
    (signature,) = reader.embedded_regular_signatures
    # 2. Nothing but evidence and time stamps was added.
    signature.compute_integrity_info(DEFAULT_DIFF_POLICY)
    added = signature.diff_result
    level = added.modification_level if isinstance(added, DiffResult) else ModificationLevel.OTHER
    if level > ModificationLevel.LTA_UPDATES:
        reason = "the document was changed after it was sealed"
        return LevelJudgement(seal, SealLevel.B_T, reason, reason, at, None)
    if not data.rstrip(b"\r\n").endswith(b"%%EOF"):
        reason = "something lies after the end of the file"
        return LevelJudgement(seal, SealLevel.B_T, reason, reason, at, None)
    # 4. Each later time stamp holds, and the last one covers the whole file.
    stamps: list[EmbeddedPdfSignature] = list(reader.embedded_timestamp_signatures)
    for stamp in stamps:
        reason = _broken_stamp(data, stamp, roots)
        if reason:
            return LevelJudgement(seal, SealLevel.B_T, reason, reason, at, None)
    if stamps and stamps[-1].evaluate_signature_coverage() != SignatureCoverageLevel.ENTIRE_FILE:
        reason = "something lies after the last time stamp"
        return LevelJudgement(seal, SealLevel.B_T, reason, reason, at, None)
    # 3. The evidence suffices, without asking anybody.
    evidence = _evidence(reader)
    reason = _unproven(evidence, seal, at, roots)
    if reason:
        return LevelJudgement(seal, SealLevel.B_T, "", reason, at, None)
    if not stamps:
        return LevelJudgement(seal, SealLevel.B_LT, "", "", at, None)
    reason = _past_proof(evidence, stamps, now, roots)
    if reason:
        return LevelJudgement(seal, SealLevel.B_LT, "", reason, at, None)
    expires = stamps[-1].signer_cert["tbs_certificate"]["validity"]["not_after"].native
    return LevelJudgement(seal, SealLevel.B_LTA, "", "", at, expires)


def _broken_stamp(data: bytes, stamp: EmbeddedPdfSignature, roots: Sequence[x509.Certificate]) -> str:
    start, first, second, length = (int(n) for n in stamp.byte_range)
    text = data[first + 1 : second - 1]
    raw = bytes.fromhex(text.decode("ascii"))
    token = cms.ContentInfo.load(raw).dump()
    if raw[: len(token)] != token or any(raw[len(token) :]):
        return "there is something in a time stamp's padding"
    digests = {}
    for name in _DIGESTS:
        digest = hashlib.new(name, data[start:first])
        digest.update(data[second : second + length])
        digests[name] = digest.digest()
    judged = judge_token(token, digests, roots)
    return judged.broken or judged.loose


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the file holds about certificates (DSS)."""

    certificates: tuple[asn1_x509.Certificate, ...]
    answers: dict[str, Any]
    """OCSP answers and revocation lists as a ValidationContext takes them."""


def _evidence(reader: PdfFileReader) -> _Evidence:
    store = DocumentSecurityStore.read_dss(reader)
    return _Evidence(
        tuple(asn1_x509.Certificate.load(c.get_object().data) for c in store.certs.values()),
        {
            "ocsps": [each.get_object().data for each in store.ocsps],
            "crls": [each.get_object().data for each in store.crls],
            "revocation_mode": "require",
            "retroactive_revinfo": True,
        },
    )


def _unproven(
    evidence: _Evidence, seal: SealJudgement, at: datetime, roots: Sequence[x509.Certificate]
) -> str:
    """Why the evidence in the file does not prove the certificates when the seal was stamped."""
    stamp = seal.stamp
    if seal.certificate is None or stamp is None or stamp.service is None:
        return "there is no certificate"
    for certificate, usage in ((seal.certificate, ""), (stamp.service, "time_stamping")):
        reason = distrust(certificate, evidence.certificates, roots, at, usage=usage, **evidence.answers)
        if reason:
            return reason
    return ""


def _past_proof(
    evidence: _Evidence,
    stamps: Sequence[EmbeddedPdfSignature],
    now: datetime,
    roots: Sequence[x509.Certificate],
) -> str:
    """Why the chain of time stamps over the file does not reach today.

    Each stamp's certificate is proven when the next one was made, by evidence that the next one covers; the
    last one must be valid now.
    """
    for stamp, following in zip(stamps, [*stamps[1:], None], strict=True):
        until = _stamped_at(following) if following is not None else now
        answers = evidence.answers if following is not None else {}
        reason = distrust(
            stamp.signer_cert, evidence.certificates, roots, until, usage="time_stamping", **answers
        )
        if reason:
            return reason
    return ""


def _stamped_at(stamp: EmbeddedPdfSignature) -> datetime:
    moment: datetime = stamp.signed_data["encap_content_info"]["content"].parsed["gen_time"].native
    return moment
