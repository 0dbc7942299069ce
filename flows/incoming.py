"""Digital signatures that came with a file: judged and reported, never touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.page import RecognisedPage, SourceFile
from flows.wiring import Workshop
from pipeline.signature_report import SignatureReport, report_signatures


def report_signed_sources(workshop: Workshop, pages: Sequence[RecognisedPage]) -> Iterator[Finding]:
    """One finding for each signed source file."""
    sources: dict[str, SourceFile] = {r.page.source.original.sha256: r.page.source for r in pages}
    for source in sources.values():
        if source.signatures:
            reports = report_signatures(workshop.spool.get(source.original))
            yield _finding(source, reports)


def _finding(source: SourceFile, reports: Sequence[SignatureReport]) -> Finding:
    is_sound = bool(reports) and all(report.intact for report in reports)
    return Finding(
        Rule.SIGNED_ORIGINAL,
        Severity.INFO if is_sound else Severity.WARNING,
        Outcome.NOTE if is_sound else Outcome.FAIL,
        source.name,
        tuple(_line(report) for report in reports),
        "",
        str(len(reports) or source.signatures),
    )


def _line(report: SignatureReport) -> str:
    parts = (
        report.signer or report.field,
        "intact" if report.intact else "broken",
        "covers the whole file" if report.covers_whole_file else "covers an earlier revision",
        "issuer known" if report.issuer_known else "issuer unknown",
    )
    return ", ".join(parts)
