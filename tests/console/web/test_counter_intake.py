"""Papers come to the counter by plain forms: what is refused, what is kept, and the day that was promised."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from playwright.sync_api import Route, expect

from console.web.once import Once
from console.web.words import WORDS
from dossier.accounts import Account, Role
from tests.drafts import CODE, ORDER
from tests.web_counter import BASE, SCRIPT, Desk, counter_desk, work_place
from tests.web_room import COUNTER
from tests.web_site import CHROMIUM


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with counter_desk(tmp_path) as made:
        yield made


def test_files_of_a_wrong_kind_are_told_and_the_others_go_on(desk: Desk) -> None:
    out = io.BytesIO()
    Image.new("RGB", (800, 1100), "white").save(out, "JPEG")
    files = [
        ("files", ("giay.jpg", out.getvalue(), "image/jpeg")),
        ("files", ("bao-cao.pdf", b"MZ\x90 not a pdf", "application/pdf")),
        ("files", (SCRIPT + ".png", b"GIF89a", "image/png")),
    ]
    data = {"code": "H42-261119-0009", "procedure": "1.001193"}
    answer = desk.mai.post("/intake/files", data=data, files=files)
    assert answer.status_code == 303
    shown = desk.mai.get(answer.headers["location"]).text
    assert "bao-cao.pdf" in shown
    assert SCRIPT not in shown
    assert desk.far.get(answer.headers["location"]).status_code == 404
    assert desk.room.desk.entry("H42-261119-0009").counter == COUNTER


REFUSED_FORMS = (
    ({"code": "../../x", "procedure": "1.001193"}, "intake.no_code"),
    ({"code": "H42-1", "procedure": ""}, "intake.no_procedure"),
    ({"code": "H42-1", "procedure": "1.001193", "received_on": "hôm nay"}, "intake.no_day"),
    ({"code": "H42-1", "procedure": "1.001193", "received_on": "2999-01-01"}, "intake.future_day"),
    ({"code": "H42-1", "procedure": "1.001193", "due_on": "mai"}, "intake.no_day"),
    ({"code": "H42-1", "procedure": "1.001193", "due_on": "2020-01-01"}, "intake.due_before"),
    ({"code": "H42-1", "procedure": "", "due_on": "2099-01-01", "batch": "yes"}, "intake.due_of_batch"),
)


def test_a_form_that_cannot_be_keeps_what_was_typed(desk: Desk) -> None:
    for data, word in REFUSED_FORMS:
        answer = desk.mai.post("/intake/files", data=data, files=[("files", ("a.jpg", b"x", "image/jpeg"))])
        assert answer.status_code == 422
        value = data["code"] if word == "intake.no_code" else data.get("due_on", data.get("received_on", ""))
        assert WORDS[word][0].format(value=value) in answer.text
        assert f'value="{data["code"]}"' in answer.text


def test_the_code_of_another_counters_dossier_is_not_taken(desk: Desk) -> None:
    answer = desk.far.post(
        "/intake/files",
        data={"code": CODE, "procedure": "1.001193"},
        files=[("files", ("a.jpg", b"x", "image/jpeg"))],
    )
    assert answer.status_code == 422
    assert WORDS["intake.code_of_others"][0].format(code=CODE) in answer.text


def test_half_a_gigabyte_is_refused_before_it_is_sent(desk: Desk) -> None:
    announced = {"Content-Length": str(500 << 20), "Content-Type": "multipart/form-data; boundary=x"}
    answer = desk.mai.post("/intake/files", content=b"", headers=announced)
    assert answer.status_code == 413


def test_the_promised_day_is_told_with_the_papers_or_on_the_dossier(desk: Desk) -> None:
    out = io.BytesIO()
    Image.new("RGB", (800, 1100), "white").save(out, "JPEG")
    data = {
        "code": "H42-261119-0012",
        "procedure": "1.001193",
        "received_on": "19/11/2026",
        "due_on": "24.11.2026",
    }
    answer = desk.mai.post(
        "/intake/files", data=data, files=[("files", ("a.jpg", out.getvalue(), "image/jpeg"))]
    )
    assert answer.status_code == 303
    assert desk.room.desk.entry("H42-261119-0012").due_on == date(2026, 11, 24)
    assert WORDS["desk_due_unknown"][0] in desk.mai.get(BASE).text
    assert desk.correct(desk.mai, change="due", value="26/11/2026").status_code == 303
    shown = desk.mai.get(BASE).text
    assert "Hạn trả: 26/11/2026" in shown
    assert 'value="26/11/2026"' in shown
    assert "26/11/2026" in desk.mai.get("/").text
    for cannot_be in ("18/11/2026", "11/26/2026", "26/11/2026x"):
        assert desk.correct(desk.mai, change="due", value=cannot_be).status_code == 422
    assert desk.room.desk.entry(CODE).due_on == date(2026, 11, 26)


def test_a_code_of_another_procedure_is_refused_in_words(desk: Desk) -> None:
    before = desk.room.desk.entry(CODE)
    data = {"code": CODE, "procedure": "2.000635", "received_on": "19/11/2026"}
    out = io.BytesIO()
    Image.new("RGB", (80, 110), "white").save(out, "JPEG")
    answer = desk.mai.post(
        "/intake/files", data=data, files=[("files", ("a.jpg", out.getvalue(), "image/jpeg"))]
    )
    assert answer.status_code == 422
    assert (
        f"Mã {CODE} đã dùng cho thủ tục {before.procedure}. Kiểm tra lại mã hồ sơ và thủ tục." in answer.text
    )
    assert desk.room.desk.entry(CODE) == before


def test_a_dossier_that_waits_for_its_papers_leads_to_the_intake(desk: Desk) -> None:
    mai = Account("mai", "Mai (MẪU)", Role.CLERK, COUNTER)
    desk.room.desk.expect(mai, "H42-261119-0010", "1.001193", ORDER.received_on)
    answer = desk.mai.get("/dossiers/H42-261119-0010")
    assert (answer.status_code, answer.headers["location"]) == (303, "/intake?code=H42-261119-0010")


def test_the_same_form_again_is_the_same_arrival(desk: Desk) -> None:
    once = _form_id(desk)

    def send(who: TestClient, name: str = "a.jpg", **fields: str) -> str:
        data = {"code": "", "procedure": "1.001193", "once": once, **fields}
        files = [("files", (name, _scan(), "image/jpeg"))]
        answer = who.post("/intake/files", data=data, files=files)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    # 1. Twice at once, and once more after the answer was lost.
    with ThreadPoolExecutor(2) as two:
        at_once = set(two.map(lambda _: send(desk.mai), range(2)))
    assert len(at_once) == 1
    assert send(desk.mai) in at_once
    # 2. Another form, other files, another code, another person: each its own.
    others = [
        send(desk.mai, once=_form_id(desk)),
        send(desk.mai, name="b.jpg"),
        send(desk.mai, code="H42-261119-0020"),
        send(desk.lan),
    ]
    assert len({*at_once, *others}) == 5
    # 3. A form without an id, as an older page has it, is a new one each time.
    assert send(desk.mai, once="") != send(desk.mai, once="")
    # 4. What was refused began nothing: the same form, put right, is taken.
    again = _form_id(desk)
    refused = desk.mai.post("/intake/files", data={"code": "../x", "procedure": "1.001193", "once": again})
    assert refused.status_code == 422
    assert f'name="once" value="{again}"' not in refused.text


def test_only_so_many_forms_are_remembered() -> None:
    once, begun = Once(remembered=2), count()
    told = [once.of(("mai", form_id, "x"), lambda: str(next(begun))) for form_id in "aabca"]
    assert told == ["0", "0", "1", "2", "3"]


def _form_id(desk: Desk) -> str:
    found = re.search(r'name="once" value="([\w-]{20,})"', desk.mai.get("/intake").text)
    assert found is not None
    return found[1]


def _scan() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (800, 1100), "white").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed")
@pytest.mark.xdist_group("chromium")
def test_sending_the_files_twice_makes_one_dossier(tmp_path: Path) -> None:
    with work_place(tmp_path) as place:
        page = place.at(place.mai).new_page()
        page.goto(f"{place.origin}/intake")
        page.wait_for_selector(".intake[data-ready]")
        page.fill("#code", "H42-261119-0030")
        page.locator("#procedure").evaluate("(select) => { select.value = '1.001193'; }")
        page.set_input_files("#files", [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": _scan()}])
        begun: list[str] = []
        sent: list[str] = []

        def lose(route: Route) -> None:
            begun.append(route.fetch().json()["to"])
            route.abort()

        page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
        page.route("**/intake/files", lose, times=1)
        page.dblclick("[data-does=send_files]")
        expect(page.locator("[data-network]")).to_have_text(WORDS["script.not_sent"][0])
        assert len([each for each in sent if each.endswith("/files")]) == 1
        page.click("[data-does=send_files]")
        page.wait_for_url(place.origin + begun[0])
