"""What is remembered of dossiers and people, and what a stolen database does not tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dossier.errors import StorageError
from storage.judgements import KeptPaper, SqlJudgements
from storage.person_key import PersonKey, open_person_key

NUMBER, OTHER = "001190005678", "040090001234"
KEY = PersonKey(b"k" * 32)


@pytest.fixture
def judgements(tmp_path: Path) -> Iterator[SqlJudgements]:
    kept = SqlJudgements(f"sqlite:///{tmp_path / 'sohoa.sqlite'}")
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


def test_the_key_is_made_once_and_only_for_this_user(tmp_path: Path) -> None:
    file = tmp_path / "state" / "person-key"
    first, second = open_person_key(file), open_person_key(file)
    assert first == second
    assert file.stat().st_mode & 0o077 == 0
    assert first(NUMBER) != open_person_key(tmp_path / "other-key")(NUMBER)
    assert NUMBER not in first(NUMBER)
    assert "k" * 8 not in repr(KEY)


def test_a_cut_key_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "person-key").write_bytes(b"short")
    with pytest.raises(StorageError):
        open_person_key(tmp_path / "person-key")
