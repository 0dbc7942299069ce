"""The frame of the console: it starts, says who may come in, and carries its headers."""

from __future__ import annotations

from pathlib import Path

from dossier.accounts import Role
from tests.web_room import add_account, client_of, make_room


def test_the_console_starts_and_its_files_are_there(tmp_path: Path) -> None:
    client = client_of(make_room(tmp_path))
    for name in ("base.css", "base.js", "icon.svg"):
        assert client.get(f"/static/{name}").status_code == 200


def test_what_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    room = make_room(tmp_path)
    answer = client_of(room, add_account(room, Role.CLERK)).get("/nothing-of-the-kind")
    assert answer.status_code == 404
    assert "Không có trang này" in answer.text
    assert "Clerk (MẪU)" in answer.text
