"""The embedded residence register: it answers as the national one does, or says that it did not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dossier.errors import RegisterError
from dossier.identity import RegisterOutcome, RegisterQuery
from storage.register import FileRegister, UnavailableRegister, load_csv

HEADER = "personal_number,full_name,date_of_birth,sex,residence\n"
PEOPLE = HEADER + (
    '001099000000,NGUYỄN THỊ HOÀ MẪU,1999-01-02,Nữ,Xã MẪU\n001099000001,TRẦN VĂN MẪU,,Nam,"Thôn 1, Xã MẪU"\n'
)


def moment() -> datetime:
    return datetime(2026, 11, 21, 17, 30, tzinfo=UTC)


def query(number: str, name: str, born: date | None = None) -> RegisterQuery:
    return RegisterQuery(number, name, born, "CB-MAU", "H56.101-250715-0001")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(PEOPLE, "utf-8")
    assert load_csv(tmp_path / "people.csv", tmp_path / "state" / "register.sqlite") == 2
    return tmp_path / "state" / "register.sqlite"


@pytest.mark.parametrize(
    ("asked", "outcome", "differing"),
    [
        (query("001099000000", "NGUYỄN THỊ HOÀ MẪU", date(1999, 1, 2)), RegisterOutcome.MATCHES, ()),
        (query("001099000000", "Nguyễn Thị Hòa Mẫu"), RegisterOutcome.MATCHES, ()),
        (
            query("001099000000", "NGUYỄN THỊ HOÀ MẪU", date(1999, 2, 1)),
            RegisterOutcome.DIFFERS,
            ("date_of_birth",),
        ),
        (query("001099000001", "TRẦN VĂN MẪU", date(1980, 1, 1)), RegisterOutcome.MATCHES, ()),
        (query("001099000000", "NGUYỄN THỊ HOA MẪU"), RegisterOutcome.NO_MATCH_OR_NAME_DIFFERS, ()),
        (query("001099000009", "NGUYỄN THỊ HOÀ MẪU"), RegisterOutcome.NO_MATCH_OR_NAME_DIFFERS, ()),
        (query("' OR 1=1 --", "NGUYỄN THỊ HOÀ MẪU"), RegisterOutcome.NO_MATCH_OR_NAME_DIFFERS, ()),
    ],
)
def test_answers(
    database: Path, asked: RegisterQuery, outcome: RegisterOutcome, differing: tuple[str, ...]
) -> None:
    answer = FileRegister(database, moment).ask(asked)
    assert (answer.outcome, answer.differing, answer.reason) == (outcome, differing, "")
    assert answer.asked_at == "2026-11-22T00:30:00+07:00"


def test_a_wrong_name_learns_nothing_about_the_birth_day(database: Path) -> None:
    register = FileRegister(database, moment)
    known = register.ask(query("001099000000", "SAI TÊN", date(1990, 5, 5)))
    assert known == register.ask(query("001099000009", "SAI TÊN", date(1990, 5, 5)))


def test_a_missing_register_is_not_checked(tmp_path: Path) -> None:
    answer = FileRegister(tmp_path / "none.sqlite").ask(query("001099000000", "X"))
    assert answer.outcome is RegisterOutcome.NOT_CHECKED
    assert "unable to open" in answer.reason
    assert not (tmp_path / "none.sqlite").exists()


def test_a_locked_register_is_not_checked(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        answer = FileRegister(database, busy_seconds=0.01).ask(query("001099000000", "NGUYỄN THỊ HOÀ MẪU"))
    assert answer.outcome is RegisterOutcome.NOT_CHECKED
    assert "locked" in answer.reason


def test_a_damaged_register_is_not_checked(database: Path) -> None:
    database.write_bytes(b"no database at all, but long enough for a look" * 50)
    answer = FileRegister(database).ask(query("001099000000", "NGUYỄN THỊ HOÀ MẪU"))
    assert answer.outcome is RegisterOutcome.NOT_CHECKED
    assert answer.reason


def test_where_none_is_connected_nothing_is_checked() -> None:
    answer = UnavailableRegister("chưa kết nối", moment).ask(query("001099000000", "X"))
    assert (answer.outcome, answer.reason) == (RegisterOutcome.NOT_CHECKED, "chưa kết nối")
    assert answer.asked_at.endswith("+07:00")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "columns"),
        ("personal_number,full_name\n", "columns"),
        (HEADER + "12345,MẪU,,Nam,Xã\n", "line 2: the personal number"),
        (PEOPLE + "001099000002,MẪU,02/01/1999,Nam,Xã\n", "line 4: the date of birth"),
        (HEADER + "001099000002,MẪU\n", "line 2: has more or fewer"),
        (HEADER + "001099000002,MẪU,,Nam,Xã,more\n", "line 2: has more or fewer"),
        (PEOPLE + "001099000000,MẪU,,Nam,Xã\n", "cannot be loaded: UNIQUE"),
    ],
)
def test_a_bad_file_is_refused_and_the_old_register_stays(database: Path, content: str, says: str) -> None:
    bad = database.with_name("bad.csv")
    bad.write_text(content, "utf-8")
    with pytest.raises(RegisterError, match=says) as caught:
        load_csv(bad, database)
    assert "001099" not in str(caught.value)
    assert (
        FileRegister(database).ask(query("001099000001", "TRẦN VĂN MẪU")).outcome is RegisterOutcome.MATCHES
    )
    assert sorted(path.name for path in database.parent.iterdir()) == ["bad.csv", "register.sqlite"]


def test_what_is_no_text_is_refused(database: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_bytes(HEADER.encode() + b"\xff\xfe\n")
    with pytest.raises(RegisterError, match="cannot be read"):
        load_csv(tmp_path / "bad.csv", database)
    with pytest.raises(RegisterError, match="cannot be read"):
        load_csv(tmp_path / "none.csv", database)


def test_a_new_file_replaces_the_register(database: Path, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("\ufeff" + HEADER + "001099000005,LÊ MẪU,,Nam,Xã\n", "utf-8")
    register = FileRegister(database)
    assert load_csv(tmp_path / "new.csv", database) == 1
    assert register.ask(query("001099000005", "LÊ MẪU")).outcome is RegisterOutcome.MATCHES
    answer = register.ask(query("001099000000", "NGUYỄN THỊ HOÀ MẪU"))
    assert answer.outcome is RegisterOutcome.NO_MATCH_OR_NAME_DIFFERS
