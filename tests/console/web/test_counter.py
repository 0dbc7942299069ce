"""The counter's work place without a script: plain forms, words for every refusal, nothing shown unnoted."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from console.web.screen_words import screen_words
from console.web.words import WORDS
from dossier.desk import DeskEntry, DeskState
from dossier.identity import RegisterAnswer, RegisterOutcome, RegisterQuery
from dossier.review import ReviewState
from flows.review import Reviews
from tests.drafts import CODE, MISREAD, NAME, NUMBER, ORDER, birth_paper, id_card, prepare
from tests.web_counter import BASE, JSON, SCRIPT, Desk, counter_desk, place_of, value_at
from tests.web_room import COUNTER


@dataclass(frozen=True)
class Answering:
    """A register that says the same of everybody."""

    answer: RegisterAnswer

    def ask(self, query: RegisterQuery) -> RegisterAnswer:
        return self.answer

    def is_answering(self) -> bool:
        return True


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with counter_desk(tmp_path) as made:
        yield made


def test_one_screen_holds_checklist_pages_fields_people_and_findings(desk: Desk) -> None:
    shown = desk.mai.get(BASE)
    assert shown.status_code == 200
    for said in ("TỜ KHAI ĐĂNG KÝ KHAI SINH", "GIẤY CHỨNG SINH", MISREAD, NUMBER, NAME, "Căn cứ"):
        assert said in shown.text
    assert shown.text.count("data-page=") >= 4, "each page is one key away"
    assert not re.search(r"\sstyle=", shown.text), "the content security policy takes none"
    assert desk.viewed() == 1
    desk.mai.get(BASE)
    desk.mai.get(f"{BASE}/pages/1/picture")
    assert desk.viewed() == 1, "one stay is one entry"
    desk.lan.get(f"{BASE}/pages/1/words")
    assert desk.viewed() == 2


def test_a_number_is_corrected_undone_and_brought_back_by_plain_forms(desk: Desk) -> None:
    place = place_of(desk, "personal_number")
    assert value_at(desk, place) == MISREAD
    answer = desk.correct(desk.mai, change="field", place=place, value=NUMBER, page_in_sight=1)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{BASE}?page=1")
    assert value_at(desk, place) == NUMBER
    assert "mai" in desk.mai.get(f"{BASE}?page=1").text
    desk.mai.post(f"{BASE}/undo", data={"version": desk.version})
    assert value_at(desk, place) == MISREAD
    desk.mai.post(f"{BASE}/redo", data={"version": desk.version})
    assert value_at(desk, place) == NUMBER


def test_kind_split_merge_order_turn_and_aside(desk: Desk) -> None:
    def papers() -> list[tuple[str, list[int]]]:
        draft = desk.room.reviews.open(CODE)
        return [(p.document.kind.code, [page.id for page in p.pages]) for p in draft.papers]

    before = papers()
    assert [pages for _, pages in before] == [[1], [2, 3], [4]]
    desk.correct(desk.mai, change="split", page=3)
    assert [pages for _, pages in papers()] == [[1], [2], [3], [4]]
    desk.correct(desk.mai, change="merge", page=3)
    assert papers() == before
    desk.correct(desk.mai, change="page_up", page=3)
    assert [pages for _, pages in papers()] == [[1], [3, 2], [4]]
    desk.correct(desk.mai, change="page_up", page=3)
    assert [pages for _, pages in papers()] == [[1, 3], [2], [4]], "from the edge into the paper before"
    desk.correct(desk.mai, change="page_down", page=3)
    assert [pages for _, pages in papers()] == [[1], [3, 2], [4]]
    desk.correct(desk.mai, change="aside", page=3)
    assert [page.id for page in desk.room.reviews.open(CODE).set_aside] == [3]
    assert desk.mai.get(f"{BASE}?page=3").status_code == 200, "what was set aside can be looked at"
    paper = desk.room.reviews.open(CODE).papers[1].id
    desk.correct(desk.mai, change="kind", paper=paper, value="giay_bao_tu")
    assert papers()[1][0] == "giay_bao_tu"
    frame = desk.room.reviews.open(CODE).papers[0].pages[0].recognised.frame
    desk.correct(desk.mai, change="turn", page=1, degrees=90)
    turned = desk.room.reviews.open(CODE).papers[0].pages[0].recognised.frame
    assert (turned.width, turned.height) == (frame.height, frame.width)


def test_a_change_whose_answer_was_lost_and_that_is_sent_again_changes_nothing(desk: Desk) -> None:
    name = place_of(desk, "full_name")
    for fields in (
        {"change": "page_up", "page": 3},
        {"change": "turn", "page": 1, "degrees": 90},
        {"change": "field", "place": name, "value": "TRẦN THỊ MẬU"},
        {"change": "split", "page": 2},
        {"change": "merge", "page": 2},
        {"change": "field", "place": "1.residence.0", "value": "Thôn Hai (MẪU)"},
    ):
        seen = desk.version
        first = desk.correct(desk.mai, seen, **fields)
        after = desk.room.reviews.open(CODE)
        again = desk.correct(desk.mai, seen, **fields)
        assert (first.status_code, again.status_code) == (303, 303), fields
        assert desk.room.reviews.open(CODE) == after, fields
    assert desk.correct(desk.mai, desk.version + 9, change="page_up", page=3).status_code == 422


CANNOT_BE: tuple[dict[str, object], ...] = (
    {"change": "field", "place": "1.personal_number.1", "value": "12"},
    {"change": "field", "place": "no place", "value": "x"},
    {"change": "field", "place": "1.full_name.1", "value": "x" * 3000},
    {"change": "kind", "paper": 1, "value": SCRIPT},
    {"change": "kind", "paper": "<b>", "value": "ct07"},
    {"change": "split", "page": 1},
    {"change": "merge", "page": 1},
    {"change": "page_up", "page": 1},
    {"change": "turn", "page": 99, "degrees": 90},
    {"change": "turn", "page": 1, "degrees": 45},
    {"change": "drop_everything"},
    {},
)


def test_what_cannot_be_is_refused_in_words_and_changes_nothing(desk: Desk) -> None:
    before = desk.room.reviews.open(CODE)
    for fields in CANNOT_BE:
        plain = desk.correct(desk.mai, **fields)
        assert plain.status_code == 422, fields
        assert 'role="alert"' in plain.text
        assert SCRIPT not in plain.text
        told = desk.mai.post(f"{BASE}/corrections", data={"version": before.version, **fields}, headers=JSON)
        assert told.status_code == 422
        assert told.json()["told"]
    assert desk.room.reviews.open(CODE) == before


def test_what_was_typed_wrong_is_told_by_the_names_on_the_screen_and_in_one_language(desk: Desk) -> None:
    def told(**fields: object) -> str:
        form = {"version": desk.version, **fields}
        return desk.mai.post(f"{BASE}/corrections", data=form, headers=JSON).json()["told"]

    number = told(change="field", place=place_of(desk, "personal_number"), value="12345678901")
    assert number.startswith("Số định danh: ")
    assert "12 chữ số" in number
    born = told(change="field", place="1.date_of_birth.0", value="31/02/1981")
    assert born.startswith("Ngày sinh: ")
    assert "chỉ năm sinh" in born
    day = told(change="field", place="1.issued_on.0", value="31/02/1981")
    assert "ngày/tháng/năm" in day
    early = told(change="due", value="01/01/2020")
    assert early.startswith("Ngày hẹn trả kết quả: ")
    assert "trước ngày tiếp nhận" in early
    for each in (number, born, day, early):
        assert not re.search(r"\b(is|not|the|before)\b", each), each


def test_two_clerks_on_one_thing_are_told_both_values_and_nothing_is_lost(desk: Desk) -> None:
    place, seen = place_of(desk, "full_name"), desk.version
    desk.correct(desk.mai, seen, change="field", place=place, value="TRẦN THỊ MẬU")
    late = desk.correct(desk.lan, seen, change="field", place=place, value="TRẦN THỊ MẦU")
    assert late.status_code == 409
    for said in ("TRẦN THỊ MẬU", "TRẦN THỊ MẦU", "mai"):
        assert said in late.text
    assert value_at(desk, place) == "TRẦN THỊ MẬU"
    again = dict(
        re.findall(
            r'name="(\w+)" value="([^"]*)"', late.text[late.text.index('<dialog class="work-dialog"') :]
        )
    )
    taken = desk.lan.post(f"{BASE}/corrections", data=again)
    assert taken.status_code == 303
    assert value_at(desk, place) == "TRẦN THỊ MẦU"


def test_days_are_shown_as_papers_write_them_and_kept_as_iso(desk: Desk) -> None:
    added = desk.correct(desk.mai, change="field", place="1.date_of_birth.0", value="6/1/1981")
    assert added.status_code == 303
    place, seen = place_of(desk, "date_of_birth"), desk.version
    assert value_at(desk, place) == "1981-01-06"
    shown = desk.mai.get(BASE).text
    assert 'value="06/01/1981"' in shown
    assert 'data-stands="06/01/1981"' in shown
    read = desk.mai.get(f"{BASE}/pages/1/words").json()
    assert "06/01/1981" in [field["value"] for field in read["fields"]]
    desk.correct(desk.mai, seen, change="field", place=place, value="07/01/1981")
    late = desk.correct(desk.lan, seen, change="field", place=place, value="08.01.1981")
    assert late.status_code == 409
    assert "07/01/1981" in late.text
    assert "08/01/1981" in late.text
    assert "1981-01" not in late.text + shown, "nobody here writes the year first"


def test_two_clerks_on_different_things_are_merged(desk: Desk) -> None:
    name, number, seen = place_of(desk, "full_name"), place_of(desk, "personal_number"), desk.version
    desk.correct(desk.mai, seen, change="field", place=name, value="TRẦN THỊ MẬU")
    other = desk.correct(desk.lan, seen, change="field", place=number, value=NUMBER)
    assert other.status_code == 303
    assert (value_at(desk, name), value_at(desk, number)) == ("TRẦN THỊ MẬU", NUMBER)


def test_script_in_a_name_is_text(desk: Desk) -> None:
    desk.correct(desk.mai, change="field", place=place_of(desk, "full_name"), value=SCRIPT)
    shown = desk.mai.get(BASE).text
    assert SCRIPT not in shown
    assert "&lt;script&gt;" in shown
    words = desk.mai.get(f"{BASE}/pages/1/words", headers=JSON)
    assert words.headers["content-type"] == "application/json"
    assert "text/html" not in desk.mai.get(f"{BASE}/state", headers=JSON).headers["content-type"]


def test_a_dossier_of_another_counter_is_not_there(desk: Desk) -> None:
    before = desk.room.reviews.open(CODE)
    for path in ("", "/state", "/pages/1/picture", "/pages/1/words", "/notice", "/notice.pdf"):
        assert desk.far.get(BASE + path).status_code == 404, path
    for path in ("/corrections", "/undo", "/redo", "/seal", "/notice", "/desk"):
        assert (
            desk.far.post(BASE + path, data={"version": 0, "change": "split", "page": 3}).status_code == 404
        )
    typed = {"dossier": CODE, "place": "1.full_name.1", "text": "x"}
    assert desk.far.post("/typed", json=typed).status_code == 404
    there, nowhere = desk.far.get(BASE), desk.far.get("/dossiers/H42-000000-0000")
    assert there.status_code == nowhere.status_code
    assert CODE not in there.text.replace(BASE, "")
    assert desk.room.reviews.open(CODE) == before
    assert desk.viewed() == 0


def test_pictures_are_upright_scaled_and_never_stored(desk: Desk) -> None:
    answer = desk.mai.get(f"{BASE}/pages/1/picture?width=300")
    assert answer.headers["cache-control"] == "private, no-store"
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.format == "JPEG"
    assert picture.width == 400, "the next of a few widths"
    read = desk.mai.get(f"{BASE}/pages/1/words").json()
    assert abs(picture.width / picture.height - read["width"] / read["height"]) < 0.01
    assert any(NAME.split()[0].casefold() == word["text"].casefold() for word in read["words"])
    assert {field["id"] for field in read["fields"]} >= {place_of(desk, "personal_number")}
    assert desk.mai.get(f"{BASE}/pages/99/picture").status_code in (404, 409)
    assert desk.mai.get(f"{BASE}/pages/1/picture?width=999999999").status_code in (400, 422)


def test_sealing_is_refused_while_something_blocks_and_asks_twice_where_it_is_doubtful(desk: Desk) -> None:
    blocked = desk.mai.post(f"{BASE}/seal", data={"version": desk.version})
    assert blocked.status_code == 422
    assert WORDS["work.blocked"][0] in blocked.text
    desk.correct(desk.mai, change="field", place=place_of(desk, "personal_number"), value=NUMBER)
    asked = desk.mai.post(f"{BASE}/seal", data={"version": desk.version})
    assert asked.status_code == 200
    assert 'name="confirm" value="yes"' in asked.text, "no register is connected here"
    assert desk.room.reviews.open(CODE).state is ReviewState.OPEN


def test_what_was_not_on_the_screen_is_seen_before_it_is_sealed(desk: Desk) -> None:
    desk.correct(desk.mai, change="field", place=place_of(desk, "personal_number"), value=NUMBER)
    before = desk.mai.get(f"{BASE}/state", headers=JSON).json()
    assert desk.mai.get(f"{BASE}/state", params={"stamp": before["stamp"]}).status_code == 204
    assert "Dữ liệu dân cư: chưa hỏi" in before["parts"]["facts"]
    # 1. The register answers while the clerk looks elsewhere: the screen follows without a correction.
    answer = RegisterAnswer(RegisterOutcome.DIFFERS, ("residence",), "", "2026-11-19T08:00:00+07:00")
    Reviews(replace(desk.room.workshop, register=Answering(answer))).ask(CODE)
    now = desk.mai.get(f"{BASE}/state", params={"stamp": before["stamp"]}, headers=JSON).json()
    assert now["version"] == before["version"]
    assert "Dữ liệu dân cư khác với giấy tờ" in now["parts"]["facts"]
    assert "Dữ liệu dân cư: khác với giấy tờ · 19/11/2026 08:00:00" in now["parts"]["facts"]
    # 2. The key of a screen that did not show it seals nothing and says why.
    sent = {"version": desk.version, "confirm": "yes"}
    early = desk.mai.post(f"{BASE}/seal", data=sent | {"seen": before["seen"]}, headers=JSON)
    assert early.status_code == 409
    assert "vừa có thêm kết quả tra cứu dân cư" in early.json()["told"]
    assert desk.room.reviews.open(CODE).state is ReviewState.OPEN
    shown = desk.mai.get(BASE).text
    assert f'name="seen" value="{now["seen"]}"' in shown
    # 3. More papers that nobody looked at are not sealed either.
    more = [birth_paper("05-bo-sung.png")]
    prepare(desk.room.workshop, more, replace(ORDER, counter=COUNTER, sources=("bo-sung.pdf",)))
    again = desk.mai.post(f"{BASE}/seal", data=sent | {"seen": now["seen"]}, headers=JSON)
    assert again.status_code == 409
    now = again.json()
    assert len(now["pages"]) == len(before["pages"]) + 1
    # 4. The key of the screen that shows it goes on to whatever else there is to say.
    after = desk.mai.post(f"{BASE}/seal", data=sent | {"seen": now["seen"]}, headers=JSON)
    assert "vừa có thêm" not in after.json()["told"]


def test_what_is_typed_comes_back_to_its_writer_and_to_nobody_else(desk: Desk) -> None:
    place, half = place_of(desk, "full_name"), "TRẦN THỊ MẬ"
    assert desk.mai.post("/typed", json={"dossier": CODE, "place": place, "text": half}).status_code == 204
    assert f'value="{half}"' in desk.mai.get(BASE).text
    assert half not in desk.lan.get(BASE).text
    desk.correct(desk.mai, change="field", place=place, value="TRẦN THỊ MẬU")
    assert f'value="{half}"' not in desk.mai.get(BASE).text
    intake = {"dossier": "intake", "place": "intake.code", "text": "H42-261119-77"}
    assert desk.mai.post("/typed", json=intake).status_code == 204
    assert 'value="H42-261119-77"' in desk.mai.get("/intake").text
    too_long = {"dossier": CODE, "place": place, "text": "x" * 10_001}
    assert desk.mai.post("/typed", json=too_long).status_code in (400, 422)


def test_an_older_text_is_never_shown_over_the_value_that_was_sent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, older, newer = place_of(desk, "full_name"), "TRẦN THỊ MẬ", "TRẦN THỊ MẬU"
    desk.mai.post("/typed", json={"dossier": CODE, "place": place, "text": older})
    correct, seen = desk.room.reviews.correct, []

    def looked_at(*change: object) -> object:
        """A reload of the page finds the change made, and its answer still under way."""
        draft = correct(*change)  # type: ignore[arg-type]
        seen.append(desk.mai.get(BASE).text)
        return draft

    monkeypatch.setattr(desk.room.reviews, "correct", looked_at)
    desk.correct(desk.mai, change="field", place=place, value=newer)
    assert f'value="{newer}"' in seen[0]
    assert f'value="{older}"' not in seen[0]


def test_what_was_refused_waits_again(desk: Desk) -> None:
    place, half = place_of(desk, "personal_number"), "0010890123"
    desk.mai.post("/typed", json={"dossier": CODE, "place": place, "text": half})
    refused = desk.correct(desk.mai, change="field", place=place, value="x" * 2_001)
    assert refused.status_code == 422  # type: ignore[attr-defined]
    assert f'value="{half}"' in desk.mai.get(BASE).text


def test_every_shortcut_has_its_words() -> None:
    table = (Path(__file__).parents[3] / "console/web/static/keys.js").read_text("utf-8")
    names = set(re.findall(r'does: "(\w+)"', table))
    for language in ("vi", "en"):
        words = screen_words(language, "dossier")
        assert not {name for name in names if f"key.{name}" not in words}


def test_who_works_on_it_and_that_it_was_given_back_stand_in_queue_and_ledger(desk: Desk) -> None:
    def entry() -> DeskEntry:
        return desk.room.desk.entry(CODE)

    def decide(who: TestClient, decision: str, version: int | None = None, **more: str) -> httpx.Response:
        at = entry().version if version is None else version
        return who.post(f"{BASE}/desk", data={"decision": decision, "desk_version": at, **more}, headers=JSON)

    # 1. One takes it on, the other sees that; what was seen before that is decided on no more.
    seen = entry().version
    assert decide(desk.mai, "take_on").status_code == 200
    assert "mai" in desk.lan.get("/").text
    late = decide(desk.lan, "take_on", seen)
    assert (late.status_code, entry().assignee) == (409, "mai")
    assert late.json()["told"]
    # 2. Nothing goes back by a slip of the hand, and nothing that is unheard of is decided.
    assert decide(desk.mai, "give_back").status_code == 422
    assert decide(desk.mai, "throw_away").status_code == 422
    assert decide(desk.far, "give_back", confirm="yes").status_code == 404
    assert entry().state is DeskState.REVIEW
    # 3. Given back: no longer open, and said so where it is looked for; it may come again.
    answer = decide(desk.mai, "give_back", confirm="yes")
    assert answer.status_code == 200
    assert WORDS["work.take_back"][0] in answer.json()["parts"]["head"]
    assert CODE not in desk.lan.get("/").text
    assert CODE in desk.lan.get("/?view=returned").text
    assert decide(desk.mai, "give_back", confirm="yes").status_code == 409, "it is not there any more"
    assert decide(desk.mai, "take_back").status_code == 200
    assert decide(desk.mai, "leave").status_code == 200
    assert (entry().state, entry().assignee) == (DeskState.REVIEW, "")
    told = [(e.action, e.actor) for e in desk.room.workshop.ledger.entries() if e.subject == CODE]
    done = [
        (action, "mai" in actor) for action, actor in reversed(told) if action not in ("viewed", "draft-kept")
    ]
    assert done == [("take-on", True), ("give-back", True), ("take-back", True), ("leave", True)]


def test_giving_back_without_a_notice_or_too_late_is_said_before(desk: Desk) -> None:
    without, late = WORDS["work.give_back_without_notice"][0], WORDS["work.give_back_late"][0]
    screen = desk.mai.get(BASE).text
    assert without in screen
    assert late not in screen
    desk.room.workshop.desk.note(replace(ORDER, counter=COUNTER), DeskState.REVIEW, due_on=date(2026, 1, 5))
    desk.room.workshop.reviews.note_notice(CODE, b"%PDF of a notice")
    screen = desk.mai.get(BASE).text
    assert without not in screen
    assert late in screen


def test_a_notice_is_drawn_anew_when_papers_came_and_a_second_one_is_asked_about(tmp_path: Path) -> None:
    with counter_desk(tmp_path, [id_card()]) as desk:
        repeated = WORDS["work.notice_doubts"][0]
        desk.mai.post(f"{BASE}/notice", data={"version": desk.version})
        asks_both = desk.mai.get(f"{BASE}/notice.pdf").content
        looked = desk.mai.post(f"{BASE}/notice", data={"version": desk.version})
        assert looked.status_code == 303, "looking again is no second request"
        assert _printed(desk) == 1
        # The citizen brings one of the two papers: nothing was corrected, the version stays.
        before = desk.version
        papers = [id_card(), birth_paper(source="09-chung-sinh.png")]
        prepare(desk.room.workshop, papers, replace(ORDER, counter=COUNTER))
        assert desk.version == before
        assert desk.mai.get(f"{BASE}/notice").headers["location"] == BASE, "the old sheet is not shown"
        assert desk.mai.get(f"{BASE}/notice.pdf").status_code == 404
        assert desk.mai.get(f"{BASE}/notice/1.jpg").status_code == 404
        asked = desk.mai.post(f"{BASE}/notice", data={"version": desk.version})
        assert asked.status_code == 200
        assert repeated in asked.text
        assert _printed(desk) == 1
        again = desk.mai.post(f"{BASE}/notice", data={"version": desk.version, "confirm": "yes"})
        assert again.status_code == 303
        assert _printed(desk) == 2
        assert desk.mai.get(f"{BASE}/notice.pdf").content != asks_both


def test_a_page_in_sight_that_is_no_page_is_none(desk: Desk) -> None:
    for cannot_be in ("9" * 5000, "²", "-1", "1.5", "x"):
        for path in ("notice", "seal", "undo", "corrections"):
            form = {"version": desk.version, "page_in_sight": cannot_be}
            assert desk.mai.post(f"{BASE}/{path}", data=form).status_code < 500, (path, cannot_be[:9])


def _printed(desk: Desk) -> int:
    return sum(entry.action == "notice-printed" for entry in desk.room.workshop.ledger.entries())


def test_a_page_of_another_account_is_asked_for_its_owner(desk: Desk) -> None:
    place, before = place_of(desk, "full_name"), desk.version
    form = {"version": before, "change": "field", "place": place, "value": "TRẦN THỊ MẬU"}
    for path, method in ((f"{BASE}/corrections", "POST"), (f"{BASE}/state", "GET"), ("/typed", "POST")):
        others = desk.lan.request(method, path, headers=JSON | {"X-Account": "mai"}, data=form)
        assert (others.status_code, others.json()["where"]) == (401, "/sign-in"), path
    assert desk.version == before
    own = desk.lan.post(f"{BASE}/corrections", data=form, headers=JSON | {"X-Account": "lan"})
    assert own.status_code == 200
    assert desk.lan.get("/session").json()["account"] == "lan"
