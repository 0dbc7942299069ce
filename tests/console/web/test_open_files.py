"""What a room and its workshop open is closed with them."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dossier.accounts import Role
from storage.ledger import SqlLedger
from tests.web_room import add_account, client_of, make_room


def open_files() -> list[str]:
    """Where the descriptors of this process lead."""
    found = []
    for each in tuple(Path("/proc/self/fd").iterdir()):
        try:
            found.append(str(each.readlink()))
        except FileNotFoundError:
            continue  # that of the listing itself
    return sorted(found)


def test_a_room_opens_few_files_and_closes_every_one(tmp_path: Path) -> None:
    gc.collect()
    before, threads = open_files(), threading.active_count()
    room = make_room(tmp_path)
    accounts = room.accounts
    client = client_of(room, add_account(room, Role.CONTROLLER))
    with ThreadPoolExecutor(8) as many:
        assert {answer.status_code for answer in many.map(lambda _: client.get("/control"), range(16))} == {
            200
        }
    mine = [name for name in open_files() if name.startswith(str(tmp_path))]
    assert 0 < len(mine) <= 2 * (5 + 8) + 1, "at most a pool's connections, and those of eight at once"
    client.close()
    accounts.close()
    room.close()
    room.close()
    room.workshop.close()
    assert [name for name in open_files() if name.startswith(str(tmp_path))] == []
    assert len(open_files()) <= len(before)
    assert threading.active_count() <= threads


def test_what_was_closed_while_others_work_takes_nothing_from_them(tmp_path: Path) -> None:
    room = make_room(tmp_path)
    other = SqlLedger(room.settings.database)
    room.close()
    room.workshop.close()
    assert other.append("MẪU", "tried", "H1", "").number == 1
    other.close()
    assert [name for name in open_files() if name.startswith(str(tmp_path))] == []
