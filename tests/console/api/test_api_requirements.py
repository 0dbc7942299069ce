"""The door for automated checks of what somebody asks a citizen for, and the catalogue behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from console.wording_api import ASKED, PROBLEMS, SCOPES
from dossier.clients import Scope
from tests.api_house import BIRTH, House
from validators.asked_papers import AskedReason


@pytest.fixture
def auditor(house: House) -> Iterator[httpx.Client]:
    with house.caller("auditor", (Scope.REQUIREMENTS_CHECK,)) as client:
        yield client


def check(auditor: httpx.Client, *papers: str, **more: Any) -> dict[str, Any]:
    body = {"procedure": BIRTH, "on": "2026-11-22", "papers": [{"text": text} for text in papers], **more}
    reply = auditor.post("/requirements/check", json=body)
    assert reply.status_code == 200, reply.text
    said: dict[str, Any] = reply.json()
    return said


def test_a_list_is_judged_with_reasons_citations_and_days(auditor: httpx.Client) -> None:
    said = check(
        auditor,
        "Tờ khai đăng ký khai sinh",
        "Sổ hộ khẩu",
        "Giấy chứng nhận kết hôn",
        "Bản sao chứng thực căn cước công dân",
        "Giấy khám sức khỏe",
    )
    verdicts = [paper["verdict"] for paper in said["papers"]]
    assert verdicts == ["within", "residence_register", "outside", "outside", "not_checked"]
    assert said["counts"] == {
        "within": 1,
        "present_only": 0,
        "outside": 2,
        "residence_register": 1,
        "not_checked": 1,
    }
    residence = said["papers"][1]["papers"][0]
    assert (residence["basis"], residence["valid_from"]) == ("NĐ 104/2022/NĐ-CP Đ14(2)", "2023-01-01")
    assert residence["title"] == "SỔ HỘ KHẨU"
    assert residence["message"]["vi"] == ASKED["blocked"]["vi"]
    assert said["papers"][4]["papers"][0]["reason"] == "unknown_wording"


def test_a_failed_look_up_and_kinds_by_code(auditor: httpx.Client) -> None:
    by_kind = {"procedure": BIRTH, "on": "2026-11-22", "papers": [{"kind": "ct07"}, {"kind": "nothing"}]}
    told = auditor.post("/requirements/check", json=by_kind).json()
    assert [paper["verdict"] for paper in told["papers"]] == ["residence_register", "not_checked"]
    failed = auditor.post("/requirements/check", json={**by_kind, "lookup_failed": True}).json()
    assert failed["papers"][0]["papers"][0]["reason"] == "accepted_after_lookup"


def test_many_lists_at_once_and_one_that_cannot_be_judged_spoils_none(auditor: httpx.Client) -> None:
    codes = [each["code"] for each in auditor.get("/procedures", params={"limit": 200}).json()["items"]]
    papers = [{"text": "Sổ hộ khẩu"}, {"text": "Sổ tạm trú"}]
    checks = [{"procedure": code, "papers": papers} for code in [*codes, "9.999999"]]
    checks.append({"procedure": BIRTH, "papers": papers, "cases": ["no_such_case"]})
    items = auditor.post("/requirements/checks", json={"checks": checks}).json()["items"]
    assert [item["problem"] for item in items] == [None] * len(codes) + ["procedure_unknown", "case_unknown"]
    for item in items[: len(codes)]:
        assert item["result"]["counts"]["residence_register"] == 2
    too_many = {"checks": [{"procedure": BIRTH, "papers": papers * 50}] * 21}
    assert auditor.post("/requirements/checks", json=too_many).json()["code"] == "request_invalid"


@pytest.mark.parametrize(
    "change",
    [
        {"papers": []},
        {"papers": [{"text": "x"}] * 101},
        {"papers": [{"text": "x" * 2001}]},
        {"papers": [{"kind": "../x"}]},
        {"on": "22/11/2026"},
        {"procedure": "1.001193' OR 1=1"},
        {"lookup_failed": "perhaps"},
    ],
)
def test_what_is_no_list_is_refused(auditor: httpx.Client, change: dict[str, Any]) -> None:
    body = {"procedure": BIRTH, "papers": [{"text": "x"}], **change}
    reply = auditor.post("/requirements/check", json=body)
    assert (reply.status_code, reply.json()["code"]) == (422, "request_invalid")


@pytest.mark.parametrize("text", ["", " ", "\n\n", "(((", "%s{0}", "a" * 2000, "<script>", "🙂"])
def test_odd_words_are_left_open(auditor: httpx.Client, text: str) -> None:
    assert check(auditor, text)["papers"][0]["verdict"] == "not_checked"


def test_the_catalogue_is_read_by_day_and_by_cursor(auditor: httpx.Client) -> None:
    seen, cursor = [], ""
    while True:
        page = auditor.get("/procedures", params={"limit": 20, "cursor": cursor, "on": "2026-11-22"}).json()
        seen += [each["code"] for each in page["items"]]
        if not (cursor := page["next_cursor"] or ""):
            break
    assert seen == sorted(set(seen))
    assert BIRTH in seen
    assert auditor.get("/procedures", params={"on": "1999-01-01"}).json()["items"] == []
    birth = auditor.get(f"/procedures/{BIRTH}", params={"on": "2026-11-22"}).json()
    assert birth["components_verified"]
    assert "tk_khai_sinh" in birth["components"][0]["kinds"]
    # A day before the record was seen: given as not verified. A day after its law's end: not given.
    assert not auditor.get(f"/procedures/{BIRTH}", params={"on": "2025-01-01"}).json()["components_verified"]
    assert auditor.get(f"/procedures/{BIRTH}", params={"on": "2027-03-01"}).status_code == 404
    assert len(auditor.get("/kinds").json()["items"]) > 80


def test_every_reason_problem_and_scope_has_its_words() -> None:
    from console.api.problems import STATUS, ProblemCode

    assert set(ASKED) == {reason.value for reason in AskedReason}
    assert set(PROBLEMS) == {code.value for code in ProblemCode} == {code.value for code in STATUS}
    assert set(SCOPES) == {scope.value for scope in Scope}
    for table in (ASKED, PROBLEMS, SCOPES):
        assert all(set(words) == {"vi", "en"} for words in table.values())
