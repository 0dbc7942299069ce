"""What follows when the residence register answers later: ledger, index, and the end of the waiting."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

from dossier.archive import ArchivePackage, DigitisationOrder, DossierReport
from dossier.finding import Rule, Severity
from dossier.identity import RegisterOutcome
from dossier.waiting import RegisterWait
from flows.wiring import Workshop

log = logging.getLogger(__name__)


def follow_register(workshop: Workshop, order: DigitisationOrder, report: DossierReport) -> None:
    """End the waiting of a dossier that was answered now.

    The answer goes into the ledger; where the dossier was archived without it, also into the index, beside
    the package, which stays as it is.
    """
    wait = workshop.waits.find(order.dossier)
    if wait is None or wait.settled_at or not report.register:
        return
    if any(answer.outcome is RegisterOutcome.NOT_CHECKED for answer in report.register):
        return
    detail = json.dumps(
        {
            "waited_since": wait.since,
            "outcomes": [answer.outcome for answer in report.register],
            "state": report.state,
            "rules": sorted({finding.rule for finding in report.findings}),
        }
    )
    workshop.ledger.append(order.officer, "register-answered", order.dossier, detail)
    if report.package is not None and _was_sealed_without(workshop, report.package):
        workshop.index.follow_up(report.package, "register-answered", detail)
    _settle(workshop, wait)
    log.info("dossier %s was answered by the register", order.dossier)


def end_wait(workshop: Workshop, wait: RegisterWait, reason: str) -> None:
    """Stop waiting without an answer; the ledger says why."""
    detail = json.dumps({"waited_since": wait.since, "reason": reason})
    workshop.ledger.append(wait.order.officer, "register-wait-ended", wait.order.dossier, detail)
    _settle(workshop, wait)


def _settle(workshop: Workshop, wait: RegisterWait) -> None:
    workshop.waits.note(replace(wait, settled_at=workshop.clock().isoformat(timespec="seconds")))


def _was_sealed_without(workshop: Workshop, package: ArchivePackage) -> bool:
    """Whether the package's own findings say that the register had not answered."""
    summary = json.loads(workshop.index.summary(package.dossier) or "{}")
    return any(
        finding.get("rule") == Rule.REGISTER_NOT_CHECKED and finding.get("severity") == Severity.WARNING
        for finding in summary.get("findings", [])
    )
