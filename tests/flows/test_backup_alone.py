"""Backups are made and forgotten one at a time: forgetting takes the pieces of one that is being made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dossier.errors import OperatingError
from flows.backup import Backed, backup_ring, make_backup, open_room
from flows.backup_check import check_backup
from flows.backup_forget import forget_backups
from flows.settings import Settings
from flows.wiring import open_keys, open_spool

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


def test_nothing_is_forgotten_while_a_backup_is_made(tmp_path: Path) -> None:
    settings = Settings(
        state=tmp_path / "state", officer="MẪU", store_endpoint="127.0.0.1:9", store_access_key="x"
    )
    spool, backups = open_spool(settings, open_keys(settings)), tmp_path / "backups"
    spool.put(b"scan of monday", "image/jpeg")
    make_backup(settings, backups, NOW)
    spool.put(b"scan of tuesday", "image/jpeg")
    refused = []

    def told(part: str) -> None:
        if part == "archive":  # tables and files are written, the list that names them is not
            with pytest.raises(OperatingError):
                forget_backups(settings, backups, 1)
            with pytest.raises(OperatingError):
                make_backup(settings, backups, NOW + timedelta(hours=1))
            refused.append(part)

    made: Backed = make_backup(settings, backups, NOW + timedelta(days=1), told)
    assert refused == ["archive"]
    # Afterwards both can be done, and what stays is whole.
    assert len(forget_backups(settings, backups, 1).forgotten) == 1
    room = open_room(backups, backup_ring(settings, backups))
    assert room.sets.names() == (made.name,)
    assert not check_backup(room, made.name).troubles
