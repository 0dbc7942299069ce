"""The desk's tables: rows, pages, counts, the blind index, and what is left of all that after erasing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dossier.desk import DeskEntry, DeskState, FindingCounts
from dossier.desk_asked import DeskContent, DeskFacts, Question, QueueView
from dossier.errors import ChangedMeanwhile, NotOnDesk, StorageError
from storage.desk import SqlDesk
from storage.desk_loading import load_desk
from storage.keyring import DataKey, Keyring
from storage.people import Person, SqlPeople, Trace
from storage.resealing import Resealer
from tests.databases import everything_in

DAY = date(2026, 11, 20)
HERE, THERE = "Quầy 1", "Quầy 2"
KEYS = Keyring([DataKey(b"k" * 32)])


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


@pytest.fixture
def desk(url: str) -> Iterator[SqlDesk]:
    opened = SqlDesk(url, KEYS)
    yield opened
    opened.close()


def content(name: str = "Nguyễn Thị Mẫu", *others: str, text: str = "") -> DeskContent:
    return DeskContent(name, "TỜ KHAI", (name, *others), ("to_khai",), text, 2, 0, 3, FindingCounts(1, 2, 3))


def facts(
    code: str, what: DeskContent | None = None, *, counter: str | None = HERE, on: date = DAY, due: int = 0
) -> DeskFacts:
    due_on = DAY + timedelta(days=due) if due else None
    return DeskFacts(code, "1.001193", on, DeskState.REVIEW, counter, due_on, what or content())


def found(desk: SqlDesk, name: str = "", counter: str | None = None, **asked: object) -> list[str]:
    """Names that a search finds, over all its pages of two."""
    question = Question(counter=counter, name=name, **asked)  # type: ignore[arg-type]
    page, names = desk.search(question, "", 2), []
    names += [hit.person or hit.entry.applicant for hit in page.hits]
    while page.after:
        page = desk.search(question, page.after, 2)
        names += [hit.person or hit.entry.applicant for hit in page.hits]
    return names


def test_what_a_draft_comes_to_know_takes_nothing_back_that_was_given_back(desk: SqlDesk) -> None:
    entry = desk.note(facts("MẪU-1"))
    given = desk.change("MẪU-1", entry.version, state=DeskState.RETURNED)
    known = desk.note(facts("MẪU-1", content("Trần Thị Mẫu")))
    assert (known.state, known.applicant) == (DeskState.RETURNED, "Trần Thị Mẫu")
    assert desk.change("MẪU-1", known.version, state=DeskState.REVIEW).version > given.version
    # Handed in again it is read again, and then a draft's.
    desk.change("MẪU-1", desk.entry("MẪU-1").version, state=DeskState.RETURNED)
    desk.note(replace(facts("MẪU-1"), state=DeskState.READING))
    assert desk.note(facts("MẪU-1")).state is DeskState.REVIEW


def test_what_was_noted_stands_there_and_the_same_again_changes_nothing(desk: SqlDesk) -> None:
    noted = desk.note(facts("H-1", due=3))
    assert desk.entry("H-1") == noted == desk.note(facts("H-1", due=3))
    assert (noted.version, noted.applicant, noted.findings) == (1, "Nguyễn Thị Mẫu", FindingCounts(1, 2, 3))
    assert desk.content("H-1") == content()
    later = desk.note(DeskFacts("H-1", "1.001193", DAY, DeskState.ARCHIVED))
    assert (later.version, later.counter, later.applicant) == (2, HERE, "Nguyễn Thị Mẫu")
    assert later.due_on == DAY + timedelta(days=3)
    with pytest.raises(NotOnDesk):
        desk.entry("H-2")


def test_of_two_who_change_the_same_version_one_is_told(desk: SqlDesk) -> None:
    seen = desk.note(facts("H-1"))
    assert desk.change("H-1", seen.version, assignee="an").assignee == "an"
    with pytest.raises(ChangedMeanwhile):
        desk.change("H-1", seen.version, assignee="binh")
    assert desk.entry("H-1").assignee == "an"


def test_many_writers_of_one_dossier_lose_nothing(desk: SqlDesk) -> None:
    desk.note(facts("H-1"))

    def assign(number: int) -> bool:
        try:
            desk.change("H-1", 1, assignee=f"clerk{number}")
        except ChangedMeanwhile:
            return False
        return True

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(assign, range(12))) == 1
    assert desk.entry("H-1").version == 2
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda n: desk.note(facts("H-2", content(f"Tên {n} (MẪU)"))), range(12)))
    assert desk.tally(HERE).by_state[DeskState.REVIEW] == 2
    name = desk.entry("H-2").applicant
    assert found(desk, name) == [name], "the index has the words of the last one alone"
    assert len(found(desk, "mẫu")) == 2


def test_pages_go_on_while_dossiers_come_and_go(desk: SqlDesk) -> None:
    for number in range(9):
        desk.note(facts(f"H-{number}", due=number + 1))
    first = desk.queue(QueueView(HERE), "", 4)
    assert [entry.code for entry in first.entries] == ["H-0", "H-1", "H-2", "H-3"]
    desk.note(facts("H-early", due=1))
    desk.note(DeskFacts("H-1", "1.001193", DAY, DeskState.ARCHIVED))
    desk.note(DeskFacts("H-5", "1.001193", DAY, DeskState.ARCHIVED))
    second = desk.queue(QueueView(HERE), first.after, 4)
    assert [entry.code for entry in second.entries] == ["H-4", "H-6", "H-7", "H-8"]
    assert second.after == ""
    with pytest.raises(StorageError):
        desk.queue(QueueView(HERE), "1.x", 4)


def test_what_is_due_on_no_known_day_comes_last_and_what_is_settled_newest_first(desk: SqlDesk) -> None:
    desk.note(facts("H-none"))
    desk.note(facts("H-late", due=9))
    desk.note(facts("H-soon", due=1))
    for number in range(3):
        day = DAY + timedelta(days=number)
        desk.note(DeskFacts(f"A-{number}", "1.001193", day, DeskState.ARCHIVED, HERE))
    assert codes(desk, QueueView(HERE)) == ["H-soon", "H-late", "H-none"]
    assert codes(desk, QueueView(HERE, DeskState.ARCHIVED)) == ["A-2", "A-1", "A-0"]
    assert codes(desk, QueueView(HERE, received_on=DAY)) == ["A-0", "H-soon", "H-late", "H-none"]
    assert codes(desk, QueueView(HERE, procedure="2.000635")) == []
    assert codes(desk, QueueView(THERE)) == []


def codes(desk: SqlDesk, view: QueueView) -> list[str]:
    return [entry.code for entry in desk.queue(view, "", 50).entries]


def test_counts_follow_every_change(desk: SqlDesk) -> None:
    desk.note(facts("H-1"))
    desk.note(facts("H-2", counter=THERE))
    mark = desk.tally(None).mark
    desk.note(DeskFacts("H-1", "1.001193", DAY, DeskState.ARCHIVED))
    tally = desk.tally(None)
    assert (tally.by_state[DeskState.REVIEW], tally.by_state[DeskState.ARCHIVED]) == (1, 1)
    assert tally.mark > mark, "a queue that is open has to refresh"
    assert desk.tally(THERE).by_state[DeskState.ARCHIVED] == 0
    desk.recount()
    assert desk.tally(None).by_state == tally.by_state
    assert desk.tally(None).mark > tally.mark
    assert set(desk.counters()) == {HERE, THERE}


FOLDING = [
    ("Nguyen Thi Hoa", {"Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "Nguyễn Thị Hoa", "Nguyễn Thị Hóa"}),
    ("NGUYEN THI HOA", {"Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "Nguyễn Thị Hoa", "Nguyễn Thị Hóa"}),
    ("Hoa Nguyễn", {"Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "Nguyễn Thị Hoa", "Nguyễn Thị Hóa"}),
    ("Duc", {"Đinh Văn Đức", "Dương Văn Dục"}),
    ("Đuc", {"Đinh Văn Đức"}),
    ("Đức", {"Đinh Văn Đức"}),
    ("nguyen thi h", {"Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "Nguyễn Thị Hoa", "Nguyễn Thị Hóa"}),
    ("din", {"Đinh Văn Đức"}),
    ("nguye thi hoa", set()),
    ("Hoan", set()),
    ("Thi Đức", set()),
    ("Dinh Duong", set()),
    ("<script>", {"<script>alert(1)</script>"}),
]


@pytest.fixture
def names(desk: SqlDesk) -> SqlDesk:
    told = ("Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "Nguyễn Thị Hoa", "Nguyễn Thị Hóa")
    for number, name in enumerate((*told, "Đinh Văn Đức", "Dương Văn Dục", "<script>alert(1)</script>")):
        desk.note(facts(f"H-{number}", content(name), counter=HERE if number % 2 else THERE))
    return desk


@pytest.mark.parametrize(("typed", "people"), FOLDING)
def test_names_are_found_with_and_without_marks(names: SqlDesk, typed: str, people: set[str]) -> None:
    assert set(found(names, typed)) == people
    assert len(found(names, typed)) == len(people), "each once"


def test_the_very_marks_come_first_and_other_marks_after_them(names: SqlDesk) -> None:
    for typed in ("Nguyễn Thị Hoà", "nguyễn thị hòa", "Hòa"):
        ordered = found(names, typed)
        assert set(ordered[:2]) == {"Nguyễn Thị Hoà", "Nguyễn Thị Hòa"}
        assert set(ordered[2:]) == {"Nguyễn Thị Hoa", "Nguyễn Thị Hóa"}
    hits = names.search(Question(name="Hoà"), "", 9).hits
    assert [hit.is_exact for hit in hits] == [True, True, False, False]


def test_words_of_two_people_are_no_name(desk: SqlDesk) -> None:
    desk.note(facts("H-1", content("Trần Thị Mẫu", "Lê Văn Bình")))
    assert found(desk, "Tran Binh") == []
    assert found(desk, "le van binh") == ["Lê Văn Bình"]


def test_nobody_finds_the_dossiers_of_another_counter(names: SqlDesk) -> None:
    assert set(found(names, "hoa", HERE)) == {"Nguyễn Thị Hòa", "Nguyễn Thị Hóa"}
    assert found(names, "duc", HERE) == ["Dương Văn Dục"]
    assert found(names, counter="Quầy 9", kind="to_khai") == []
    assert found(names, counter=HERE, code="H-0") == []


def test_every_filter_narrows(desk: SqlDesk, url: str) -> None:
    desk.note(facts("H-1", content("Trần Thị Mẫu", text="Thửa đất số 12, bản đồ số 7"), on=DAY))
    desk.note(facts("H-2", content("Trần Thị Mẫu", text="Giấy khai sinh"), on=DAY - timedelta(days=40)))
    people = SqlPeople(url, KEYS)
    people.note("H-2", [Person("001190005678", "Trần Thị Mẫu")], Trace("H-2", (), (), ()))
    people.close()
    asked: list[tuple[dict[str, object], list[str]]] = [
        ({"text": "thua dat"}, ["H-1"]),
        ({"text": "đất 12"}, ["H-1"]),
        ({"text": "dat khai"}, []),
        ({"number": "001190005678"}, ["H-2"]),
        ({"number": "001190005679"}, []),
        ({"code": "H-"}, ["H-1", "H-2"]),
        ({"code": "H-2"}, ["H-2"]),
        ({"begin": DAY}, ["H-1"]),
        ({"end": DAY - timedelta(days=1)}, ["H-2"]),
        ({"kind": "to_khai", "end": DAY}, ["H-1", "H-2"]),
        ({"kind": "ct07"}, []),
        ({"procedure": "1.001193"}, ["H-1", "H-2"]),
        ({"procedure": "2.000635"}, []),
        ({"name": "tran", "text": "sinh"}, ["H-2"]),
    ]
    for question, told in asked:
        hits = desk.search(Question(**question), "", 50).hits  # type: ignore[arg-type]
        assert [hit.entry.code for hit in hits] == told, question
    (hit,) = desk.search(Question(text="ban do"), "", 9).hits
    assert hit.snippet == ("Thửa đất số 12, ", "bản", " ", "đồ", " số 7")


def test_common_words_of_a_small_counter_are_found_by_way_of_the_counter(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.desk_search._COMMON", 20)
    one = SqlDesk(url, KEYS)
    one.note(facts("H-seed"))
    entry, what = one.entry("H-seed"), one.content("H-seed")
    one.forget(["H-seed"])
    load_desk(url, KEYS, ((made(entry, number), what) for number in range(300)))
    assert len(found(one, "nguyen mau", HERE)) == 3
    assert len(found(one, "Nguyễn Mẫu", THERE)) == 297
    assert len(found(one, "nguyen mau")) == 300
    one.close()


def test_one_walk_through_a_counter_tells_what_two_do(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.desk_search._COMMON", 20)
    one = SqlDesk(url, KEYS)
    one.note(facts("H-seed"))
    entry = one.entry("H-seed")
    one.forget(["H-seed"])
    names = (("Nguyễn Thị Mẫu",), ("Nguyên Thị Mẩu",), ("Nguyễn Văn An", "Lê Thị Mẫu"), ("NGUYỄN THỊ MẪU",))
    load_desk(url, KEYS, ((made(entry, number), content(*names[number % 4])) for number in range(200)))
    told = {}
    for few in (0, 400):
        monkeypatch.setattr("storage.desk_search._FEW", few)
        told[few] = {
            asked: pages(one, asked) for asked in ("Nguyễn Thị Mẫu", "nguyễn mẫ", "Nguyễn thi", "mẫu")
        }
    assert told[0] == told[400]
    assert len(told[0]["Nguyễn Thị Mẫu"]) == 148, "and the two that are of the other counter are not told"
    assert [is_exact for _, is_exact in told[0]["Nguyễn Thị Mẫu"]] == 98 * [True] + 50 * [False]
    one.close()


def pages(desk: SqlDesk, name: str) -> list[tuple[str, bool]]:
    """Everything that is found at a counter, seven at a time."""
    told, after = [], ""
    while True:
        page = desk.search(Question(counter=THERE, name=name), after, 7)
        told += [(hit.entry.code, hit.is_exact) for hit in page.hits]
        if not page.after:
            return told
        after = page.after


def made(entry: DeskEntry, number: int) -> DeskEntry:
    from dataclasses import replace

    day = DAY - timedelta(days=number % 50)
    return replace(
        entry, code=f"L-{number}", counter=THERE if number % 100 else HERE, received_on=day, assignee=""
    )


def test_the_tables_show_neither_names_nor_words(desk: SqlDesk, url: str) -> None:
    desk.note(facts("H-1", content("Nguyễn Thị Mẫu", "Lê Văn Khuynh", text="Trường học số 12 của Nguyễn")))
    raw = everything_in(url)
    told = ("Nguyễn", "nguyen", "NGUYEN", "Khuynh", "khuynh", "TỜ KHAI", "Trường", "truong", "rường học")
    assert not [word for word in told if word.encode() in raw]


def test_erased_dossiers_leave_nothing(desk: SqlDesk, url: str) -> None:
    desk.note(facts("H-1", content(text="Thửa đất")))
    desk.note(facts("H-2"))
    desk.forget(["H-1", "H-9"])
    assert rows(desk, "desk_texts") == 0
    assert found(desk, "mau") == ["Nguyễn Thị Mẫu"]
    desk.forget(["H-2"])
    assert [rows(desk, t) for t in ("desk_entries", "desk_words", "desk_kinds")] == [0, 0, 0]
    assert desk.tally(HERE).by_state[DeskState.REVIEW] == 0
    assert b"H-1" not in everything_in(url)


def test_what_nobody_can_open_any_more_is_erased_all_the_same(url: str) -> None:
    before = SqlDesk(url, KEYS)
    before.note(facts("H-1", content(text="Thửa đất")))
    before.close()
    after = SqlDesk(url, Keyring([DataKey(b"z" * 32)]))
    after.forget(["H-1"])
    assert [rows(after, t) for t in ("desk_entries", "desk_words", "desk_texts")] == [0, 0, 0]
    after.close()


def test_a_new_key_seals_names_and_hashes_words_anew(url: str) -> None:
    old, new = DataKey(b"o" * 32), DataKey(b"n" * 32)
    before = SqlDesk(url, Keyring([old]))
    for number in range(3):
        before.note(facts(f"H-{number}", content(f"Trần Mẫu {'ABC'[number]}", text="Thửa đất")))
    before.close()
    both = Keyring([old, new])
    between = SqlDesk(url, both)
    between.note(facts("H-3", content("Trần Mẫu D", text="Thửa đất")))
    assert len(found(between, "tran mau")) == 4, "half under the old key, half under the new one"
    assert len(found(between, text="thua dat")) == 4
    resealer = Resealer(url, both, {})
    assert resealer.due()["desk_entries"] == 3
    assert {step.outcome for step in resealer.steps()} == {"sealed"}
    assert sum(resealer.due().values()) == 0
    resealer.close()
    count = rows(between, "desk_words")
    between.close()
    after = SqlDesk(url, Keyring([new]))
    assert sorted(found(after, "trần mẫu")) == [f"Trần Mẫu {letter}" for letter in "ABCD"]
    assert len(found(after, text="thua dat")) == 4
    after.forget([f"H-{number}" for number in range(4)])
    assert rows(after, "desk_words") == 0 < count, "no word of the old key was left"
    after.close()


def test_a_rebuild_that_was_cut_off_is_known(desk: SqlDesk) -> None:
    desk.note(facts("H-1"))
    assert desk.index_is_whole()
    desk.empty_index()
    assert not desk.index_is_whole()
    assert found(desk, "mau") == []
    desk.note(facts("H-1"), anew=True)
    desk.note_whole()
    assert desk.index_is_whole()
    assert found(desk, "mau") == ["Nguyễn Thị Mẫu"]
    assert found(desk, kind="to_khai") == ["Nguyễn Thị Mẫu"]


def rows(desk: SqlDesk, table: str) -> int:
    with desk._engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() or 0)  # noqa: S608
