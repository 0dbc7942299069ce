"""The door for other systems: dossiers opened, filled, begun and read, and everything that is refused."""

from __future__ import annotations

import hashlib
import json
import socket
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path

import httpx
import pytest

from console.api.told import verdict_out
from dossier.clients import Deposit, DepositOrder, Scope
from dossier.desk import DeskState
from dossier.errors import SourceUnreadable, StoreUnreachable
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.review import DismissFinding
from flows.report import finding_data
from tests.api_house import (
    BIRTH,
    FORM,
    NO_TLS,
    NUMBER,
    PERSON,
    RESIDENCE,
    House,
    open_house,
    opened,
    picture,
    uploaded,
)
from tests.drafts import CODE, MISREAD, NOW, ORDER, form, id_card, prepare, second_side

WITHOUT_PERSONS = (Scope.DOSSIERS_READ, Scope.DOSSIERS_WRITE)


@pytest.fixture
def province(house: House) -> Iterator[httpx.Client]:
    with house.caller() as client:
        yield client


def problem(reply: httpx.Response) -> tuple[int, str]:
    assert reply.headers["content-type"] == "application/problem+json", reply.text
    said = reply.json()
    assert said["status"] == reply.status_code
    assert said["instance"].endswith(reply.headers["x-request-id"])
    return reply.status_code, said["code"]


def test_a_dossier_goes_all_the_way_and_its_client_reads_the_verdict(
    house: House, province: httpx.Client, kept: str
) -> None:
    said = province.get(f"/dossiers/{kept}").json()
    assert (said["state"], said["files"], said["version"], said["progress"]) == ("archived", 2, 3, None)
    verdict = province.get(f"/dossiers/{kept}/verdict").json()
    assert [paper["kind"] for paper in verdict["papers"]] == ["tk_khai_sinh", "giay_chung_sinh"]
    finding = verdict["findings"][0]
    assert (finding["rule"], finding["basis"]) == ("low_resolution", "NĐ 30/2020/NĐ-CP Phụ lục I")
    assert "0001.jpg" in finding["message"]["vi"]
    assert "below 200 dpi" in finding["message"]["en"]
    assert not (house.settings.state / "deposits" / kept).exists(), "scans lie sealed in the spool alone"
    assert house.workshop.desk.entry(kept).state == "archived"


def test_a_dossier_with_a_paper_that_may_not_be_asked_waits_for_a_person(
    house: House, province: httpx.Client
) -> None:
    opened(province, "WAIT-1")
    missing = province.get("/dossiers/WAIT-1/verdict")
    assert problem(missing) == (409, "no_verdict")
    uploaded(province, "WAIT-1", house.says(picture(3), *FORM))
    assert province.post("/dossiers/WAIT-1/begin", json={}).status_code == 202
    house.wait()
    assert province.get("/dossiers/WAIT-1").json()["state"] == "review"
    verdict = province.get("/dossiers/WAIT-1/verdict").json()
    missing_paper = next(f for f in verdict["findings"] if f["rule"] == "missing_component")
    assert missing_paper["severity"] == "blocking"
    # What a clerk sets right meanwhile is what the client reads.
    draft = house.digitiser.reviews.open("WAIT-1")
    key = next(each.key for each in draft.findings if each.finding.rule == "low_resolution")
    dismissed = DismissFinding(key, "đã đối chiếu bản giấy")
    house.digitiser.reviews.correct("WAIT-1", draft.version, dismissed, "canbo")
    rules = {f["rule"] for f in province.get("/dossiers/WAIT-1/verdict").json()["findings"]}
    assert "missing_component" in rules
    assert "low_resolution" not in rules
    # A person brings what was missing: the same dossier goes on.
    uploaded(province, "WAIT-1", house.says(picture(4), *FORM[:3], "^GIẤY CHỨNG SINH"))
    assert province.post("/dossiers/WAIT-1/begin", json={"review": True}).status_code == 202
    house.wait()
    assert house.digitiser.orders[-1].hold
    rules = {f["rule"] for f in province.get("/dossiers/WAIT-1/verdict").json()["findings"]}
    assert "missing_component" not in rules


def test_numbers_and_names_are_hidden_without_the_scope_for_them(
    house: House, province: httpx.Client
) -> None:
    # Written by one client that may see people; the same report read by one that may not.
    with house.caller("masked", WITHOUT_PERSONS) as masked:
        opened(masked, "MASK-1")
        paper = house.says(
            picture(5), *FORM, f"Họ, chữ đệm, tên người yêu cầu: {PERSON}", f"Số định danh cá nhân: {NUMBER}"
        )
        uploaded(masked, "MASK-1", paper)
        masked.post("/dossiers/MASK-1/begin", json={})
        house.wait()
        reply = masked.get("/dossiers/MASK-1/verdict")
    assert reply.json()["is_masked"]
    assert NUMBER not in reply.text
    assert PERSON not in reply.text.upper()
    report = house.integration.deposits.kept.report("MASK-1")
    assert report is not None
    assert NUMBER in report, "the report itself names the person, so the mask did something"
    people = reply.json()["people"]
    assert people[0]["personal_number"] == "001•••••••78"
    assert house.viewed()[-1][:2] == ("client:masked", "MASK-1")


def test_the_same_code_again_changes_nothing_and_another_content_is_refused(province: httpx.Client) -> None:
    opened(province, "TWICE-1")
    body = {"procedure": BIRTH, "received_on": "2026-11-20"}
    again = province.put("/dossiers/TWICE-1", json=body)
    assert (again.status_code, again.json()["version"]) == (200, 1)
    other = province.put("/dossiers/TWICE-1", json={**body, "received_on": "2026-11-19"})
    assert problem(other) == (409, "dossier_differs")


def test_the_promised_day_is_kept_and_said_again(house: House, province: httpx.Client) -> None:
    body = {"procedure": BIRTH, "received_on": "2026-11-20", "due_on": "2026-11-24"}
    first = province.put("/dossiers/DUE-1", json=body)
    assert (first.status_code, first.json()["due_on"]) == (201, "2026-11-24")
    assert province.get("/dossiers/DUE-1").json()["due_on"] == "2026-11-24"
    assert house.workshop.desk.entry("DUE-1").due_on == date(2026, 11, 24)
    assert province.put("/dossiers/DUE-1", json=body).status_code == 200
    other = province.put("/dossiers/DUE-1", json={**body, "due_on": "2026-11-25"})
    assert problem(other) == (409, "dossier_differs")
    early = province.put("/dossiers/DUE-2", json={**body, "due_on": "2026-11-19"})
    assert problem(early) == (422, "request_invalid")
    assert early.json()["errors"][0]["place"] == ["body", "due_on"]


def test_an_idempotency_key_opens_one_dossier_and_no_other_body(province: httpx.Client) -> None:
    body = {"procedure": BIRTH, "received_on": "2026-11-20"}
    key = {"idempotency-key": "e7b1c0de"}
    first = province.post("/dossiers", json=body, headers=key)
    again = province.post("/dossiers", json=body, headers=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["code"] == again.json()["code"]
    assert first.headers["location"] == f"/api/v1/dossiers/{first.json()['code']}"
    other = province.post("/dossiers", json={**body, "received_on": "2026-11-19"}, headers=key)
    assert problem(other) == (422, "idempotency_key_reused")
    without = province.post("/dossiers", json=body)
    assert without.json()["code"] != first.json()["code"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"procedure": "9.999999"}, (422, "procedure_unknown")),
        ({"procedure": "khai sinh"}, (422, "request_invalid")),
        ({"procedure": BIRTH, "cases": ["no_such_case"]}, (422, "case_unknown")),
        ({"procedure": BIRTH, "received_on": "0001-01-01"}, (422, "request_invalid")),
        ({"procedure": BIRTH, "received_on": "2999-01-01"}, (422, "request_invalid")),
        ({"procedure": BIRTH, "received_on": "hôm nay"}, (422, "request_invalid")),
        ({"procedure": BIRTH, "counter": "x" * 200}, (422, "request_invalid")),
        ({"procedure": BIRTH, "counter": "a\x00b"}, (422, "request_invalid")),
        ({"procedure": BIRTH, "surprise": 1}, (422, "request_invalid")),
        ({}, (422, "request_invalid")),
        ([], (422, "request_invalid")),
    ],
)
def test_what_is_no_dossier_is_refused(province: httpx.Client, body: object, said: tuple[int, str]) -> None:
    assert problem(province.put("/dossiers/BAD-1", json=body)) == said


@pytest.mark.parametrize("raw", [b"", b"{", b'"\xff"', b'{"procedure": "\\ud800"}', b"[" * 5000, b"1e999"])
def test_what_is_no_json_is_refused(province: httpx.Client, raw: bytes) -> None:
    reply = province.put("/dossiers/BAD-1", content=raw, headers={"content-type": "application/json"})
    assert problem(reply) == (422, "request_invalid")


@pytest.mark.parametrize(
    "code", ["%20", "..%2f..%2fetc", "a" * 65, "-a", "a%00b", "h%E1%BB%93%20s%C6%A1", "a%2Fb"]
)
def test_what_is_no_code_finds_nothing(province: httpx.Client, code: str) -> None:
    reply = province.get(f"/dossiers/{code}")
    assert problem(reply)[0] in (404, 422)


def test_another_client_and_another_counter_find_nothing(
    house: House, province: httpx.Client, kept: str
) -> None:
    opened(province, "MINE-1", counter="Quầy 1")
    with house.caller("stranger") as stranger, house.caller("desk-2", counters=("Quầy 2",)) as desk:
        for method, path in (
            ("GET", ""),
            ("GET", "/verdict"),
            ("GET", "/files"),
            ("GET", "/archive"),
            ("GET", f"/archive/{'0' * 64}"),
            ("GET", "/verification"),
            ("GET", "/fixity"),
            ("POST", "/begin"),
            ("PUT", "/hold"),
            ("DELETE", ""),
        ):
            for other in (stranger, desk):
                for code in ("MINE-1", kept, "NO-SUCH"):
                    reply = other.request(
                        method, f"/dossiers/{code}{path}", json={} if method == "POST" else None
                    )
                    assert problem(reply) == (404, "not_found"), (method, path)
        assert stranger.get("/dossiers").json()["items"] == []
        body = {"procedure": BIRTH, "received_on": "2026-11-20"}
        assert problem(stranger.put("/dossiers/MINE-1", json=body)) == (409, "dossier_taken")
        assert problem(desk.put("/dossiers/OTHER-1", json={**body, "counter": "Quầy 1"})) == (
            403,
            "counter_refused",
        )
        made = desk.put("/dossiers/DESK-2-1", json=body)
        assert made.json()["counter"] == "Quầy 2", "its only counter is meant where it says none"


def test_a_client_whose_counters_were_cut_loses_sight_of_the_rest(house: House) -> None:
    with house.caller("wide", counters=("Quầy 1", "Quầy 2")) as wide:
        opened(wide, "CUT-1", counter="Quầy 2")
        assert wide.get("/dossiers/CUT-1").status_code == 200
        assert problem(wide.put("/dossiers/CUT-2", json={"procedure": BIRTH})) == (403, "counter_refused")


def test_a_dossier_that_the_counter_has_is_taken_over_where_its_counter_may_be_seen(house: House) -> None:
    from datetime import date

    from dossier.desk import DeskState
    from dossier.desk_asked import DeskFacts

    facts = DeskFacts("AT-DESK-1", BIRTH, date(2026, 11, 20), DeskState.REVIEW, "Quầy 3")
    house.workshop.desk.enter(facts)
    body = {"procedure": BIRTH, "received_on": "2026-11-20"}
    with house.caller("desk-4", counters=("Quầy 4",)) as other:
        assert problem(other.put("/dossiers/AT-DESK-1", json=body)) == (409, "dossier_taken")
    with house.caller("desk-3", counters=("Quầy 3",)) as mine:
        reply = mine.put("/dossiers/AT-DESK-1", json=body)
        assert (reply.status_code, reply.json()["state"], reply.json()["counter"]) == (
            201,
            "review",
            "Quầy 3",
        )


def test_pages_are_judged_by_content_and_nothing_of_their_names_is_kept(
    house: House, province: httpx.Client
) -> None:
    opened(province, "FILES-1")
    reply = uploaded(province, "FILES-1", picture(6), b"%PDF-1.7\n%%EOF\n", picture(6))
    assert reply.status_code == 201, reply.text
    names = [(file["name"], file["media_type"], file["is_new"]) for file in reply.json()["items"]]
    assert names == [
        ("0001.jpg", "image/jpeg", True),
        ("0002.pdf", "application/pdf", True),
        ("0001.jpg", "image/jpeg", False),
    ]
    listed = province.get("/dossiers/FILES-1/files").json()["items"]
    assert listed[0]["sha256"] == hashlib.sha256(picture(6)).hexdigest()
    database = b"".join(f.read_bytes() for f in house.settings.state.glob("sohoa.sqlite*"))
    assert "Nguyễn Văn".encode() not in database


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", (422, "file_refused")),
        (b"<svg onload=alert(1)>", (415, "media_type_refused")),
        (b"MZ" + b"\0" * 100, (415, "media_type_refused")),
        (b"PK\x03\x04" + b"\0" * 100, (415, "media_type_refused")),
    ],
)
def test_what_is_no_page_is_refused_whatever_it_is_called(
    province: httpx.Client, data: bytes, said: tuple[int, str]
) -> None:
    opened_code = "WRONG-" + hashlib.sha256(data).hexdigest()[:8]
    opened(province, opened_code)
    assert problem(uploaded(province, opened_code, data)) == said
    digest = hashlib.sha256(data).hexdigest()
    assert problem(province.put(f"/dossiers/{opened_code}/files/{digest}", content=data)) == said
    assert province.get(f"/dossiers/{opened_code}").json()["files"] == 0


@pytest.mark.parametrize(
    ("headers", "body", "said"),
    [
        ({"content-type": "application/json"}, b"{}", (415, "media_type_refused")),
        ({}, b"", (415, "media_type_refused")),
        ({"content-type": "multipart/form-data"}, b"x", (422, "request_invalid")),
        ({"content-type": "multipart/form-data; boundary=a"}, b"--a\r\nbroken", (422, "request_invalid")),
        ({"content-type": "multipart/form-data; boundary=a"}, b"", (422, "request_invalid")),
        (
            {"content-type": "multipart/form-data; boundary=a"},
            b'--a\r\nContent-Disposition: form-data; name="files"\r\n\r\ntext\r\n--a--\r\n',
            (422, "request_invalid"),
        ),
        (
            {"content-type": "multipart/form-data; boundary=a"},
            b'--a\r\nContent-Disposition: form-data; name="other"; filename="x"\r\n\r\ntext\r\n--a--\r\n',
            (422, "request_invalid"),
        ),
    ],
)
def test_what_is_no_form_of_files_is_refused(
    province: httpx.Client, headers: dict[str, str], body: bytes, said: tuple[int, str]
) -> None:
    province.put("/dossiers/FORM-1", json={"procedure": BIRTH, "received_on": "2026-11-20"})
    assert problem(province.post("/dossiers/FORM-1/files", content=body, headers=headers)) == said


def test_a_file_under_its_digest_is_not_sent_twice(province: httpx.Client) -> None:
    opened(province, "DIGEST-1")
    data = picture(7)
    digest = hashlib.sha256(data).hexdigest()
    wrong = province.put(f"/dossiers/DIGEST-1/files/{'0' * 64}", content=data)
    assert problem(wrong) == (422, "digest_differs")
    first = province.put(f"/dossiers/DIGEST-1/files/{digest}", content=data)
    assert (first.status_code, first.json()["is_new"]) == (200, True)
    # After a line that broke nothing is sent: the answer comes without the bytes.
    again = province.put(f"/dossiers/DIGEST-1/files/{digest}", content=b"")
    assert (again.status_code, again.json()["is_new"]) == (200, False)
    assert province.delete(f"/dossiers/DIGEST-1/files/{digest}").status_code == 204
    assert problem(province.delete(f"/dossiers/DIGEST-1/files/{digest}")) == (404, "not_found")


def test_what_is_too_large_is_refused_before_and_while_it_comes(tmp_path: Path) -> None:
    with open_house(tmp_path / "state", console_upload_mb=1) as small, small.caller() as client:
        opened(client, "LARGE-1")
        piece = b"\xff\xd8\xff" + b"\0" * (1 << 18)
        digest = "0" * 64

        def endless(first: bytes = b"") -> Iterator[bytes]:
            yield first
            for _ in range(8):
                yield piece

        assert problem(client.put(f"/dossiers/LARGE-1/files/{digest}", content=endless())) == (
            413,
            "too_large",
        )
        body = {"content-type": "multipart/form-data; boundary=a"}
        part = b'--a\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
        assert problem(client.post("/dossiers/LARGE-1/files", content=endless(part), headers=body)) == (
            413,
            "too_large",
        )
        words = {"content-type": "application/json"}
        assert problem(client.put("/dossiers/LARGE-2", content=b" " * (5 << 20), headers=words)) == (
            413,
            "too_large",
        )
        with socket.create_connection(("127.0.0.1", int(small.url.rpartition(":")[2]))) as line:
            line.sendall(
                b"POST /api/v1/dossiers/L/files HTTP/1.1\r\nhost: x\r\ncontent-length: 524288000\r\n\r\n"
            )
            assert line.recv(1000).startswith(b"HTTP/1.1 413"), "500 MB are refused before they are sent"
        assert client.get("/dossiers/LARGE-1").json()["files"] == 0


def test_a_stranger_sends_no_body(house: House) -> None:
    with httpx.Client(base_url=house.url + "/api/v1", verify=NO_TLS) as nobody:
        reply = nobody.post("/dossiers/X-1/files", files={"files": b"x"})
        assert problem(reply) == (401, "token_missing")
        assert reply.headers["www-authenticate"] == "Bearer"


def test_states_allow_what_they_allow(house: House, province: httpx.Client, kept: str) -> None:
    opened(province, "STATE-1")
    assert problem(province.post("/dossiers/STATE-1/begin", json={})) == (409, "no_files")
    held = province.put("/dossiers/STATE-1/hold").json()
    assert (held["is_held"], held["state"]) == (True, "expected")
    assert province.delete("/dossiers/STATE-1/hold").json()["is_held"] is False
    assert province.delete("/dossiers/STATE-1").status_code == 204
    assert problem(province.get("/dossiers/STATE-1")) == (404, "not_found")
    assert house.workshop.desk.codes() != ()
    assert "STATE-1" not in house.workshop.desk.codes()
    for refused in (
        province.post(f"/dossiers/{kept}/begin", json={}),
        province.put(f"/dossiers/{kept}/hold"),
        province.delete(f"/dossiers/{kept}"),
        uploaded(province, kept, picture(9)),
        province.delete(f"/dossiers/{kept}/files/{'0' * 64}"),
    ):
        assert problem(refused) == (409, "wrong_state")


def test_a_begin_that_is_repeated_joins_the_run_and_a_change_meanwhile_is_refused(
    house: House, province: httpx.Client
) -> None:
    opened(province, "RUN-1")
    uploaded(province, "RUN-1", house.says(picture(10), *RESIDENCE))
    house.digitiser.gate.clear()
    before = len(house.digitiser.orders)
    try:
        for _ in range(3):
            assert province.post("/dossiers/RUN-1/begin", json={}).json()["state"] == "reading"
        assert len(house.digitiser.orders) == before + 1
        assert province.get("/dossiers/RUN-1").json()["progress"]["stage"] == "queued"
        assert problem(uploaded(province, "RUN-1", picture(11))) == (409, "wrong_state")
        assert problem(province.delete("/dossiers/RUN-1")) == (409, "wrong_state")
    finally:
        house.digitiser.gate.set()
    house.wait()


def test_trouble_that_passes_is_tried_again_and_other_trouble_is_told(
    house: House, province: httpx.Client
) -> None:
    opened(province, "TROUBLE-1")
    uploaded(province, "TROUBLE-1", house.says(picture(12), *FORM))
    house.digitiser.troubles[:] = [SourceUnreadable("0001.jpg")]
    province.post("/dossiers/TROUBLE-1/begin", json={})
    house.wait()
    said = province.get("/dossiers/TROUBLE-1").json()
    assert (said["state"], said["trouble"]) == ("failed", "SourceUnreadable")
    house.integration.deposits.step(4e9)
    assert province.get("/dossiers/TROUBLE-1").json()["state"] == "failed", "it does not pass by itself"
    house.digitiser.troubles[:] = [StoreUnreachable("store")]
    province.post("/dossiers/TROUBLE-1/begin", json={})
    house.wait()
    house.integration.deposits.step(0.0)
    assert province.get("/dossiers/TROUBLE-1").json()["trouble"] == "StoreUnreachable"
    house.integration.deposits.step(4e9)
    house.wait()
    assert province.get("/dossiers/TROUBLE-1").json()["state"] == "review"


def test_a_dossier_that_an_end_of_the_process_interrupted_is_begun_again(
    house: House, province: httpx.Client
) -> None:
    opened(province, "AGAIN-1")
    uploaded(province, "AGAIN-1", house.says(picture(13), *FORM))
    house.digitiser.gate.clear()
    try:
        province.post("/dossiers/AGAIN-1/begin", json={})
        house.workshop.desk.note_interrupted()  # as the next start says it
        house.integration.deposits.step(1.0)
        assert province.get("/dossiers/AGAIN-1").json()["state"] == "failed", (
            "a run that fails is no such end"
        )
        house.integration.deposits.go_on()
        house.integration.deposits.step(1.0)
        assert province.get("/dossiers/AGAIN-1").json()["state"] == "reading"
    finally:
        house.digitiser.gate.set()
    house.wait()
    assert province.get("/dossiers/AGAIN-1").json()["state"] == "review"


def test_lists_go_by_cursor_and_by_state(house: House) -> None:
    with house.caller("lister") as lister:
        for number in range(5):
            opened(lister, f"LIST-{number}")
        seen, cursor = [], ""
        for _ in range(3):
            page = lister.get("/dossiers", params={"limit": 2, "cursor": cursor}).json()
            seen += [each["code"] for each in page["items"]]
            cursor = page["next_cursor"] or ""
        assert (seen, cursor) == ([f"LIST-{n}" for n in range(5)], "")
        assert lister.get("/dossiers", params={"state": "archived"}).json()["items"] == []
        for params in ({"cursor": "!"}, {"cursor": "QQ"}, {"limit": 0}, {"limit": 10**30}, {"state": "x"}):
            assert problem(lister.get("/dossiers", params=params)) == (422, "request_invalid")


def test_every_call_has_a_name_and_says_it(province: httpx.Client) -> None:
    named = province.get("/dossiers", headers={"x-request-id": "one-stop-0001"})
    assert named.headers["x-request-id"] == "one-stop-0001"
    unfit = province.get("/dossiers", headers={"x-request-id": "<script>"})
    assert unfit.headers["x-request-id"] != "<script>"
    assert province.get("/nowhere").json()["title"] == "Không tìm thấy."
    english = province.get("/nowhere", headers={"accept-language": "en-GB"})
    assert problem(english) == (404, "not_found")
    assert english.json()["title"] == "There is no such thing."
    assert problem(province.request("PATCH", "/dossiers")) == (405, "method_refused")


def test_names_of_files_that_came_at_the_counter_are_not_told_to_who_may_see_no_names(house: House) -> None:
    code, order = "H42-261119-0071", replace(ORDER, dossier="H42-261119-0071", counter="Quầy tệp (MẪU)")
    papers = [
        form(MISREAD, source="TK tran thi mau 2026.png"),
        id_card(source="CCCD Tran Thi Mau p.2 (1).png"),
        second_side(source="0003.jpg", number=1),
    ]
    prepare(house.workshop, papers, order)
    house.workshop.desk.note(order, DeskState.REVIEW)
    with house.caller("veiled", WITHOUT_PERSONS, counters=("Quầy tệp (MẪU)",)) as client:
        client.put(f"/dossiers/{code}", json={"procedure": BIRTH, "received_on": "2026-11-19"})
        masked = client.get(f"/dossiers/{code}/verdict")
    assert masked.json()["is_masked"]
    for said in ("tran", "Tran", "Trần", "Mậu", "mau 2026"):
        assert said not in masked.text, said
    findings = {each["rule"]: each for each in masked.json()["findings"]}
    cited = findings["number_conflict"]["evidence"]
    assert {place.split(":")[0] for place in cited} == {"file-1.png p.1", "file-2.png p.1"}
    assert "0003.jpg p.1" in masked.text, "what tells nothing stays as it is"


def test_files_that_gave_no_page_are_cited_by_neutral_names_too() -> None:
    order = DepositOrder(CODE, BIRTH, "", ORDER.received_on)
    deposit = Deposit(order, "veiled", DeskState.REVIEW, False, "", NOW, NOW, 1)
    lacking = (
        (Rule.FILE_NOT_TAKEN, "Trần Thị Mậu.docx", "SourceUnreadable: is no picture"),
        (Rule.FILE_UNREADABLE, "CCCD Mau p.2.PDF p.3", "PageUnreadable: CCCD Mau p.2.PDF p.3"),
        (Rule.FILE_UNREADABLE, "mau", "SourceUnreadable: mau: Mẫu số 2 (mauve)"),
    )
    findings = [
        finding_data(Finding(rule, Severity.BLOCKING, Outcome.FAIL, subject, (), "", detail))
        for rule, subject, detail in lacking
    ]
    masked = verdict_out(deposit, {"findings": findings}, masked=True).findings
    assert [each.subject for each in masked] == ["file-1.docx", "file-2.pdf p.3", "file-3"]
    assert masked[1].detail == "PageUnreadable: file-2.pdf p.3"
    assert "file-1.docx" in masked[0].message.vi
    assert masked[2].detail == "SourceUnreadable: file-3: Mẫu số 2 (mauve)"
    told = verdict_out(deposit, {"findings": findings}, masked=False).findings
    assert [each.subject for each in told] == [subject for _, subject, _ in lacking]


def test_the_same_put_after_midnight_is_the_same(
    house: House, province: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"procedure": BIRTH}
    first = province.put("/dossiers/NIGHT-1", json=said)
    today = date.fromisoformat(first.json()["received_on"])

    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Tomorrow:
            return cls.combine(today + timedelta(days=1), time(0, 5), tz)

    monkeypatch.setattr("console.api.dossiers.datetime", Tomorrow)
    again = province.put("/dossiers/NIGHT-1", json=said)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["received_on"] == today.isoformat()
    # What is said otherwise is another dossier, and what was not opened before is received today.
    other_day = {**said, "received_on": (today + timedelta(days=1)).isoformat()}
    assert problem(province.put("/dossiers/NIGHT-1", json=other_day)) == (409, "dossier_differs")
    new = province.put("/dossiers/NIGHT-2", json=said).json()
    assert new["received_on"] == (today + timedelta(days=1)).isoformat()
    with house.caller("night-stranger") as stranger:
        assert problem(stranger.put("/dossiers/NIGHT-1", json=said)) == (409, "dossier_taken")


def test_a_purpose_in_vietnamese_stands_in_the_ledger_as_it_was_said(house: House, kept: str) -> None:
    said = "Giải quyết hồ sơ khai sinh"
    headers = {
        said.encode(): said,
        unicodedata.normalize("NFD", said).encode(): said,
        "café".encode("latin-1"): "café",
        "kiểm   tra".encode(): "kiểm tra",
        ("ấ" * 200).encode(): "ấ" * 200,
    }
    with house.caller() as client:
        for sent, told in headers.items():
            reply = client.get(f"/dossiers/{kept}/verdict", headers={b"X-Purpose": sent})
            assert reply.status_code == 200
            assert json.loads(house.viewed()[-1][2])["why"] == told
        before = len(house.viewed())
        for too_long in (("ấ" * 201).encode(), b"x" * 201, b"\xe9" * 201):
            refused = client.get(f"/dossiers/{kept}/verdict", headers={b"X-Purpose": too_long})
            assert problem(refused) == (422, "request_invalid")
        assert len(house.viewed()) == before
