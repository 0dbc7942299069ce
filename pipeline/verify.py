"""Judge a sealed PDF: signature, PDF/A, text layer. The judgement is returned, never raised."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pypdfium2 as pdfium
from cryptography import x509
from pikepdf import pdfa

from pipeline.mark_place import share_of_ink
from pipeline.signature_check import SealJudgement, judge_seal
from pipeline.signature_report import SignatureReport, report_signatures
from pipeline.text_witness import raw_text_by_page
from pipeline.trust_path import distrust

__all__ = ["Check", "SignatureReport", "Verification", "report_signatures", "verify_pdf", "verify_signature"]

Outcome = Literal["pass", "fail", "not_checked"]
_MUST_PASS = ("signature_present", "signature_intact", "covers_whole_file", "signature_canonical")
_PREVIOUS = re.compile(rb"/Prev\s+(\d{1,12})\b")
_END = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF\r?\n?")
_BLANK_INK = 0.01
"""Share of a page that dust and edges may darken on a blank sheet."""


@dataclass(frozen=True, slots=True)
class Check:
    """One step of the judgement."""

    name: str
    """signature_present, signature_intact, covers_whole_file, signature_canonical, signer_trusted, pdfa_2b or
    text_layer."""
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
    sha256: str
    """Of the whole file."""

    @property
    def passed(self) -> bool:
        """No step failed; the signature is there, intact, covers the file and leaves no byte loose."""
        outcomes = {check.name: check.outcome for check in self.checks}
        return "fail" not in outcomes.values() and all(outcomes.get(name) == "pass" for name in _MUST_PASS)


def verify_pdf(data: bytes, roots: Sequence[x509.Certificate] | None) -> Verification:
    """Judge signature, PDF/A-2b and text layer of a file.

    Args:
        data: the file.
        roots: trusted roots; None where nobody said whom to trust.
    """
    signature = _as_reported(verify_signature(data, roots), data, roots or ())
    checks = (*signature.checks, _pdfa_check(data), _text_check(data))
    return Verification(checks, signature.signer, signature.signed_at, signature.sha256)


def verify_signature(data: bytes, roots: Sequence[x509.Certificate] | None) -> Verification:
    """The signature alone; every byte of the file counts."""
    judgement = judge_seal(data, roots or ())
    present = not judgement.absent
    checks = (
        _check("signature_present", judgement.absent),
        _check("signature_intact", judgement.broken, is_possible=present),
        _check("covers_whole_file", judgement.uncovered, is_possible=present),
        _check("signature_canonical", judgement.loose, is_possible=present),
        _trust_check(judgement, roots),
    )
    return Verification(checks, judgement.signer, judgement.signed_at, hashlib.sha256(data).hexdigest())


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
    return Verification(checks, last.signer, last.signed_at, verification.sha256)


def _check(name: str, reason: str, *, is_possible: bool = True) -> Check:
    if not is_possible:
        return Check(name, "not_checked", "there is no signature")
    return Check(name, "fail" if reason else "pass", reason)


def _trust_check(judgement: SealJudgement, roots: Sequence[x509.Certificate] | None) -> Check:
    name = "signer_trusted"
    if roots is None:
        return Check(name, "not_checked", "no roots were given")
    if not judgement.holds or judgement.certificate is None or judgement.signed_at is None:
        return Check(name, "not_checked", "the signature does not hold")
    reason = distrust(judgement.certificate, judgement.others, roots, judgement.signed_at)
    return Check(name, "fail" if reason else "pass", reason or "revocation was not asked")


def _pdfa_check(data: bytes) -> Check:
    """PDF/A-2b of the unsigned revision: a signature's form field is beyond what the validator judges."""
    report = pdfa.validate_written(io.BytesIO(unsigned_revision(data)), "2b")
    detail = "; ".join(f"{finding.rule}: {finding.message}" for finding in report.findings[:3])
    if report.passed:
        return Check("pdfa_2b", "pass", "")
    return Check("pdfa_2b", "fail" if report.verdict == "fail" else "not_checked", detail)


def unsigned_revision(data: bytes) -> bytes:
    """The file as it was before its last incremental update; the whole file where there was none."""
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
        texts = list(raw_text_by_page(data))
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
    document = pdfium.PdfDocument(data)
    try:
        shares = [share_of_ink(page) for page in document]
    finally:
        document.close()
    printed = [number for number, share in enumerate(shares, 1) if share > _BLANK_INK]
    if printed:
        return Check("text_layer", "not_checked", f"no text, but pages {printed} are not blank")
    return Check("text_layer", "pass", "all pages are blank")
