"""A report as plain data: what is stored with the package and what other programs read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dossier.archive import ArchivePackage, DossierReport
from dossier.document import Document
from dossier.finding import Finding
from dossier.identity import Identity, birth_text
from dossier.page import Presence


def report_data(report: DossierReport) -> dict[str, Any]:
    """The report in the shape of `sohoa digitise --json`; the console adds the wording of findings."""
    return {
        "dossier": report.dossier.code,
        "procedure": report.dossier.procedure,
        "state": report.state.value,
        "documents": [document_data(document) for document in report.dossier.documents],
        "identities": [
            told_identity(identity, report.dossier.documents) for identity in report.dossier.identities
        ],
        "findings": [finding_data(finding) for finding in report.findings],
        "archive": package_data(report.package),
        "timings_seconds": {stage: round(seconds, 3) for stage, seconds in report.timings_seconds},
    }


def document_data(document: Document) -> dict[str, Any]:
    """One paper, its pages and its fields."""
    return {
        "number": document.number,
        "kind": document.kind.code,
        "title": document.kind.title,
        "confidence": round(document.kind.confidence, 4),
        "copy": document.copy.value,
        "pages": [
            {
                "source": recognised.page.source.name,
                "number": recognised.page.number,
                "rotation_degrees": recognised.frame.rotation_degrees,
                "angle_degrees": round(recognised.frame.angle_degrees, 3),
                "confidence": round(recognised.confidence, 4),
                "seal": recognised.marks.seal.value if recognised.marks else Presence.CANNOT_TELL.value,
                "signature": recognised.marks.signature.value
                if recognised.marks
                else Presence.CANNOT_TELL.value,
            }
            for recognised in document.pages
        ],
        "fields": [
            {
                "name": field.name,
                "value": field.value,
                "page": field.page,
                "box": box_data(field.box),
                "confidence": round(field.confidence, 4),
                "witness": field.witness,
            }
            for field in document.fields
        ],
    }


def identity_data(identity: Identity) -> dict[str, Any]:
    """One person and who saw the number."""
    return {
        "personal_number": identity.personal_number,
        "full_name": identity.full_name,
        "verdict": identity.verdict.value,
        "sources": [
            {
                "source": witness.source.value,
                "engine": witness.engine,
                "personal_number": witness.personal_number,
                "full_name": witness.full_name,
                "document": witness.document,
                "page": witness.page,
                "box": box_data(witness.box),
                "confidence": round(witness.confidence, 4),
            }
            for witness in identity.witnesses
        ],
        "unread": [
            {
                "document": place.document,
                "page": place.page,
                "box": box_data(place.box),
                "digits": place.digits,
            }
            for place in identity.unread
        ],
    }


def told_identity(identity: Identity, documents: Sequence[Document]) -> dict[str, Any]:
    """The same with everything that a person needs to look each witness up, raw texts included.

    This is for the clerk at the counter and is not archived: a card that is only presented may not be kept.
    """
    told = identity_data(identity)
    by_number = {document.number: document for document in documents}
    for data, witness in zip(told["sources"], identity.witnesses, strict=True):
        document = by_number[witness.document]
        scanned = document.pages[witness.page - 1].page
        data |= {
            "kind": document.kind.code,
            "file": scanned.source.name,
            "file_page": scanned.number,
            "date_of_birth": birth_text(witness.date_of_birth, witness.year_of_birth) or None,
            "sex": witness.sex,
            "raw": witness.raw,
        }
    card = identity.card
    told["card"] = card and {
        "personal_number": card.personal_number,
        "old_number": card.old_number,
        "full_name": card.full_name,
        "date_of_birth": birth_text(card.date_of_birth, card.year_of_birth) or None,
        "sex": card.sex,
        "residence": card.residence,
        "issued_on": _iso(card.issued_on),
    }
    return told


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def finding_data(finding: Finding) -> dict[str, Any]:
    """One finding; `message` is filled in by the console."""
    return {
        "rule": finding.rule.value,
        "severity": finding.severity.value,
        "outcome": finding.outcome.value,
        "subject": finding.subject,
        "evidence": list(finding.evidence),
        "basis": finding.basis,
        "detail": finding.detail,
    }


def package_data(package: ArchivePackage | None) -> list[dict[str, Any]]:
    """What lies in the store."""
    if package is None:
        return []
    return [
        {
            "key": kept.key,
            "version_id": kept.version_id,
            "sha256": kept.sha256,
            "size_bytes": kept.size_bytes,
            "retain_until": kept.retain_until.isoformat(),
        }
        for kept in package.objects
    ]


def box_data(box: Any) -> list[float] | None:
    """Left, top, right, bottom in pixels of the upright page."""
    if box is None:
        return None
    return [round(v, 1) for v in (box.left, box.top, box.right, box.bottom)]
