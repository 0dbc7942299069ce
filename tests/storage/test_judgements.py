"""What is remembered of dossiers and people, and what a stolen database does not tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import func, insert, select, text, update

from dossier.errors import StorageError
from dossier.page_print import PagePrint
from dossier.paper_mark import PaperMark
from storage.database import open_database, reading, writing
from storage.judgements import KeptPaper, SqlJudgements
from storage.keyring import DataKey, Keyring
from storage.page_prints import NEWEST_PAGES, KeptPage, kept_page_names, kept_pages
from storage.paper_marks import marks_place, open_marks, seal_marks

NUMBER, OTHER = "001190005678", "040090001234"
KEY = DataKey(b"k" * 32).person
KEYS = Keyring([DataKey(b"k" * 32)])
FORM = PagePrint("a" * 64, 2**63 + 5, (7, 2**40 - 1, 0), "n1", ("p1", "p2"), (3, 2**32 - 1))
AGAIN = replace(FORM, picture_sha256="b" * 64, picture=2**63 + 4)
"""The same sheet, scanned once more."""


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


def test_marks_of_papers_are_kept_sealed_and_come_back(judgements: SqlJudgements, database_url: str) -> None:
    marks = (PaperMark(("n1", "n2"), ()), PaperMark((), ("d1",)))
    place = marks_place("MẪU-1", "gcn_ket_hon")
    sealed = seal_marks(KEYS, place, marks)
    judgements.keep_papers("MẪU-1", [KeptPaper(KEY(NUMBER), "gcn_ket_hon", "MẪU-1", sealed)])
    judgements.keep_papers("MẪU-0", [KeptPaper(KEY(NUMBER), "gcn_ket_hon", "MẪU-0")])
    older, paper = judgements.papers_of([KEY(NUMBER)])
    assert open_marks(KEYS, place, paper.marks) == marks
    assert (older.marks, open_marks(KEYS, place, older.marks)) == ("", ())
    engine = open_database(database_url)
    with reading(engine) as connection:
        stands = repr(connection.execute(text("SELECT * FROM kept_papers")).all())
    engine.dispose()
    assert "n1" not in stands
    with pytest.raises(StorageError):
        open_marks(KEYS, marks_place("MẪU-2", "gcn_ket_hon"), sealed)
    for damaged in ("no marks", "[1]", '[{"numbers": []}]', "null"):
        with pytest.raises(StorageError):
            open_marks(KEYS, place, damaged)


def found(judgements: SqlJudgements, *prints: PagePrint, dossier: str = "MẪU-2") -> list[KeptPage]:
    return list(judgements.pages_like(dossier, KEYS, prints))


def rows(url: str) -> tuple[int, int]:
    engine = open_database(url)
    with reading(engine) as connection:
        counts = [
            int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            for table in (kept_pages, kept_page_names)
        ]
    engine.dispose()
    return counts[0], counts[1]


def test_a_kept_page_is_found_by_its_picture_and_by_its_numbers_with_its_people(
    judgements: SqlJudgements, database_url: str
) -> None:
    judgements.keep_pages("MẪU-1", KEYS, [FORM, replace(FORM, picture_sha256="c" * 64, numbers="n2")])
    assert found(judgements, AGAIN) == [KeptPage("MẪU-1", FORM)]
    assert found(judgements, replace(AGAIN, picture_sha256=FORM.picture_sha256, numbers="n3")) == [
        KeptPage("MẪU-1", FORM)
    ]
    for other in (replace(AGAIN, numbers="n4"), replace(AGAIN, people=("p1",)), replace(AGAIN, numbers="")):
        assert found(judgements, other) == []
    assert found(judgements, AGAIN, dossier="MẪU-1") == [], "a dossier does not repeat itself"
    assert found(judgements) == []
    judgements.keep_pages("MẪU-1", KEYS, [AGAIN])
    assert found(judgements, FORM) == [KeptPage("MẪU-1", AGAIN)], "in the place of what was kept before"
    judgements.forget("MẪU-1")
    assert rows(database_url) == (0, 0)


def test_a_page_without_a_person_or_a_hashed_picture_is_found_by_its_bytes_alone(
    judgements: SqlJudgements,
) -> None:
    for lacking in (replace(FORM, people=()), replace(FORM, picture=None), replace(FORM, numbers="")):
        judgements.keep_pages("MẪU-1", KEYS, [lacking])
        assert found(judgements, replace(lacking, picture_sha256="d" * 64), AGAIN) == []
        assert found(judgements, lacking) == [KeptPage("MẪU-1", lacking)]


def test_nothing_of_a_print_stands_in_the_tables_and_nothing_is_found_without_its_key(
    judgements: SqlJudgements, database_url: str
) -> None:
    judgements.keep_pages("MẪU-1", KEYS, [FORM])
    engine = open_database(database_url)
    with reading(engine) as connection:
        kept = repr([connection.execute(select(table)).all() for table in (kept_pages, kept_page_names)])
    engine.dispose()
    assert FORM.picture_sha256 not in kept
    assert '"numbers"' not in kept
    stranger = Keyring([DataKey(b"s" * 32)])
    assert judgements.pages_like("MẪU-2", stranger, [FORM]) == ()
    both = Keyring([DataKey(b"k" * 32), DataKey(b"s" * 32)])
    judgements.keep_pages("MẪU-3", both, [FORM])
    (page,) = judgements.pages_like("MẪU-2", stranger, [FORM])
    assert page.dossier == "MẪU-3"


def test_prints_of_another_version_and_damaged_rows_are_passed_over(
    judgements: SqlJudgements, database_url: str
) -> None:
    judgements.keep_pages("MẪU-1", KEYS, [FORM, AGAIN, replace(FORM, picture_sha256="e" * 64)])
    engine = open_database(database_url)
    old = KEYS.seal_text('{"version": 0}', "kept_pages MẪU-1 1")
    for page, sealed in ((1, old), (2, "sohoa-sealed-1:torn")):
        with writing(engine) as connection:
            connection.execute(update(kept_pages).where(kept_pages.c.page == page).values(sealed=sealed))
    engine.dispose()
    assert [each.print.picture_sha256[0] for each in found(judgements, FORM, AGAIN)] == ["e"]


def test_a_sheet_in_hundreds_of_dossiers_is_known_by_the_newest(
    judgements: SqlJudgements, database_url: str
) -> None:
    engine = open_database(database_url)
    row = {"page": 1, "sealed": KEYS.seal_text("{}", "elsewhere")}
    many = range(1, NEWEST_PAGES + 1)
    name = KEYS.page(f"picture {FORM.picture_sha256}")
    judgements.keep_pages("MẪU-0", KEYS, [FORM])
    with writing(engine) as connection:
        numbered = [{**row, "number": 10 + each, "dossier": f"MẪU-{each}"} for each in many]
        connection.execute(insert(kept_pages), numbered)
        names = [{"name": name, "number": 10 + each} for each in many]
        connection.execute(insert(kept_page_names), names)
    bytes_only = replace(FORM, numbers="", picture=None)
    assert found(judgements, bytes_only, dossier="MẪU-X") == [], "the oldest is not among them"
    assert [each.dossier for each in found(judgements, bytes_only, dossier="MẪU-7")] == ["MẪU-0"]
    with reading(engine) as connection:
        if connection.dialect.name == "sqlite":
            asked = "SELECT p.sealed FROM kept_pages p JOIN kept_page_names n ON n.number = p.number "
            asked += "WHERE n.name = 'x' AND p.dossier != 'y' ORDER BY n.number DESC LIMIT 200"
            plan = [str(line[3]) for line in connection.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
            assert [line.split()[0] for line in plan] == ["SEARCH", "SEARCH"], plan
    engine.dispose()
