"""Judge a sealed PDF: signature, PDF/A, text layer. The judgement is returned, never raised."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pypdfium2 as pdfium
from cryptography import x509
from pikepdf import pdfa

from dossier.archive import SealLevel
from pipeline.level_check import LevelJudgement, judge_level
from pipeline.mark_place import share_of_ink
from pipeline.pdfium_lock import opened
from pipeline.signature_report import SignatureReport, byte_ranges, report_signatures
from pipeline.text_witness import raw_text_by_page
from pipeline.trust_path import distrust

__all__ = ["Check", "SignatureReport", "Verification", "report_signatures", "verify_pdf", "verify_signature"]

Outcome = Literal["pass", "fail", "not_checked"]
_MUST_PASS = ("signature_present", "signature_intact", "covers_whole_file", "signature_canonical")
_PREVIOUS = re.compile(rb"/Prev\s+(\d{1,12})\b")
_END = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF\r?\n?")
_CLOCKS_DIFFER = timedelta(minutes=10)
"""By how much two honest clocks may differ."""
_BLANK_INK = 0.01
"""Share of a page that dust and edges may darken on a blank sheet."""


@dataclass(frozen=True, slots=True)
class Check:
    """One step of the judgement."""

    name: str
    """signature_present, signature_intact, covers_whole_file, signature_canonical, signer_trusted,
    signer_not_revoked, seal_level, clock, pdfa_2b or text_layer."""
    outcome: Outcome
    detail: str
    """Why, in a few words of English for the log."""


@dataclass(frozen=True, slots=True)
class Verification:
    """The judgement over a file."""

    checks: tuple[Check, ...]
    signer: str
    """Common name of the signer; empty where it cannot be read."""
    signed_at: datetime | None
    """When, as the signature says."""
    level: SealLevel
    """How long the seal can be proven."""
    stamped_at: datetime | None
    """When a time stamping service first saw the signature; None without one."""
    renew_before: datetime | None
    """When the last time stamp over the file expires; None below B-LTA."""
    sha256: str
    """Of the whole file."""

    @property
    def passed(self) -> bool:
        """No step failed; the signature is there, intact, covers the file and leaves no byte loose."""
        outcomes = {check.name: check.outcome for check in self.checks}
        return "fail" not in outcomes.values() and all(outcomes.get(name) == "pass" for name in _MUST_PASS)


def verify_pdf(
    data: bytes, roots: Sequence[x509.Certificate] | None, now: datetime | None = None
) -> Verification:
    """Judge signature, PDF/A-2b and text layer of a file.

    Args:
        data: the file.
        roots: trusted roots; None where nobody said whom to trust.
        now: when the judgement is made; the clock's time without it.
    """
    signature = _as_reported(verify_signature(data, roots, now), data, roots or ())
    return replace(signature, checks=(*signature.checks, _pdfa_check(data), _text_check(data)))


def verify_signature(
    data: bytes, roots: Sequence[x509.Certificate] | None, now: datetime | None = None
) -> Verification:
    """The signature and what was added to prove it longer; every byte of the file counts."""
    judgement = judge_level(data, roots or (), now or datetime.now(UTC))
    seal = judgement.seal
    present = not seal.absent
    checks = (
        _check("signature_present", seal.absent),
        _check("signature_intact", seal.broken, is_possible=present),
        _check("covers_whole_file", seal.uncovered or judgement.broken, is_possible=present),
        _check("signature_canonical", seal.loose, is_possible=present),
        _trust_check(judgement, roots),
        _revocation_check(judgement, roots),
        _level_check(judgement, roots),
        *_clock_check(judgement),
    )
    return Verification(
        checks,
        seal.signer,
        seal.signed_at,
        judgement.level,
        judgement.stamped_at,
        judgement.renew_before,
        hashlib.sha256(data).hexdigest(),
    )


def _as_reported(verification: Verification, data: bytes, roots: Sequence[x509.Certificate]) -> Verification:
    """What we did not write may be intact all the same: say so, though it never passes as our seal."""
    if verification.passed:
        return verification
    whole = [r for r in report_signatures(data, roots) if r.intact and r.covers_whole_file]
    if not whole:
        return verification
    last = whole[-1]
    intact = Check("signature_intact", "pass", "though not as this product writes it")
    checks = tuple(intact if check.name == intact.name else check for check in verification.checks)
    return replace(verification, checks=checks, signer=last.signer, signed_at=last.signed_at)


def _check(name: str, reason: str, *, is_possible: bool = True) -> Check:
    if not is_possible:
        return Check(name, "not_checked", "there is no signature")
    return Check(name, "fail" if reason else "pass", reason)


def _trust_check(judgement: LevelJudgement, roots: Sequence[x509.Certificate] | None) -> Check:
    name, seal = "signer_trusted", judgement.seal
    if roots is None:
        return Check(name, "not_checked", "no roots were given")
    if not seal.holds or seal.certificate is None or seal.signed_at is None:
        return Check(name, "not_checked", "the signature does not hold")
    if judgement.level >= SealLevel.B_LT:
        return Check(name, "pass", "")
    moment = judgement.stamped_at or seal.signed_at
    reason = distrust(seal.certificate, seal.others, roots, moment)
    return _check(name, reason)


def _revocation_check(judgement: LevelJudgement, roots: Sequence[x509.Certificate] | None) -> Check:
    """Proven by the answers in the file, or not known: nobody is asked here, and silence is no answer."""
    name = "signer_not_revoked"
    if roots is None:
        return Check(name, "not_checked", "no roots were given")
    if not judgement.seal.holds:
        return Check(name, "not_checked", "the signature does not hold")
    if judgement.level >= SealLevel.B_LT:
        return Check(name, "pass", "not revoked, by the evidence in the file")
    return Check(name, "not_checked", "revocation was not checked")


def _level_check(judgement: LevelJudgement, roots: Sequence[x509.Certificate] | None) -> Check:
    """What a seal claims beyond B-B must hold; who claims nothing more has nothing to fail."""
    name = "seal_level"
    if roots is None or not judgement.seal.holds:
        return Check(
            name, "not_checked", "no roots were given" if roots is None else "the seal does not hold"
        )
    if judgement.lacking:
        return Check(name, "fail", judgement.lacking)
    return Check(name, "pass", judgement.level.label)


def _clock_check(judgement: LevelJudgement) -> tuple[Check, ...]:
    """Nobody can sign after a service has seen the signature; how long before is the signer's own word.

    No check where no service has seen it.
    """
    said = judgement.seal.signed_at
    if said is None or judgement.stamped_at is None:
        return ()
    late = said > judgement.stamped_at + _CLOCKS_DIFFER
    return (_check("clock", f"signed at {said.isoformat()}, after it was stamped" if late else ""),)


def _pdfa_check(data: bytes) -> Check:
    """PDF/A-2b of the unsigned revision: a signature's form field is beyond what the validator judges."""
    report = pdfa.validate_written(io.BytesIO(unsigned_revision(data)), "2b")
    detail = "; ".join(f"{finding.rule}: {finding.message}" for finding in report.findings[:3])
    if report.passed:
        return Check("pdfa_2b", "pass", "")
    return Check("pdfa_2b", "fail" if report.verdict == "fail" else "not_checked", detail)


def unsigned_revision(data: bytes) -> bytes:
    """The file as it was before it was sealed; the whole file where there was no incremental update."""
    sealed = next(byte_ranges(data), None)
    data = data[: sum(sealed[1:])] if sealed is not None else data
    end = data.rfind(b"startxref")
    last = _END.match(data, end) if end >= 0 else None
    if last is None or int(last.group(1)) >= end:
        return data
    previous = _PREVIOUS.search(data, int(last.group(1)), end)
    if previous is None:
        return data
    before = _END.search(data, int(previous.group(1)), end)
    if before is None or before.group(1) != previous.group(1):
        return data
    return data[: before.end()]


def _text_check(data: bytes) -> Check:
    name = "text_layer"
    try:
        texts = raw_text_by_page(data)
        if not texts:
            return Check(name, "fail", "there are no pages")
        problems = [f"page {number}: {p}" for number, text in enumerate(texts, 1) for p in _problems(text)]
        if problems:
            return Check(name, "fail", "; ".join(problems[:3]))
        silent = [number for number, text in enumerate(texts, 1) if not text.strip()]
        if len(silent) == len(texts):
            return _silence_check(data)
    except pdfium.PdfiumError as e:
        return Check(name, "fail", f"no text can be extracted: {e}")
    return Check(name, "pass", f"pages without text: {silent}" if silent else "")


def _problems(text: str) -> Iterator[str]:
    if "\ufffd" in text or "\0" in text:
        yield "characters without a meaning"
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        yield "half a character"
    if unicodedata.normalize("NFC", text) != text:
        yield "text is not NFC"


def _silence_check(data: bytes) -> Check:
    """No word on any page: right for blank sheets; a photograph looks like a lost text layer here."""
    with opened(data) as document:
        shares = [share_of_ink(page) for page in document]
    printed = [number for number, share in enumerate(shares, 1) if share > _BLANK_INK]
    if printed:
        return Check("text_layer", "not_checked", f"no text, but pages {printed} are not blank")
    return Check("text_layer", "pass", "all pages are blank")
