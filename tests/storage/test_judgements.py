"""What is remembered of dossiers and people, and what a stolen database does not tell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from storage.judgements import KeptPaper, SqlJudgements
from storage.keyring import DataKey

NUMBER, OTHER = "001190005678", "040090001234"
KEY = DataKey(b"k" * 32).person


@pytest.fixture
def judgements(database_url: str) -> Iterator[SqlJudgements]:
    kept = SqlJudgements(database_url)
    yield kept
    kept.close()


def test_the_newest_judgement_of_each_dossier_counts(judgements: SqlJudgements) -> None:
    for dossier, summary in (("MẪU-2", "{}"), ("MẪU-1", "stopped"), ("MẪU-1", "archived")):
        judgements.judged(dossier, summary)
    assert judgements.summaries() == ("archived", "{}")


def test_papers_are_found_by_their_person_only(judgements: SqlJudgements) -> None:
    birth = KeptPaper(KEY(NUMBER), "giay_khai_sinh", "MẪU-1")
    judgements.keep_papers("MẪU-1", [birth, birth])
    judgements.keep_papers("MẪU-2", [KeptPaper(KEY(OTHER), "gcn_ket_hon", "MẪU-2")])
    assert judgements.papers_of([KEY(NUMBER)]) == (birth,)
    assert judgements.papers_of([KEY("040090001235")]) == ()
    assert judgements.papers_of([]) == ()
    judgements.keep_papers("MẪU-1", [])
    assert judgements.papers_of([KEY(NUMBER)]) == ()
