"""Backups are made and forgotten one at a time; a restore that was stopped goes on with its keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dossier.errors import OperatingError, StoreUnreachable
from flows.backup import Backed, backup_ring, make_backup, open_room
from flows.backup_check import check_backup
from flows.backup_forget import forget_backups
from flows.backup_restore import restore_backup
from flows.settings import Settings
from flows.wiring import open_keys, open_spool
from storage.files import write_whole

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


def test_a_restore_that_was_stopped_while_keys_were_put_puts_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("not a real one", "utf-8")
    secret.chmod(0o600)
    store: dict[str, Any] = {"officer": "MẪU", "store_endpoint": "127.0.0.1:9", "store_access_key": "x"}
    store["store_secret_key_file"] = secret
    settings = Settings(state=tmp_path / "state", **store)
    open_spool(settings, open_keys(settings)).put(b"scan", "image/jpeg")
    make_backup(settings, tmp_path / "backups", NOW)
    keys = {name: (settings.state / name).read_bytes() for name in ("backup-key", "data-keys")}
    (tmp_path / "new").mkdir()
    target = Settings(state=tmp_path / "new", **store)

    def restore() -> None:
        restore_backup(target, tmp_path / "backups", "", keys)

    put: list[Path] = []

    def dying(path: Path, data: bytes) -> None:
        put.append(path)
        if len(put) == 2:
            raise KeyboardInterrupt
        write_whole(path, data)

    with monkeypatch.context() as patched:
        patched.setattr("flows.backup_keys.write_whole", dying)
        with pytest.raises(KeyboardInterrupt):
            restore()
    with pytest.raises(StoreUnreachable):  # everything but the archive, which is an outside store's
        restore()
    assert {name: (target.state / name).read_bytes() for name in keys} == keys
