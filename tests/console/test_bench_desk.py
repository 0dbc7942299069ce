"""`sohoa bench desk`: what is filled in is what the product reads, and times are told apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from console.bench_desk import Stopwatch, fill, keys_of
from console.bench_desk_asked import Asked
from console.bench_desk_made import Made, pool
from console.output import Output
from dossier.desk_asked import Question, QueueView
from dossier.errors import DatabaseUnfit
from storage.desk import SqlDesk
from storage.index import SqlIndex
from storage.mass_copy import MassCopy
from tests.databases import postgres

MADE = Made(1000, 5, 300, 7, date(2026, 11, 22), ("1.001193",))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres() as server:
        place = server.database("filled")
        fill(MADE, place, Output("en"))
        yield place


def test_what_was_copied_in_is_read_opened_found_and_counted(url: str) -> None:
    desk, index = SqlDesk(url, keys_of(MADE)), SqlIndex(url)
    entry = desk.entry(MADE.code(990))
    assert (entry.counter, entry.state, entry.received_on) == (
        MADE.counter(990),
        MADE.state(990),
        MADE.received(990),
    )
    assert entry.applicant == pool(MADE)[MADE.name_of(990)]
    assert sum(desk.tally(None).by_state.values()) == 1000
    assert MADE.code(990) in {
        hit.entry.code for hit in desk.search(Question(name=entry.applicant), "", 50).hits
    }
    package = index.package(MADE.code(990))
    assert package is not None
    assert [kept.sha256 for kept in package.objects] == [file.sha256 for file in index.files(MADE.code(990))]
    page = desk.queue(QueueView(), "", 50)
    assert page.entries[0].due_on is not None
    desk.close()
    index.close()


def test_its_indexes_are_there_again_and_every_operation_works(url: str) -> None:
    from random import Random

    asked = Asked(MADE, url, keys_of(MADE))
    stopwatch = Stopwatch(asked.server_process())
    before = stopwatch.read()
    for ask in asked.operations().values():
        ask(0, Random(1))
    passed, waited, worked = (now - then for now, then in zip(stopwatch.read(), before, strict=True))
    assert 0 < worked <= 2 * passed
    assert waited >= 0
    asked.close()
    with pytest.raises(DatabaseUnfit, match="holds rows"):
        MassCopy(url)


def test_only_postgresql_is_filled_in_this_way(tmp_path: object) -> None:
    with pytest.raises(DatabaseUnfit, match="only PostgreSQL"):
        MassCopy(f"sqlite:///{tmp_path}/x.sqlite")
