"""What was archived, fetched by its client: ranges, tags, digests, and an entry in the ledger for a view."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dossier.clients import Scope
from tests.api_house import NO_TLS, House, make_house, open_house, served


@pytest.fixture
def province(house: House) -> Iterator[httpx.Client]:
    with house.caller() as client:
        yield client


@pytest.fixture
def sealed(province: httpx.Client, kept: str) -> dict[str, Any]:
    """The first sealed PDF of the archived dossier."""
    files = province.get(f"/dossiers/{kept}/archive").json()["files"]
    found: dict[str, Any] = next(file for file in files if file["role"] == "rendition")
    return found


def test_the_package_is_listed_with_what_proves_it(province: httpx.Client, kept: str) -> None:
    said = province.get(f"/dossiers/{kept}/archive").json()
    roles = [file["role"] for file in said["files"]]
    assert {"original", "rendition", "text", "description"} == set(roles)
    assert roles.count("rendition") == 2
    manifest = next(file for file in said["files"] if file["sha256"] == said["manifest_sha256"])
    assert manifest["path"].endswith(".json")


def test_a_sealed_file_comes_whole_in_parts_and_not_twice(
    house: House, province: httpx.Client, kept: str, sealed: dict[str, Any]
) -> None:
    path, digest = f"/dossiers/{kept}/archive/{sealed['sha256']}", sealed["sha256"]
    whole = province.get(path)
    assert whole.headers["content-type"] == "application/pdf"
    assert hashlib.sha256(whole.content).hexdigest() == digest == whole.headers["x-content-sha256"]
    raw = base64.b64encode(bytes.fromhex(digest)).decode()
    assert whole.headers["repr-digest"] == f"sha-256=:{raw}:"
    assert whole.content.startswith(b"%PDF")
    size = len(whole.content)
    for asked, first, last in (
        ("0-9", 0, 9),
        (f"{size - 5}-", size - 5, size - 1),
        ("-7", size - 7, size - 1),
    ):
        part = province.get(path, headers={"range": f"bytes={asked}"})
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert part.content == whole.content[first : last + 1]
    beyond = province.get(path, headers={"range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    for odd in ("bytes=5-2", "bytes=a-b", "items=0-1", "bytes=0-1,3-4", "bytes=-", "bytes=" + "9" * 90 + "-"):
        assert province.get(path, headers={"range": odd}).status_code in (200, 416)
    other = province.get(path, headers={"range": "bytes=0-3", "if-range": '"another"'})
    assert (other.status_code, len(other.content)) == (200, size)
    tag = whole.headers["etag"]
    before = len(house.viewed())
    same = province.get(path, headers={"if-none-match": tag})
    assert (same.status_code, same.content) == (304, b"")
    assert len(house.viewed()) == before, "nothing was shown"
    province.get(path, headers={"x-purpose": "trả kết quả cho công dân".encode()})
    actor, subject, detail = house.viewed()[-1]
    assert (actor, subject) == ("client:province", kept)
    assert json.loads(detail)["what"] == "archived file"


def test_a_file_of_another_dossier_is_not_found_by_its_digest(
    house: House, province: httpx.Client, kept: str, sealed: dict[str, Any]
) -> None:
    province.put("/dossiers/EMPTY-1", json={"procedure": "1.001193", "received_on": "2026-11-20"})
    assert province.get(f"/dossiers/EMPTY-1/archive/{sealed['sha256']}").status_code == 404
    assert province.get(f"/dossiers/{kept}/archive/{'0' * 64}").status_code == 404
    assert province.get(f"/dossiers/{kept}/archive/xyz").status_code == 422


def test_the_package_is_verified_now_and_a_flipped_byte_is_told(
    house: House, province: httpx.Client, kept: str, sealed: dict[str, Any]
) -> None:
    good = province.get(f"/dossiers/{kept}/verification").json()
    assert (good["passed"], good["ledger"]) == (True, "pass")
    assert {file["level"] for file in good["files"]} == {"B-B"}
    archive: Any = house.workshop.archive
    key = next(key for key in archive.list("") if key.endswith(sealed["path"]))
    kept_object, data = archive._kept[key]
    archive._kept[key] = kept_object, data[:-1] + bytes([data[-1] ^ 1])
    try:
        told = province.get(f"/dossiers/{kept}/verification").json()
        assert told["passed"] is False
        assert [f["path"] for f in told["fixity"] if f["outcome"] != "pass"] == [sealed["path"]]
        refused = province.get(f"/dossiers/{kept}/archive/{sealed['sha256']}")
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    finally:
        archive._kept[key] = kept_object, data


def test_fixity_says_when_it_was_and_what_it_found_here(
    house: House, province: httpx.Client, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert province.get(f"/dossiers/{kept}/fixity").json() == {"is_running": False, "last": None}
    prefix = province.get(f"/dossiers/{kept}/archive").json()["package"]
    folder = house.settings.state / "fixity"
    folder.mkdir()
    troubles = [
        {"key": f"{prefix}/a.pdf", "state": "changed", "detail": "d", "version_id": "1", "dossier": kept},
        {
            "key": "dossiers/OTHER/b.pdf",
            "state": "missing",
            "detail": "",
            "version_id": "",
            "dossier": "OTHER",
        },
    ]
    last = {"begun_at": "2026-11-20T01:00:00+07:00", "ended_at": "x", "outcome": "fail", "troubles": troubles}
    (folder / "last.json").write_text(json.dumps(last))
    try:
        said = province.get(f"/dossiers/{kept}/fixity").json()
        assert said["last"]["troubles"] == [{"path": "a.pdf", "outcome": "changed", "detail": "d"}]
    finally:
        (folder / "last.json").unlink()
        folder.rmdir()


def test_in_production_nothing_personal_is_shown_without_a_purpose(tmp_path: Path) -> None:
    from tests.api_house import FORM, opened, picture, uploaded

    with open_house(tmp_path / "state", profile="production") as strict:
        silent = strict.caller("silent")
        opened(silent, "WHY-1")
        uploaded(silent, "WHY-1", strict.says(picture(20), *FORM))
        silent.post("/dossiers/WHY-1/begin", json={})
        strict.wait()
        assert silent.get("/dossiers/WHY-1/verdict").json()["code"] == "purpose_missing"
        assert strict.viewed() == []
        said = silent.get("/dossiers/WHY-1/verdict", headers={"x-purpose": "tra cuu cho cong dan"})
        assert said.status_code == 200
        assert json.loads(strict.viewed()[-1][2])["why"] == "tra cuu cho cong dan"
        silent.close()


def test_the_console_carries_the_door_and_asks_it_for_no_cookie(tmp_path: Path) -> None:
    from console.web.app import make_console
    from tests.web_room import make_room

    room = make_room(tmp_path)
    with served(make_console(room)) as url, httpx.Client(base_url=url, verify=NO_TLS, timeout=60) as browser:
        assert browser.get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")
        reply = browser.post("/api/v1/requirements/check", json={}, headers={"cookie": "sohoa=x"})
        assert (reply.status_code, reply.json()["code"]) == (401, "token_missing")
        assert reply.headers["cache-control"] == "no-store"
        assert "set-cookie" not in reply.headers
    room.integration.close()


def test_a_token_counts_as_long_as_it_is_good(tmp_path: Path) -> None:
    from datetime import datetime, timedelta

    from flows.wiring import VIETNAM

    with open_house(tmp_path / "state") as house:
        past = datetime.now(VIETNAM) - timedelta(seconds=1)
        with house.caller("late", expires_at=past) as late:
            assert late.get("/kinds").json()["code"] == "token_refused"
        with house.caller("good") as good:
            assert good.get("/kinds").status_code == 200
            found = house.integration.clients.named("good")
            assert found is not None
            assert found.last_used_at is not None
            house.integration.clients.revoke("good")
            assert good.get("/kinds").json()["code"] == "token_refused"
        with house.caller("nobody") as nobody:
            for token in ("x", "sohoa_", "sohoa_" + "A" * 43, "đ", "a b", "Basic x"):
                reply = nobody.get("/kinds", headers={"authorization": f"Bearer {token}".encode()})
                assert reply.status_code == 401, token
        tables = b"".join(f.read_bytes() for f in house.settings.state.glob("sohoa.sqlite*"))
        assert house.tokens["good"].removeprefix("sohoa_").encode() not in tables


def test_whoever_guesses_is_stopped_and_whoever_calls_too_often_waits(tmp_path: Path) -> None:
    with open_house(tmp_path / "state", api_calls_per_minute=5) as house, house.caller("busy") as busy:
        codes = [busy.get("/kinds").status_code for _ in range(7)]
        assert codes[:5] == [200] * 5
        assert codes[-1] == 429
        late = busy.get("/kinds")
        assert int(late.headers["retry-after"]) >= 1
        assert (late.status_code, late.json()["code"]) == (429, "too_many_calls")
        guesses = [
            busy.get("/kinds", headers={"authorization": f"Bearer sohoa_{n}"}).status_code for n in range(25)
        ]
        assert guesses[0] == 401
        assert guesses[-1] == 429


def test_a_key_that_is_gone_is_never_made_anew_over_clients(tmp_path: Path) -> None:
    from dossier.errors import KeyMissing
    from flows.integration import open_clients

    house = make_house(tmp_path / "state")
    house.token("one", (Scope.DOSSIERS_READ,))
    house.integration.close()
    (house.settings.state / "client-key").unlink()
    with pytest.raises(KeyMissing):
        open_clients(house.settings)
