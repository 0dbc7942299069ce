"""The door's audits: proving the ledger, fixity of the archive, lots of pages."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

from dossier.audit import LedgerAudit
from flows.audits import Audits
from flows.sample_pages import write_sample
from flows.sampling import LotOrder, PageVerdict, close_lot, draw_lot, judge_page, lot_state, lots
from flows.viewing import Onlooker


class FixityIn(BaseModel):
    """A fixity run to begin, or to go on at another pace."""

    model_config = ConfigDict(extra="forbid")

    share: float = Field(gt=0.0, le=1.0)


class LotIn(BaseModel):
    """A lot to draw."""

    model_config = ConfigDict(extra="forbid")

    begin: date
    end: date
    procedure: str = ""
    level: str = "II"
    aql: str = "1.0"
    seed: str = ""
    reduced_agreed: bool = False
    resumed: bool = False
    resubmits: str = ""
    by: str = ""


class VerdictIn(BaseModel):
    """What a person says about a drawn page."""

    model_config = ConfigDict(extra="forbid")

    draw: int
    is_good: bool
    reason: str = ""
    by: str = ""


class ByIn(BaseModel):
    """Who does it."""

    model_config = ConfigDict(extra="forbid")

    by: str = ""


class WriteIn(ByIn):
    """Where to write the papers of a sample, and why."""

    to: Path
    why: str = ""


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


def add_lots(app: FastAPI, audits: Audits) -> None:
    """Open the door to lots of pages."""

    def person(by: str) -> str:
        return by or audits.settings.officer

    @app.get("/audit/lots")
    def all_lots() -> dict[str, Any]:
        return {"lots": lots(audits.lot_room())}

    @app.post("/audit/lots")
    def draw(wanted: LotIn) -> dict[str, Any]:
        said = wanted.model_dump()
        return draw_lot(
            audits.lot_room(), LotOrder(**{k: v for k, v in said.items() if k != "by"}), person(wanted.by)
        )

    @app.get("/audit/lots/{code}")
    def show(code: str) -> dict[str, Any]:
        return lot_state(audits.lot_room(), code)

    @app.post("/audit/lots/{code}/verdicts")
    def judge(code: str, said: VerdictIn) -> dict[str, Any]:
        verdict = PageVerdict(said.draw, said.is_good, said.reason)
        return judge_page(audits.lot_room(), code, verdict, person(said.by))

    @app.post("/audit/lots/{code}/closing")
    def close(code: str, who: ByIn) -> dict[str, Any]:
        return close_lot(audits.lot_room(), code, person(who.by))

    @app.post("/audit/lots/{code}/papers")
    def papers(code: str, where: WriteIn) -> dict[str, Any]:
        return write_sample(audits, code, where.to, Onlooker(person(where.by), where.why))


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
