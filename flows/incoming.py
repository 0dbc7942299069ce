"""Digital signatures that came with files: in a PDF, around a document, beside it. Judged, never touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cryptography.x509 import Certificate

from dossier.errors import SignerUnavailable
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.page import RecognisedPage, SourceFile
from flows.intake import TakenFile
from flows.officer_identity import trust_anchors
from flows.wiring import Workshop
from pipeline.envelope_report import report_envelope, signs
from pipeline.signature_report import SignatureReport, report_signatures
from scanners.envelope import CMS, container_of, open_envelope
from scanners.files import PDF


def report_signed_sources(workshop: Workshop, pages: Sequence[RecognisedPage]) -> Iterator[Finding]:
    """One finding for each signed source file, and one for each that waits for a signature."""
    sources: dict[str, SourceFile] = {r.page.source.original.sha256: r.page.source for r in pages}
    for source in sources.values():
        if source.signatures:
            data = workshop.spool.get(source.original)
            yield _finding(source, _reports(data, source.original.media_type, _roots(workshop)))
        if source.empty_fields:
            yield Finding(
                Rule.SIGNATURE_FIELD_EMPTY,
                Severity.WARNING,
                Outcome.NOTE,
                source.name,
                (source.name,),
                "",
                str(source.empty_fields),
            )


def report_detached(workshop: Workshop, taken: Sequence[TakenFile]) -> Iterator[Finding]:
    """One finding for each detached signature: over the file of this dossier that it names by its digest."""
    documents = {page.source.original.sha256: page.source for file in taken for page in file.pages}
    for file in taken:
        if file.signature is None:
            continue
        der = container_of(workshop.spool.get(file.signature.original)) or b""
        candidates = ((source, workshop.spool.get(source.original)) for source in documents.values())
        signed = next(((source, data) for source, data in candidates if signs(der, data)), None)
        reports = report_envelope(der, signed[1] if signed else None, _roots(workshop))
        yield _finding(file.signature, reports, signed[0].name if signed else "")


def _finding(source: SourceFile, reports: Sequence[SignatureReport], signed: str = "") -> Finding:
    is_sound = bool(reports) and all(report.intact for report in reports)
    return Finding(
        Rule.SIGNED_ORIGINAL,
        Severity.INFO if is_sound else Severity.WARNING,
        Outcome.NOTE if is_sound else Outcome.FAIL,
        source.name,
        (*((signed,) if signed else ()), *(_line(report) for report in reports)),
        "",
        str(len(reports) or source.signatures),
    )


def _line(report: SignatureReport) -> str:
    parts = [
        report.signer or report.field,
        "intact" if report.intact else f"broken: {report.detail}",
        "covers the whole file" if report.covers_whole_file else "covers an earlier revision",
        "issuer known" if report.issuer_known else "issuer unknown",
    ]
    if report.added_later:
        parts.append(f"added later: {report.added_later}")
    return ", ".join(part for part in parts if part)


def _reports(data: bytes, media_type: str, roots: Sequence[Certificate]) -> Sequence[SignatureReport]:
    """Of a signature around a document, then of those inside it."""
    if media_type != CMS:
        return report_signatures(data, roots) if media_type == PDF else ()
    envelope = open_envelope(container_of(data) or b"", "")
    inside = envelope.content or b""
    kind = CMS if container_of(inside) is not None else PDF
    return (*report_envelope(envelope.der, inside, roots), *_reports(inside, kind, roots))


def _roots(workshop: Workshop) -> tuple[Certificate, ...]:
    """Whom this machine trusts; nobody where it knows none."""
    try:
        return trust_anchors(workshop.settings)
    except SignerUnavailable:
        return ()
