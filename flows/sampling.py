"""Lots of archived pages, inspected by sampling: drawn by lot, judged page by page, accepted or sent back.

The lot, its plan and its draw go under lock in the store before anybody looks; every step is in the ledger,
from where the state of a lot is read. A draw can be repeated by hand: the pages with the smallest
SHA-256 of seed, colon and name.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from dossier.audit_ports import AuditedLedger
from dossier.errors import EntryUnknown, InputRefused, SohoaError, StorageError
from dossier.ports import Archive, Index
from dossier.sampling import Inspection, LotVerdict, SampledPage, SamplingPlan, Switching
from dossier.text import mask_numbers
from validators.sampling_plan import next_inspection, sampling_plan, tighter_acceptance

LOTS: Final = "audit/lots/"
"""Where lots lie in the bucket."""
_DRAWN, _JUDGED, _CLOSED = "sample-drawn", "sample-judged", "sample-closed"
_MANY: Final = 100_000
_CODE: Final = re.compile(r"[A-Za-z0-9._-]{1,60}")
_FORMAT: Final = "sohoa-lot-1"


@dataclass(frozen=True, slots=True)
class LotRoom:
    """What inspecting lots works with."""

    archive: Archive
    index: Index
    ledger: AuditedLedger


@dataclass(frozen=True, slots=True)
class LotOrder:
    """Which pages make a lot, and how it is inspected."""

    begin: date
    """First day of reception."""
    end: date
    """Last day of reception."""
    procedure: str = ""
    """Only dossiers of this procedure; empty for all."""
    level: str = "II"
    aql: str = "1.0"
    seed: str = ""
    """What the draw comes from; empty for one drawn at random."""
    reduced_agreed: bool = False
    """Whoever is responsible agrees to reduced inspection, where the rules allow it."""
    resumed: bool = False
    """After inspection was discontinued: the work has got better."""
    resubmits: str = ""
    """Code of the lot that was sent back and is inspected again."""


@dataclass(frozen=True, slots=True)
class PageVerdict:
    """What a person says about one drawn page."""

    draw: int
    """Place of the page in the draw, 1-based."""
    is_good: bool
    reason: str = ""
    """Why it is not."""


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot as it was put under lock."""

    code: str
    order: dict[str, Any]
    plan: SamplingPlan
    seed: str
    pages: tuple[SampledPage, ...]
    """Every page of the lot, by dossier."""
    drawn: tuple[SampledPage, ...]
    """The sample, in the order of the draw."""


def draw_lot(room: LotRoom, order: LotOrder, by: str) -> dict[str, Any]:
    """Make a lot, draw its sample, put both under lock; a lot that was drawn before is told as it is.

    Raises SohoaError where there is nothing to inspect or inspection is discontinued, StorageError.
    """
    ledger = room.ledger
    code = _code(order)
    if ledger.entries(1, subject=_subject(code), action=_DRAWN):
        return lot_state(room, code)
    pages = _pages(room, order)
    if not pages:
        raise SohoaError(code, "the archive has no pages of these days")
    switching = _switching(ledger, order)
    if switching.is_discontinued and not order.resumed:
        raise SohoaError(code, "five lots were sent back under tightened inspection; the work comes first")
    plan = sampling_plan(len(pages), order.level, order.aql, switching.inspection)
    seed = order.seed or secrets.token_hex(32)
    said: dict[str, Any] = {
        "begin": order.begin.isoformat(),
        "end": order.end.isoformat(),
        "procedure": order.procedure,
    }
    said |= {"resubmits": order.resubmits, "resumed": order.resumed, "score": switching.score}
    lot = Lot(code, said, plan, seed, pages, drawn(pages, seed, plan.sample_size))
    # Under lock before anybody looks: nobody draws again until it suits.
    kept = room.archive.put(f"{LOTS}{code}.json", _written(lot), "application/json")
    detail = {"key": kept.key, "sha256": kept.sha256, "pages": len(pages)}
    ledger.append(by, _DRAWN, _subject(code), json.dumps(detail))
    return lot_state(room, code)


def drawn(pages: Sequence[SampledPage], seed: str, size: int) -> tuple[SampledPage, ...]:
    """The sample of a seed: the pages with the smallest SHA-256 of "SEED:NAME", as `sha256sum` prints it."""
    ranked = sorted(pages, key=lambda page: hashlib.sha256(f"{seed}:{page.name}".encode()).hexdigest())
    return tuple(ranked[:size])


def judge_page(room: LotRoom, code: str, verdict: PageVerdict, by: str) -> dict[str, Any]:
    """Write down what a person says about a drawn page; a later word replaces an earlier one.

    Raises InputRefused for a faulty page without a reason, SohoaError where no such page was drawn or the lot
    is closed, StorageError.
    """
    if not verdict.is_good and not verdict.reason.strip():
        raise InputRefused(f"{code} {verdict.draw}", "a faulty page needs a reason")
    ledger, lot = room.ledger, _lot(room, code)
    if not 1 <= verdict.draw <= len(lot.drawn):
        raise SohoaError(f"{code} {verdict.draw}", f"is not one of the {len(lot.drawn)} pages drawn")
    if _closed(ledger, code) is not None:
        raise SohoaError(code, "is closed")
    ledger.append(by, _JUDGED, _subject(code), json.dumps(asdict(verdict), ensure_ascii=False))
    return lot_state(room, code)


def close_lot(room: LotRoom, code: str, by: str) -> dict[str, Any]:
    """Accept the lot, or send it back for rescanning, by the numbers of its plan.

    Raises SohoaError while a drawn page has no verdict, StorageError.
    """
    ledger, lot = room.ledger, _lot(room, code)
    if _closed(ledger, code) is not None:
        return lot_state(room, code)
    verdicts = _verdicts(ledger, code)
    waiting = [str(n) for n in range(1, len(lot.drawn) + 1) if n not in verdicts]
    if waiting:
        raise SohoaError(code, f"{len(waiting)} drawn pages have no verdict yet: {', '.join(waiting[:10])}")
    faulty = sum(not verdict.is_good for verdict in verdicts.values())
    outcome = LotVerdict(
        inspection=lot.plan.inspection,
        is_accepted=faulty <= lot.plan.acceptance,
        acceptance=lot.plan.acceptance,
        faulty=faulty,
        is_resubmitted=bool(lot.order["resubmits"]),
        is_resumed=bool(lot.order["resumed"]),
        tighter_acceptance=tighter_acceptance(lot.plan),
    )
    said = {**asdict(outcome), "series": _series(lot.plan.level, lot.plan.aql)}
    ledger.append(by, _CLOSED, _subject(code), json.dumps(said))
    return lot_state(room, code)


def lot_state(room: LotRoom, code: str) -> dict[str, Any]:
    """Everything about a lot as plain data: plan, draw, verdicts, outcome, what has to be scanned again.

    Raises NotInArchive where there is no such lot, StorageError where it is not what was put under lock.
    """
    ledger, lot = room.ledger, _lot(room, code)
    verdicts, closed = _verdicts(ledger, code), _closed(ledger, code)
    pages = []
    for number, page in enumerate(lot.drawn, 1):
        verdict = verdicts.get(number)
        told: dict[str, Any] = {"is_good": None, "reason": ""}
        if verdict is not None:
            told = {"is_good": verdict.is_good, "reason": verdict.reason}
        pages.append({"draw": number, **asdict(page), **told})
    faulty = {p["dossier"] for p in pages if p["is_good"] is False}
    sent_back = closed is not None and not closed["is_accepted"]
    return {
        "lot": code,
        "order": lot.order,
        "plan": {**asdict(lot.plan), "rejection": lot.plan.rejection},
        "seed": lot.seed,
        "lot_pages": len(lot.pages),
        "pages": pages,
        "judged": len(verdicts),
        "state": "open" if closed is None else "sent_back" if sent_back else "accepted",
        "faulty": sum(p["is_good"] is False for p in pages),
        # A lot that is sent back is scanned again whole; of an accepted one the faulty papers (clause 7.3).
        "rescan": sorted({page.dossier for page in lot.pages} if sent_back else faulty),
    }


def lots(room: LotRoom) -> list[dict[str, Any]]:
    """Every lot, the oldest first, with its state."""
    entries = room.ledger.entries(_MANY, action=_DRAWN)[::-1]
    return [lot_state(room, entry.subject.removeprefix("lot:")) for entry in entries]


def _pages(room: LotRoom, order: LotOrder) -> tuple[SampledPage, ...]:
    """Every page of the dossiers received on these days; those of the lot sent back where it is one again."""
    only = {page.dossier for page in _lot(room, order.resubmits).pages} if order.resubmits else None
    found = []
    for dossier in room.index.dossiers():
        if only is not None and dossier not in only:
            continue
        summary = json.loads(room.index.summary(dossier) or "{}")
        received = str(summary.get("received_on", ""))
        if not order.begin.isoformat() <= received <= order.end.isoformat():
            continue
        if order.procedure not in ("", summary.get("procedure")):
            continue
        for document in summary.get("documents", ()):
            numbers = range(1, len(document["pages"]) + 1)
            found += [SampledPage(dossier, int(document["number"]), number) for number in numbers]
    return tuple(sorted(found, key=lambda page: (page.dossier, page.document, page.page)))


def _switching(ledger: AuditedLedger, order: LotOrder) -> Switching:
    series = _series(order.level, order.aql)
    history = []
    for entry in ledger.entries(_MANY, action=_CLOSED)[::-1]:
        said = json.loads(entry.detail)
        if said.pop("series") == series:
            history.append(LotVerdict(**{**said, "inspection": Inspection(said["inspection"])}))
    return next_inspection(history, reduced_agreed=order.reduced_agreed)


def _series(level: str, aql: str) -> str:
    return f"{level} {aql}"


def _code(order: LotOrder) -> str:
    """A lot's code says what is in it, so that no lot can be drawn twice."""
    if order.end < order.begin:
        raise InputRefused(order.begin.isoformat(), "is later than the last day")
    parts = [f"{order.begin:%Y%m%d}-{order.end:%Y%m%d}", order.procedure, f"{order.level}-{order.aql}"]
    code = "_".join(part for part in parts if part)
    if order.resubmits:
        code = f"{order.resubmits}_again"
    if not _CODE.fullmatch(code) or mask_numbers(code) != code:
        raise InputRefused(code, "cannot be the code of a lot")
    return code


def _lot(room: LotRoom, code: str) -> Lot:
    """The lot as it lies under lock, compared with the ledger."""
    entries = room.ledger.entries(1, subject=_subject(code), action=_DRAWN)
    if not entries:
        raise EntryUnknown(code, "there is no such lot")
    said = json.loads(entries[0].detail)
    data = room.archive.get(said["key"])
    if hashlib.sha256(data).hexdigest() != said["sha256"]:
        raise StorageError(code, "is not the lot that was put under lock")
    lot = json.loads(data)
    plan = SamplingPlan(**{**lot["plan"], "inspection": Inspection(lot["plan"]["inspection"])})
    pages, sample = (tuple(SampledPage(*page) for page in lot[name]) for name in ("pages", "drawn"))
    return Lot(lot["lot"], lot["order"], plan, lot["seed"], pages, sample)


def _written(lot: Lot) -> bytes:
    said = {
        "format": _FORMAT,
        "lot": lot.code,
        "order": lot.order,
        "plan": asdict(lot.plan),
        "seed": lot.seed,
        "pages": [[page.dossier, page.document, page.page] for page in lot.pages],
        "drawn": [[page.dossier, page.document, page.page] for page in lot.drawn],
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _verdicts(ledger: AuditedLedger, code: str) -> dict[int, PageVerdict]:
    entries = ledger.entries(_MANY, subject=_subject(code), action=_JUDGED)[::-1]
    said = [PageVerdict(**json.loads(entry.detail)) for entry in entries]
    return {verdict.draw: verdict for verdict in said}


def _closed(ledger: AuditedLedger, code: str) -> dict[str, Any] | None:
    entries = ledger.entries(1, subject=_subject(code), action=_CLOSED)
    return dict(json.loads(entries[0].detail)) if entries else None


def _subject(code: str) -> str:
    return f"lot:{code}"
