"""The archivist's and the controller's day by plain requests: the ledger knows all, bad input is told."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import zipfile
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from console.web.app import make_console
from console.web.control import harmless
from console.web.room import Room
from console.web.words import WORDS
from console.wording_web_help import TOPICS
from dossier.accounts import Role
from dossier.desk import DeskState
from dossier.desk_asked import DeskFacts
from dossier.errors import StoreUnreachable
from flows.control_board import Figure
from flows.health import Health, is_well, system_health
from flows.looks import Looks
from flows.tour import NUMBER, WRITTEN
from storage.ledger_search import LedgerQuestion, SqlLedgerSearch
from storage.memory import MemoryArchive
from tests.kept_dossiers import LATE, archived, judged
from tests.sheets import NOW
from tests.web_room import add_account, client_of, make_room

FIRST, SECOND = "H56.101-261105-0001", "H56.101-261105-0002"
STOPPED = "H56.101-261106-0003"


@dataclass(frozen=True)
class House:
    """A console with people of each role at their browsers."""

    room: Room
    archivist: TestClient
    controller: TestClient
    clerk: TestClient
    administrator: TestClient

    def actions(self, action: str) -> list[tuple[str, str]]:
        search = SqlLedgerSearch(self.room.settings.database)
        found = search.find(LedgerQuestion(action=action), 100)
        search.close()
        return [(entry.actor, entry.subject) for entry in found]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    room = make_room(tmp_path_factory.mktemp("house"))
    for code in (FIRST, SECOND):
        archived(room.workshop, code, date(2026, 11, 5), LATE)
    judged(room.workshop, STOPPED, date(2026, 11, 6), LATE, LATE, state="needs_attention")
    facts = DeskFacts(STOPPED, "1.001193", date(2026, 11, 6), DeskState.RETURNED, "Quầy 2 (MẪU)")
    room.workshop.desk._kept.note(facts)
    app = make_console(room)
    roles = (Role.ARCHIVIST, Role.CONTROLLER, Role.CLERK, Role.ADMINISTRATOR)
    return House(room, *(client_of(room, add_account(room, role), app) for role in roles))


def words(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def test_a_lot_from_the_draw_to_its_end(house: House) -> None:
    browser = house.archivist
    asked = {"begin": "2026-11-01", "end": "2026-11-30", "aql": "4.0", "seed": "MẪU", "resumed": "true"}
    drawn = browser.post("/audit/lots", data=asked)
    assert drawn.status_code == 303
    lot = drawn.headers["location"]
    page = browser.get(f"{lot}/pages/1")
    shown = words(page.text)
    for side in ("Bản quét gốc", "Bản đã ký số", "Văn bản nhận dạng", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"):
        assert side in shown
    assert f'data-next="{lot}/pages/2"' in page.text
    for side in ("scan", "rendition"):
        picture = browser.get(f"{lot}/pages/1/{side}?width=400")
        assert (picture.headers["content-type"], picture.content[:2]) == ("image/jpeg", b"\xff\xd8")
    views = [subject for _, subject in house.actions("viewed") if subject.count("/") == 2]
    assert len(views) == 1, "three sides and two pictures are one look"
    # A faulty page needs a reason; a lot with open pages is not closed.
    assert browser.post(f"{lot}/pages/1", data={"said": "bad"}).status_code == 409
    assert browser.post(f"{lot}/pages/1", data={"said": "perhaps"}).status_code == 400
    assert browser.post(f"{lot}/closing").status_code == 409
    size = int(re.search(r'max="(\d+)"', browser.get(lot).text)[1])  # type: ignore[index]
    for draw in range(1, size + 1):
        said = {"said": "bad", "reason": "<b>mờ</b>"} if draw == 1 else {"said": "good"}
        answer = browser.post(f"{lot}/pages/{draw}", data=said)
        assert answer.headers["location"] == (f"{lot}/pages/{draw + 1}" if draw < size else lot)
    assert browser.post(f"{lot}/closing").status_code == 303
    told = browser.get(lot).text
    assert "&lt;b&gt;mờ&lt;/b&gt;" in told
    assert "Bị trả lại để quét lại" in words(told)
    assert browser.post(f"{lot}/pages/2", data={"said": "good"}).status_code == 409, "it is closed"
    assert {actor for actor, _ in house.actions("sample-judged")} == {"Archivist (MẪU) (archivist)"}


def test_the_ledger_is_browsed_proven_and_its_first_broken_entry_named(house: House) -> None:
    browser = house.archivist
    assert browser.post("/ledger/heads").status_code == 303
    found = words(browser.get(f"/ledger?subject={FIRST}&action=archived").text)
    assert FIRST in found
    assert SECOND not in found
    assert "Nằm dưới đầu sổ" in words(browser.get("/ledger/1").text)
    assert "không mục nào sai" in words(browser.get("/ledger/check").text)
    for odd in ("/ledger/0", "/ledger/99999999", "/ledger?begin=hôm-qua", "/ledger?before=x"):
        assert browser.get(odd).status_code in (400, 409), odd
    assert browser.get("/ledger/99999999999999999999999").status_code in (400, 409)
    assert browser.get("/ledger?actor=%25&subject=%27%20OR%201=1").status_code == 200
    assert ("Archivist (MẪU) (archivist)", "ledger") in house.actions("viewed"), "reading it is noted, too"


def test_a_ledger_that_was_written_over_names_its_first_broken_entry(tmp_path: Path) -> None:
    room = make_room(tmp_path)
    for number in range(1, 6):
        room.workshop.ledger.append("An (an)", "page-read", FIRST, f'{{"number": {number}}}')
    with sqlite3.connect(tmp_path / "state" / "sohoa.sqlite") as database:
        database.execute("DROP TRIGGER ledger_refuses_update")
        database.execute("UPDATE ledger SET actor = 'ai đó' WHERE number = 3")
    browser = client_of(room, add_account(room, Role.ARCHIVIST))
    assert "Mục sai đầu tiên: 3 – bị sửa sau khi ghi" in words(browser.get("/ledger/check").text)
    assert 'class="state bad"' in browser.get("/ledger/3").text
    assert browser.post("/ledger/heads").status_code == 409, "what is broken is not sealed"


def test_a_kept_dossier_is_shown_verified_and_exported(house: House) -> None:
    browser = house.archivist
    shown = words(browser.get(f"/archive/{FIRST}").text)
    for said in ("manifest.json", "Bản PDF/A ký số", "Ký số", "Giấy tờ"):
        assert said in shown
    verified = words(browser.get(f"/archive/{FIRST}/verification").text)
    assert "Chữ ký khớp với nội dung tệp" in verified
    assert "chưa kiểm tra thu hồi" in verified
    assert "chưa bị thu hồi" not in verified, "nobody has asked"
    exported = browser.post(f"/archive/{FIRST}/export")
    names = zipfile.ZipFile(io.BytesIO(exported.content)).namelist()
    assert f"{FIRST}/bagit.txt" in names
    assert "exports" in words(browser.post(f"/archive/{FIRST}/export/folder").text)
    assert [actor for actor, subject in house.actions("exported") if subject == FIRST] == [
        "Archivist (MẪU) (archivist)"
    ] * 2
    for odd in ("/archive/H56-0", f"/archive/{FIRST}/papers/9/1", f"/archive/{FIRST}/papers/1/9/scan"):
        assert browser.get(odd).status_code == 409, odd
    assert browser.get(f"/archive/{FIRST}/papers/1/1/manifest").status_code == 400


def test_fixity_runs_from_its_page(house: House) -> None:
    browser = house.archivist
    assert browser.post("/audit/fixity", data={"pace": "full"}).status_code == 303
    thread = house.room.audits._thread
    assert thread is not None
    thread.join(60)
    shown = words(browser.get("/audit/fixity").text)
    assert "Nguyên vẹn" in shown
    assert browser.post("/audit/fixity/stop").status_code == 303


def test_a_figure_leads_to_its_dossiers_and_to_the_page_that_proves_it(house: House) -> None:
    browser, span = house.controller, "begin=2026-11-01&end=2026-11-30"
    page = browser.get(f"/control?{span}&figure=late_returns").text
    assert page.count('<svg class="chart" role="img"') == 4
    assert re.search(r'<title id="chart-centre-t">Yêu cầu, từ chối, xin lỗi muộn', page)
    listed = browser.get(f"/control/dossiers?{span}&figure=late_returns").text
    for code in (FIRST, SECOND, STOPPED):
        assert f'href="/control/dossiers/{code}"' in listed
    returned = browser.get(f"/control/dossiers?{span}&figure=returned").text
    assert STOPPED in returned
    assert FIRST not in returned
    proof = browser.get(f"/control/dossiers/{FIRST}").text
    assert f'href="/archive/{FIRST}/papers/1/1"' in proof
    assert browser.get(f"/archive/{FIRST}/papers/1/1").status_code == 200
    assert "chưa vào kho" in words(browser.get(f"/control/dossiers/{STOPPED}").text)
    only = browser.get(f"/control?{span}&counter=Quầy 2 (MẪU)").text
    assert re.search(r'figure">1<', only)
    assert browser.get("/control?begin=2026-12-01&end=2026-01-01").status_code == 200, "no day at all"
    assert browser.get("/control?figure=nix").status_code == 400


def test_the_table_is_csv_that_no_spreadsheet_calculates(house: House) -> None:
    answer = house.controller.get("/control/table.csv?begin=2026-11-01&end=2026-11-30")
    head, *rows = answer.content.decode("utf-8-sig").splitlines()
    assert head.split(",")[:4] == ["Trung tâm", "Quầy", "Thủ tục", "Tháng"]
    told = next(csv.reader([head]))
    assert told[4:] == [WORDS[f"control_{figure.value}"][0] for figure in Figure]
    assert len(rows) == 2
    for risky in ("=1+1", "+84", "-2", "@x", "\t=1", "\r=1"):
        assert harmless(risky) == f"'{risky}"
    assert (harmless("Quầy 1"), harmless("-")) == ("Quầy 1", "-")


def test_script_in_the_address_stays_words(house: House) -> None:
    script = "<script>alert(1)</script>"
    for browser, path in ((house.controller, "/control?centre="), (house.archivist, "/ledger?actor=")):
        assert script not in browser.get(path + script).text


@pytest.mark.parametrize(
    "path", ["/audit", "/ledger", f"/archive/{FIRST}", f"/archive/{FIRST}/papers/1/1/scan", "/control"]
)
def test_a_clerk_does_not_get_there(house: House, path: str) -> None:
    assert house.clerk.get(path).status_code == 404


def test_in_production_a_dossier_asks_for_the_purpose_first(house: House) -> None:
    settings = house.room.settings.model_copy(update={"profile": "production"})
    looks = Looks(house.room.workshop.ledger, settings, lambda: NOW)
    browser = client_of(replace(house.room, looks=looks), add_account(house.room, Role.ARCHIVIST, "kho"))
    asked = browser.get(f"/archive/{SECOND}")
    assert 'name="why"' in asked.text
    assert "manifest.json" not in asked.text
    assert browser.get(f"/archive/{SECOND}/papers/1/1/scan").status_code == 409, "nor by the back door"
    assert browser.post(f"/archive/{SECOND}/export").status_code == 409
    assert browser.post(f"/archive/{SECOND}/purpose", data={"why": "x"}).status_code == 400
    said = {"why": "Đơn số 12 (MẪU)", "then": "//elsewhere.example"}
    assert browser.post(f"/archive/{SECOND}/purpose", data=said).headers["location"] == f"/archive/{SECOND}"
    assert "manifest.json" in browser.get(f"/archive/{SECOND}").text
    assert ("Archivist (MẪU) (kho)", SECOND) in house.actions("viewed")


def test_the_status_page_suits_the_role_and_says_what_does_not_answer(house: House) -> None:
    assert "Thành phần cài đặt" in words(house.administrator.get("/status").text)
    assert "Thành phần cài đặt" not in words(house.clerk.get("/status").text)

    class Down(MemoryArchive):
        def probe(self) -> None:
            raise StoreUnreachable("store", "refused")

    settings = house.room.settings.model_copy(update={"timestamp_url": "http://127.0.0.1:9/"})
    work = replace(house.room.workshop, archive=Down(), settings=settings)
    told = {part.name: part for part in system_health(work, house.room.audits)}
    assert (told["store"].health, told["store"].said) == (Health.BAD, "store_bad")
    assert told["stamps"].health is Health.BAD
    assert told["register"].health is Health.OFF
    assert not is_well(tuple(told.values()))


def test_help_has_its_pages_and_a_tour_that_can_be_left(house: House) -> None:
    before = len(house.actions("archived"))
    browser = house.clerk
    for name in TOPICS:
        assert browser.get(f"/help/topics/{name}").status_code == 200
    assert browser.get("/help/topics/nix").status_code == 404
    assert browser.get("/help/tour/7").status_code == 404
    assert WRITTEN in words(browser.get("/help/tour/3").text)
    assert "Làm tiếp từ bước 3" in words(browser.get("/help").text)
    assert browser.get("/help/tour/pictures/card").headers["content-type"] == "image/jpeg"
    wrong = browser.post("/help/tour/3", data={"said": WRITTEN})
    assert 'role="alert"' in wrong.text
    spaced = " ".join((NUMBER[:4], NUMBER[4:8], NUMBER[8:]))
    assert browser.post("/help/tour/3", data={"said": spaced}).headers["location"] == "/help/tour/4"
    assert 'role="alert"' in browser.post("/help/tour/4", data={"said": "keep"}).text
    assert browser.post("/help/tour/4", data={"said": "return"}).headers["location"] == "/help/tour/5"
    assert browser.post("/help/tour/5").headers["location"] == "/help/tour/6"
    browser.get("/help/tour/6")
    assert "Làm tiếp" not in words(browser.get("/help").text)
    assert len(house.actions("archived")) == before, "nothing of it enters the archive"
    assert "key.good" in browser.get("/help/words").json()
