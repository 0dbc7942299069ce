"""Dossiers in an archive in memory, sealed for real, for tests of whoever looks at them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from dossier.archive import ArchivePackage, DigitisationOrder, Dossier
from dossier.document import Document, Kind
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.identity import Identity, IdentityVerdict
from dossier.page import RecognisedPage
from flows.describing import Finished
from flows.intake import TakenFile
from flows.judging import Judgement
from flows.packing import archive_package
from flows.sealing import seal_document
from flows.settings import Settings
from flows.wiring import Workshop, compose
from storage.memory import MemoryArchive
from storage.s3 import StoreSettings
from tests.sheets import HEADING, NOW, OFFICER, Shape, lines_of, sheet

NO_STORE = StoreSettings("127.0.0.1:9", "", "", "sohoa", secure=False)
NUMBER = "001234567890"
LATE = Finding(Rule.SUPPLEMENT_LATE, Severity.WARNING, Outcome.FAIL, "phieu", ("01.jpg p.1",), "NĐ 61/2018")


def workshop(state: Path) -> Workshop:
    """A workshop over an archive in memory."""
    settings = Settings(state=state, agency="UBND xã Mẫu (MẪU)")
    archive = MemoryArchive()
    return replace(compose(settings, NO_STORE), archive=archive, lock=archive)


def archived(work: Workshop, code: str, received_on: date, *findings: Finding) -> ArchivePackage:
    """A dossier of two papers with one page each, sealed and archived, and judged as the desk judges."""
    order = DigitisationOrder(code, "1.001193", (), received_on, OFFICER)
    scans = [_taken(work, f"{number:02d}.jpg", 100.0 + 90 * number) for number in (1, 2)]
    kinds = (Kind("to_khai", "TỜ KHAI", 0.9), Kind("giay_chung_sinh", "", 0.8))
    documents = tuple(
        Document(number, kind, (page,), ())
        for number, (kind, (_, page)) in enumerate(zip(kinds, scans, strict=True), 1)
    )
    person = Identity(NUMBER, "LÊ VĂN MẪU", IdentityVerdict.CONFIRMED, (), None)
    dossier = Dossier(code, order.procedure, documents, (person,))
    sealed = tuple((document, seal_document(work, order, document, NOW)) for document in documents)
    done = Finished(order, tuple(file for file, _ in scans), Judgement(dossier, findings, NOW), sealed)
    judged(work, code, received_on, *findings)
    return archive_package(work, done)


def judged(work: Workshop, code: str, received_on: date, *findings: Finding, state: str = "archived") -> None:
    """What the desk remembers of a dossier that was judged."""
    told = [{"rule": f.rule, "severity": f.severity, "outcome": f.outcome} for f in findings]
    summary = {"dossier": code, "procedure": "1.001193", "received_on": received_on.isoformat()}
    papers = [{"kind": "to_khai"}, {"kind": "giay_chung_sinh"}]
    work.judgements.judged(
        code, json.dumps({**summary, "state": state, "documents": papers, "findings": told})
    )


def _taken(work: Workshop, name: str, top: float) -> tuple[TakenFile, RecognisedPage]:
    picture = sheet(lines_of(HEADING, top=top), Shape(width=900, height=1200))
    kept = work.spool.put(picture.picture, "image/jpeg")
    source = replace(picture.recognised.page.source, name=name, original=kept)
    page = replace(picture.recognised.page, source=source, picture=kept)
    return TakenFile((page,), at()), replace(picture.recognised, page=page)


def at() -> datetime:
    """When everything here happens."""
    return NOW
