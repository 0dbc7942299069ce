"""A paper that the archive keeps is offered to the same person's next dossier, and to nobody else's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from dossier.archive import ArchivePackage, DigitisationOrder, Dossier, DossierReport, DossierState
from dossier.document import Document, Field
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.identity import Identity, IdentityVerdict
from flows.desk import Desk
from flows.remembering import offer_reuse, remember
from flows.settings import Settings
from flows.wiring import Workshop
from storage.desk import SqlDesk
from storage.index import SqlIndex
from storage.judgements import SqlJudgements
from storage.keyring import DataKey, Keyring
from storage.people import SqlPeople
from tests.pages import paper
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
            keys=keys,
            catalogue=YamlCatalogue(None),
        ),
    )
    for part in (judgements, people, index, kept):
        part.close()


def certificate(number: str) -> Document:
    seen = Field("personal_number", number, 1, None, 0.99, "print:sohoa-vi-tiny", 1)
    return paper("giay_chung_sinh", fields=[seen])


def report(number: str, verdict: IdentityVerdict, *found: Finding, archived: bool = True) -> DossierReport:
    identity = Identity(number, "Trần Thị Mẫu", verdict, (), None)
    dossier = Dossier(ORDER.dossier, ORDER.procedure, (certificate(number),), (identity,))
    package = ArchivePackage(ORDER.dossier, "dossiers/a", "0" * 64, ()) if archived else None
    state = DossierState.ARCHIVED if archived else DossierState.NEEDS_ATTENTION
    return DossierReport(dossier, state, found, package, (), ())


def offered(workshop: Workshop, number: str, dossier: str = "MẪU-2") -> list[tuple[Rule, str]]:
    found = offer_reuse(workshop, Dossier(dossier, ORDER.procedure, (certificate(number),), ()))
    return [(finding.rule, finding.detail) for finding in found]


def test_kept_paper_is_offered_to_its_person(workshop: Workshop) -> None:
    remember(workshop, ORDER, report(NUMBER, IdentityVerdict.CONFIRMED))
    assert offered(workshop, NUMBER) == [(Rule.ALREADY_DIGITISED, "MẪU-1")]
    assert offered(workshop, OTHER) == []
    assert offered(workshop, NUMBER, "MẪU-1") == [], "a second run of the dossier is no reuse"


@pytest.mark.parametrize("verdict", [IdentityVerdict.SINGLE_WITNESS, IdentityVerdict.CONFLICT])
def test_paper_of_a_person_who_is_not_sure_is_offered_to_nobody(
    workshop: Workshop, verdict: IdentityVerdict
) -> None:
    remember(workshop, ORDER, report(NUMBER, verdict))
    assert offered(workshop, NUMBER) == []


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
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert NUMBER.encode() not in kept
    assert "Trần".encode() not in kept
