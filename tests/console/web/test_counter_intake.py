"""Papers come to the counter by plain forms: what is refused, what is kept, and the day that was promised."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from console.web.words import WORDS
from dossier.accounts import Account, Role
from tests.drafts import CODE, ORDER
from tests.web_counter import BASE, SCRIPT, Desk, counter_desk
from tests.web_room import COUNTER


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


def test_a_dossier_that_waits_for_its_papers_leads_to_the_intake(desk: Desk) -> None:
    mai = Account("mai", "Mai (MẪU)", Role.CLERK, COUNTER)
    desk.room.desk.expect(mai, "H42-261119-0010", "1.001193", ORDER.received_on)
    answer = desk.mai.get("/dossiers/H42-261119-0010")
    assert (answer.status_code, answer.headers["location"]) == (303, "/intake?code=H42-261119-0010")
