"""The queue and the search as browsers get them: who sees what, what is escaped, what did not change."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from console.web.app import make_console
from console.web.room import Room
from dossier.accounts import Account, Role
from dossier.archive import DigitisationOrder
from dossier.desk import DeskState, FindingCounts
from dossier.desk_asked import DeskContent
from tests.web_room import COUNTER, VIETNAM, add_account, client_of, make_room

TODAY = datetime.now(VIETNAM).date()
SCRIPT = "<script>alert(1)</script>"
PEOPLE = ("Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "Nguyễn Thị Hoa", SCRIPT)


class Browsers:
    """A console over a desk of eight dossiers at two counters."""

    def __init__(self, folder: Path) -> None:
        self.room: Room = make_room(folder)
        self.app = make_console(self.room)
        for number, name in enumerate((*PEOPLE, *PEOPLE)):
            counter = COUNTER if number < len(PEOPLE) else "Quầy 2 (MẪU)"
            self.note(f"H-{number}", name, counter, due=number - 2)

    def note(self, code: str, name: str, counter: str, due: int = 0) -> None:
        order = DigitisationOrder(code, "1.001193", (), TODAY, "MẪU", counter=counter)
        content = DeskContent(
            name, "TỜ KHAI", (name,), ("to_khai",), "<b>Thửa đất</b> số 12", 1, 0, 2, FindingCounts(1)
        )
        self.room.desk.note(order, DeskState.REVIEW, content, TODAY + timedelta(days=due))

    def sign_in(self, role: Role) -> TestClient:
        account: Account = add_account(self.room, role)
        return client_of(self.room, account, self.app)

    def views(self) -> list[dict[str, Any]]:
        entries: Any = self.room.workshop.ledger
        return [json.loads(e.detail) for e in reversed(entries.entries()) if e.subject.startswith("list:")]


@pytest.fixture
def browsers(tmp_path: Path) -> Browsers:
    return Browsers(tmp_path)


def codes(page: str) -> list[str]:
    return re.findall(r'data-code="([^"]+)"', page)


def test_a_clerk_sees_the_own_counter_due_first_and_a_name_is_text(browsers: Browsers) -> None:
    clerk = browsers.sign_in(Role.CLERK)
    page = clerk.get("/").text
    assert codes(page) == ["H-0", "H-1", "H-2", "H-3"]
    assert SCRIPT not in page
    assert SCRIPT in unescape(page)
    assert "quá hạn 2 ngày" in page
    assert browsers.views()[-1]["dossiers"] == ["H-0", "H-1", "H-2", "H-3"]
    for address in (
        "/?counter=Qu%E1%BA%A7y+2+(M%E1%BA%AAU)",
        "/search?q=hoa&counter=Qu%E1%BA%A7y+2+(M%E1%BA%AAU)",
    ):
        assert codes(clerk.get(address).text) == []


@pytest.mark.parametrize(
    ("role", "queue", "search"), [("archivist", 8, 6), ("controller", 8, 6), ("administrator", 0, None)]
)
def test_other_roles_see_what_is_theirs(
    browsers: Browsers, role: str, queue: int, search: int | None
) -> None:
    browser = browsers.sign_in(Role(role))
    assert len(codes(browser.get("/").text)) == queue
    answer = browser.get("/search?q=nguyen+thi+hoa")
    assert answer.status_code == (404 if search is None else 200)
    assert len(codes(answer.text)) == (search or 0)


def test_a_queue_in_which_nothing_changed_is_not_sent_again(browsers: Browsers) -> None:
    clerk = browsers.sign_in(Role.CLERK)
    first = clerk.get("/")
    etag = {"If-None-Match": first.headers["etag"]}
    again = clerk.get("/", headers=etag)
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["cache-control"] == "no-store", "no list of people stays on the disk"
    browsers.note("H-9", "Mới (MẪU)", "Quầy 2 (MẪU)")
    assert clerk.get("/", headers=etag).status_code == 304, "another counter's dossiers are no news"
    browsers.note("H-8", "Mới (MẪU)", COUNTER)
    changed = clerk.get("/", headers=etag)
    assert changed.status_code == 200
    assert "H-8" in codes(changed.text)
    other = client_of(
        browsers.room, add_account(browsers.room, Role.CLERK, "khac", "Quầy 2 (MẪU)"), browsers.app
    )
    assert other.get("/", headers=etag).status_code == 200
    part = clerk.get("/?part=true").text
    assert part.startswith('<div class="list"')
    assert "<html" not in part


def test_marks_come_first_and_the_ledger_has_no_word_of_it(browsers: Browsers) -> None:
    clerk = browsers.sign_in(Role.CLERK)
    page = clerk.get("/search", params={"q": "Nguyễn Thị Hoà", "why": "reuse"}).text
    assert set(codes(page)[:2]) == {"H-0", "H-1"}
    assert codes(page)[2:] == ["H-2"]
    assert page.count("khác dấu") == 1
    (view,) = [view for view in browsers.views() if view["what"] == "search"]
    assert (view["why"], view["asked_by"]) == ("reuse", ["name"])
    assert sorted(view["dossiers"]) == ["H-0", "H-1", "H-2"]
    assert "Nguy" not in json.dumps(view, ensure_ascii=False)


def test_what_papers_say_is_shown_as_text_around_the_word(browsers: Browsers) -> None:
    page = browsers.sign_in(Role.CLERK).get("/search", params={"text": "dat"}).text
    assert page.count("<mark>đất</mark>") == 4
    assert "<b>Thửa" not in page
    assert "<b>Thửa" in unescape(page)


def test_lists_are_in_vietnamese_order_where_that_is_asked_for(browsers: Browsers) -> None:
    clerk = browsers.sign_in(Role.CLERK)
    for number, name in enumerate(("Lê Văn Đức", "Lê Văn Dũng", "Lê Văn Dung", "Trần An")):
        browsers.note(f"S-{number}", name, COUNTER)
    ordered = codes(clerk.get("/?order=name").text)
    assert [code for code in ordered if code.startswith("S")] == ["S-3", "S-2", "S-1", "S-0"]
    found = codes(clerk.get("/search?q=le+van&order=name").text)
    assert found == ["S-2", "S-1", "S-0"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/?view=nonsense", 400),
        ("/?after=abc", 400),
        ("/?after=1.2.3", 409),
        ("/?order=random", 400),
        ("/search?q=a&after=1", 409),
        ("/search?q=a&begin=yesterday", 400),
        ("/search?q=" + "a" * 201, 400),
        ("/search?q=a&begin=2026-02-01&end=2026-01-01", 200),
        ("/search?q=%00%27%3B--", 200),
        ("/search?q=.", 200),
        ("/search?begin=&end=", 200),
    ],
)
def test_odd_addresses_are_answered_in_words(browsers: Browsers, address: str, status: int) -> None:
    answer = browsers.sign_in(Role.CLERK).get(address)
    assert answer.status_code == status
    assert codes(answer.text) == []
    assert "Traceback" not in answer.text
