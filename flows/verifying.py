"""Whether what is archived is still what was sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate

from dossier.archive import ArchivePackage
from dossier.errors import LedgerBroken, SignerUnavailable, SourceNotFound
from flows.officer_identity import trust_anchors
from flows.settings import Settings
from flows.wiring import Workshop
from pipeline.verify import Verification, verify_pdf
from storage.export import check_fixity


def verify_file(settings: Settings, file: Path) -> dict[str, Any]:
    """The judgement over one PDF. Raises SourceNotFound."""
    if not file.is_file():
        raise SourceNotFound(str(file))
    return {"file": file.name, **verification_data(verify_pdf(file.read_bytes(), trusted_roots(settings)))}


def verify_dossier(workshop: Workshop, package: ArchivePackage) -> dict[str, Any]:
    """The judgement over a whole package: fixity, manifest, every PDF, the ledger's chain."""
    fixity = [
        {"key": f.key, "outcome": f.outcome, "detail": f.detail}
        for f in check_fixity(workshop.archive, package)
    ]
    roots = trusted_roots(workshop.settings)
    files = [
        {
            "key": kept.key,
            **verification_data(verify_pdf(workshop.archive.get(kept.key, kept.version_id), roots)),
        }
        for kept in package.renditions
    ]
    ledger = _ledger(workshop)
    passed = (
        all(f["outcome"] == "pass" for f in fixity)
        and all(f["passed"] for f in files)
        and ledger["outcome"] == "pass"
    )
    return {"dossier": package.dossier, "passed": passed, "fixity": fixity, "files": files, "ledger": ledger}


def trusted_roots(settings: Settings) -> tuple[Certificate, ...] | None:
    """Certificates that may stand behind a signature; None where this machine knows none yet."""
    try:
        return trust_anchors(settings)
    except SignerUnavailable:
        return None


def verification_data(verification: Verification) -> dict[str, Any]:
    """A judgement as plain data."""
    return {
        "passed": verification.passed,
        "sha256": verification.sha256,
        "signer": verification.signer,
        "signed_at": verification.signed_at.isoformat() if verification.signed_at else None,
        "level": verification.level.label,
        "stamped_at": verification.stamped_at.isoformat() if verification.stamped_at else None,
        "renew_before": verification.renew_before.isoformat() if verification.renew_before else None,
        "checks": [
            {"name": check.name, "outcome": str(check.outcome), "detail": check.detail}
            for check in verification.checks
        ],
    }


def _ledger(workshop: Workshop) -> dict[str, str]:
    try:
        return {"outcome": "pass", "detail": str(workshop.ledger.verify())}
    except LedgerBroken as error:
        return {"outcome": "fail", "detail": str(error)}
