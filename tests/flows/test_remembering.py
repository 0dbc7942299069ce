"""A paper that the archive keeps is offered to the same person's next dossier, and to nobody else's."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from dossier.archive import ArchivePackage, DigitisationOrder, Dossier, DossierReport, DossierState
from dossier.document import Document, Field, Kind
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.identity import Identity, IdentityVerdict
from dossier.page import StoredObject
from flows.desk import Desk
from flows.remembering import offer_reuse, remember
from flows.settings import Settings
from flows.wiring import Workshop
from storage.checkpoints import FolderCheckpoints
from storage.desk import SqlDesk
from storage.index import SqlIndex
from storage.judgements import KeptPaper, SqlJudgements
from storage.keyring import DataKey, Keyring
from storage.people import SqlPeople
from storage.resealing import Resealer
from tests.pages import page
from validators.catalogue_loader import YamlCatalogue

NUMBER, OTHER = "001190005678", "040090001234"
ORDER = DigitisationOrder("MẪU-1", "1.001193", ("a.jpg",), date(2026, 11, 16), "officer")
BLOCKED = Finding(Rule.RESIDENCE_PAPER, Severity.BLOCKING, Outcome.FAIL, "ct07", (), "")


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    url = f"sqlite:///{tmp_path / 'sohoa.sqlite'}"
    keys = Keyring([DataKey(b"k" * 32)])
    judgements, people, index = SqlJudgements(url), SqlPeople(url, keys), SqlIndex(url, keys=keys)
    kept = SqlDesk(url, keys)
    yield cast(
        Workshop,
        SimpleNamespace(
            settings=Settings(state=tmp_path),
            judgements=judgements,
            people=people,
            index=index,
            desk=Desk(kept),
            checkpoints=FolderCheckpoints(tmp_path / "checkpoints", keys),
            keys=keys,
            catalogue=YamlCatalogue(None),
        ),
    )
    for part in (judgements, people, index, kept):
        part.close()


SHEET = (
    "GIẤY CHỨNG SINH (MẪU)",
    "Họ và tên mẹ: Trần Thị Mẫu, sinh ngày 12 tháng 11 năm 1990",
    "Số định danh cá nhân: 001190005678",
    "đã sinh con hồi 7 giờ 15 phút tại trạm y tế xã Hòa Mẫu",
)
scans = itertools.count()


def certificate(
    number: str,
    *lines: str,
    kind: str = "giay_chung_tu",
    scan: str = "",
    turned: int = 0,
    own: str = "12/2024",
) -> Document:
    """A paper as one scan shows it, of other bytes than every other scan unless `scan` names them.

    Args:
        own: its own number; empty where it was not read.
    """
    said = [("personal_number", number, 1), ("document_number", own, 0)]
    seen = [Field(name, value, 1, None, 0.99, "print:sohoa-vi-tiny", of) for name, value, of in said if value]
    read = page(*(lines or ("x",)), source=f"{kind}.jpg")
    digest = hashlib.sha256((scan or f"scan {next(scans)}").encode()).hexdigest()
    kept = StoredObject(digest, digest, 1, "image/jpeg")
    read = replace(read, page=replace(read.page, picture=kept), picture_hash=0xF0F0 ^ turned)
    return Document(1, Kind(kind, kind, 0.9), (read,), tuple(seen))


def report(
    number: str,
    verdict: IdentityVerdict,
    *found: Finding,
    archived: bool = True,
    papers: tuple[Document, ...] = (),
) -> DossierReport:
    identity = Identity(number, "Trần Thị Mẫu", verdict, (), None)
    dossier = Dossier(ORDER.dossier, ORDER.procedure, papers or (certificate(number),), (identity,))
    package = ArchivePackage(ORDER.dossier, "dossiers/a", "0" * 64, ()) if archived else None
    state = DossierState.ARCHIVED if archived else DossierState.NEEDS_ATTENTION
    return DossierReport(dossier, state, found, package, (), ())


def offered(
    workshop: Workshop, number: str, dossier: str = "MẪU-2", own: str = "12/2024"
) -> list[tuple[Rule, str]]:
    found = offer_reuse(workshop, Dossier(dossier, ORDER.procedure, (certificate(number, own=own),), ()))
    return [(finding.rule, finding.detail) for finding in found]


def test_kept_paper_is_offered_to_its_person(workshop: Workshop) -> None:
    remember(workshop, ORDER, report(NUMBER, IdentityVerdict.CONFIRMED))
    assert offered(workshop, NUMBER) == [(Rule.ALREADY_DIGITISED, "MẪU-1")]
    assert offered(workshop, OTHER) == []
    assert offered(workshop, NUMBER, "MẪU-1") == [], "a second run of the dossier is no reuse"


def test_another_paper_of_the_kind_is_not_offered_and_one_that_nobody_can_tell_perhaps(
    workshop: Workshop,
) -> None:
    remember(workshop, ORDER, report(NUMBER, IdentityVerdict.CONFIRMED))
    assert offered(workshop, NUMBER, own="77/2026") == []
    assert offered(workshop, NUMBER, own="") == [(Rule.MAY_BE_DIGITISED, "MẪU-1")]


def test_what_an_earlier_release_kept_is_perhaps_the_paper(workshop: Workshop) -> None:
    person = workshop.keys.person(NUMBER)
    workshop.judgements.keep_papers("MẪU-1", [KeptPaper(person, "giay_chung_tu", "MẪU-1")])
    assert offered(workshop, NUMBER) == [(Rule.MAY_BE_DIGITISED, "MẪU-1")]
    damaged = KeptPaper(person, "giay_chung_tu", "MẪU-1", "no marks")
    workshop.judgements.keep_papers("MẪU-1", [damaged])
    assert offered(workshop, NUMBER) == [(Rule.MAY_BE_DIGITISED, "MẪU-1")]


def test_the_second_childs_certificate_is_not_told_to_be_the_firsts(workshop: Workshop) -> None:
    keep(workshop, certificate(NUMBER, "first child", kind="giay_chung_sinh", own=""))
    assert told(workshop, certificate(NUMBER, "second child", kind="giay_chung_sinh", own="")) == []


def test_papers_are_told_apart_after_the_keys_were_changed(workshop: Workshop) -> None:
    remember(workshop, ORDER, report(NUMBER, IdentityVerdict.CONFIRMED))
    old, new = DataKey(b"k" * 32), DataKey(b"n" * 32)
    cast(SimpleNamespace, workshop).keys = Keyring([old, new])
    resealer = Resealer(workshop.settings.database, workshop.keys, {})
    assert {step.outcome for step in resealer.steps()} == {"sealed"}
    resealer.close()
    cast(SimpleNamespace, workshop).keys = Keyring([new])
    assert offered(workshop, NUMBER) == [(Rule.ALREADY_DIGITISED, "MẪU-1")]
    assert offered(workshop, NUMBER, own="77/2026") == []


@pytest.mark.parametrize("verdict", [IdentityVerdict.SINGLE_WITNESS, IdentityVerdict.CONFLICT])
def test_paper_of_a_person_who_is_not_sure_is_offered_to_nobody(
    workshop: Workshop, verdict: IdentityVerdict
) -> None:
    remember(workshop, ORDER, report(NUMBER, verdict))
    assert offered(workshop, NUMBER) == []


def keep(workshop: Workshop, *papers: Document, dossier: str = ORDER.dossier) -> None:
    """A dossier of these papers gets into the archive."""
    told = report(NUMBER, IdentityVerdict.CONFIRMED, papers=papers)
    told = replace(told, dossier=replace(told.dossier, code=dossier))
    remember(workshop, replace(ORDER, dossier=dossier), told)


def told(workshop: Workshop, *papers: Document, dossier: str = "MẪU-2") -> list[Finding]:
    return list(offer_reuse(workshop, Dossier(dossier, ORDER.procedure, papers, ())))


def test_the_same_sheet_under_another_code_is_told_once_and_the_form_with_another_digit_is_not(
    workshop: Workshop,
) -> None:
    keep(workshop, certificate(NUMBER, *SHEET, kind="tk_khai_sinh"))
    (found,) = told(workshop, certificate(NUMBER, *SHEET, kind="tk_khai_sinh", turned=1))
    assert (found.rule, found.severity, found.outcome) == (Rule.PAGE_IN_ARCHIVE, Severity.INFO, Outcome.NOTE)
    assert (found.subject, found.evidence) == ("tk_khai_sinh", ("tk_khai_sinh.jpg p.1",))
    assert (found.detail, found.basis) == ("MẪU-1", ""), "an application is made out anew, says no rule"
    for old, new in (("12 tháng", "13 tháng"), ("7 giờ", "8 giờ"), ("001190005678", "001190005679")):
        lines = [line.replace(old, new) for line in SHEET]
        assert told(workshop, certificate(NUMBER, *lines, kind="tk_khai_sinh", turned=1)) == []
    assert told(workshop, certificate(NUMBER, *SHEET, kind="tk_khai_sinh"), dossier="MẪU-1") == []


def test_a_lasting_paper_is_told_by_its_sheet_and_not_again_by_its_kind(workshop: Workshop) -> None:
    keep(workshop, certificate(NUMBER, *SHEET), dossier="MẪU-1")
    keep(workshop, certificate(NUMBER, "another certificate"), dossier="MẪU-0")
    (sheet,) = told(workshop, certificate(NUMBER, *SHEET))
    assert (sheet.rule, sheet.detail) == (Rule.PAGE_IN_ARCHIVE, "MẪU-1")
    assert sheet.basis.startswith("TT 01/2023")
    (kind,) = told(workshop, certificate(NUMBER, *(line.replace("15", "16") for line in SHEET)))
    assert (kind.rule, kind.detail) == (Rule.ALREADY_DIGITISED, "MẪU-0, MẪU-1")


def test_the_newest_dossiers_are_named_and_the_others_counted(workshop: Workshop) -> None:
    for number in range(3, 8):
        keep(workshop, certificate(NUMBER, *SHEET), dossier=f"MẪU-{number}")
    keep(workshop, certificate(NUMBER, *SHEET), dossier="MẪU-3")
    (found,) = told(workshop, certificate(NUMBER, *SHEET))
    assert found.detail == "MẪU-3, MẪU-7, MẪU-6 +2"


def test_pages_that_tell_nothing_of_a_sheet_are_known_by_their_bytes_or_not_at_all(
    workshop: Workshop,
) -> None:
    blank_form = [line.replace("001190005678", "").replace("12 tháng 11 năm 1990", "") for line in SHEET]
    older, first = certificate(NUMBER, *SHEET, scan="older"), certificate(NUMBER, *blank_form, scan="blank")
    older = replace(older, pages=tuple(replace(each, picture_hash=None) for each in older.pages))
    side = certificate(NUMBER, *SHEET, scan="side")
    side = replace(side, pages=tuple(replace(each, is_blank=True) for each in side.pages))
    keep(workshop, first, older, side)
    rules = [
        [f.rule for f in told(workshop, each)]
        for each in (
            certificate(NUMBER, *blank_form),
            certificate(NUMBER, *SHEET),
            side,
            first,
            older,
        )
    ]
    reuse, sheet = [Rule.ALREADY_DIGITISED], [Rule.PAGE_IN_ARCHIVE]
    assert rules == [reuse, reuse, reuse, sheet, sheet]
    workshop.judgements.forget("MẪU-1")
    assert told(workshop, first) == []


def test_stopped_dossier_is_remembered_and_keeps_no_paper(workshop: Workshop) -> None:
    remember(workshop, ORDER, report(NUMBER, IdentityVerdict.CONFIRMED, BLOCKED, archived=False))
    assert offered(workshop, NUMBER) == []
    (summary,) = workshop.judgements.summaries()
    told = json.loads(summary)
    assert (told["state"], told["findings"][0]["rule"]) == ("needs_attention", "residence_paper")


def test_nothing_that_is_remembered_shows_a_person(workshop: Workshop, tmp_path: Path) -> None:
    masked = replace(BLOCKED, subject=NUMBER, detail="Trần Thị Mẫu")
    remember(workshop, ORDER, report(NUMBER, IdentityVerdict.CONFIRMED, masked))
    assert workshop.people.dossiers_of(NUMBER) == ("MẪU-1",)
    workshop.judgements.close()
    workshop.people.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert NUMBER.encode() not in kept
    assert b'"numbers"' not in kept
    assert "Trần".encode() not in kept
