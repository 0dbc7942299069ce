"""The door's audits: proving the ledger, fixity of the archive."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

from dossier.audit import LedgerAudit
from flows.audits import Audits


class FixityIn(BaseModel):
    """A fixity run to begin, or to go on at another pace."""

    model_config = ConfigDict(extra="forbid")

    share: float = Field(gt=0.0, le=1.0)


def add_audits(app: FastAPI, audits: Audits) -> None:
    """Open the door to audits."""

    @app.get("/audit/ledger")
    def ledger() -> dict[str, Any]:
        return ledger_data(audits.audit_ledger())

    @app.post("/audit/ledger/heads")
    def keep_head() -> dict[str, Any]:
        return {"kept": [kept.key for kept in audits.keep_head()]}

    @app.post("/audit/fixity")
    def begin(wanted: FixityIn) -> dict[str, Any]:
        audits.begin_fixity(wanted.share)
        return dict(audits.fixity_state())

    @app.get("/audit/fixity")
    def state() -> dict[str, Any]:
        return dict(audits.fixity_state())


def ledger_data(audit: LedgerAudit) -> dict[str, Any]:
    """The judgement over the ledger as plain data."""
    outcome = "pass"
    if audit.broken is not None or audit.troubles:
        outcome = "fail"
    elif audit.not_checked:
        outcome = "not_checked"
    return {
        **asdict(audit),
        "stamped_at": audit.stamped_at.isoformat() if audit.stamped_at else None,
        "outcome": outcome,
    }
