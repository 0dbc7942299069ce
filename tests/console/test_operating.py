"""`sohoa backup`, `restore` and `migrate` as an operator types them; the store lies elsewhere and is down."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console.main import app
from console.wording_operating import STAYS, WORDS
from dossier.errors import (
    BackupDamaged,
    BackupNotFound,
    DisposalRefused,
    KeyMissing,
    MoveUnfinished,
    OperatingError,
    SettingRefused,
    SohoaError,
    SourceNotFound,
    StoreUnreachable,
    TargetNotEmpty,
)
from flows.backup_noted import BACKED_UP, last_made, note_made
from flows.settings import Settings, settings
from flows.unfinished import refuse_unfinished
from flows.wiring import open_keys
from storage import backup_keys
from storage.keyring import open_key_file
from storage.ledger import SqlLedger
from storage.spool import FolderSpool
from tests.conftest import REPOSITORY


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is dear on purpose need not be for a test; the copy says what it cost."""
    monkeypatch.setattr(backup_keys, "COST", 10)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A machine whose store is an outside one that does not answer."""
    monkeypatch.setenv("SOHOA_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("SOHOA_STORE_ENDPOINT", "127.0.0.1:1")
    monkeypatch.setenv("SOHOA_STORE_SECURE", "false")
    settings.cache_clear()
    FolderSpool(settings().spool_folder, open_keys(settings())).put(b"a scan", "image/jpeg")
    (tmp_path / "pass").touch(mode=0o600)
    (tmp_path / "pass").write_text("một mật khẩu dài\n")
    yield settings()
    settings.cache_clear()


def run(*arguments: object) -> tuple[int, Any]:
    done = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    if isinstance(done.exception, SohoaError):
        raise done.exception
    return done.exit_code, json.loads(done.stdout)


def test_a_machine_is_backed_up_checked_and_made_anew(
    made: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, keys, secret = tmp_path / "disk", tmp_path / "safe", tmp_path / "pass"
    assert run("backup", "list", folder)[1] == {"backups": []}
    code, told = run("backup", "make", folder)
    assert (code, told["files"], told["objects"], told["damaged"]) == (0, 1, 0, [])
    assert [each["name"] for each in run("backup", "list", folder)[1]["backups"]] == [told["name"]]
    assert run("backup", "check", folder)[0] == 0
    copied = run("backup", "keys", keys, "--passphrase-file", secret)[1]["names"]
    assert copied == ["backup-key", "data-keys"]
    ledger = SqlLedger(made.database)
    assert [entry.action for entry in ledger.entries()] == ["keys-copied", "backed-up"]
    ledger.close()
    # Over itself, or over a database or keys of somebody else's: refused, and nothing is written.
    with pytest.raises(TargetNotEmpty):
        run("restore", folder, "--keys", keys, "--passphrase-file", secret)
    monkeypatch.setenv("SOHOA_STATE", str(tmp_path / "anew"))
    taken = {"SOHOA_DATABASE_URL": made.database, "SOHOA_KEYS_FILE": str(made.key_file)}
    for name, value in taken.items():
        monkeypatch.setenv(name, value)
        settings.cache_clear()
        with pytest.raises(TargetNotEmpty):
            run("restore", folder, "--keys", keys, "--passphrase-file", secret)
        assert [path.name for path in settings().state.iterdir()] == ["run"]
        monkeypatch.delenv(name)
    settings.cache_clear()
    # Into an empty folder: to the point where the store is asked.
    for _ in range(2):  # stopped, and stopped again when it went on
        with pytest.raises(StoreUnreachable):
            run("restore", folder, "--keys", keys, "--passphrase-file", secret)
        with pytest.raises(MoveUnfinished):
            refuse_unfinished(settings())
    (blob,) = FolderSpool(settings().spool_folder, open_keys(settings())).names()
    assert (settings().spool_folder / blob[:2] / blob).stat().st_mode & 0o077 == 0


def test_a_damaged_backup_is_told_and_the_next_one_is_whole(made: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    first = run("backup", "make", folder)[1]["name"]
    largest = max((folder / "pieces").glob("??/*"), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-1])
    code, told = run("backup", "check", folder, first)
    assert code == BackupDamaged.exit_code
    assert told["backups"][0]["troubles"]
    (folder / "backups" / "20200101T000000Z.backup").write_bytes(b"torn")
    assert {each["name"] for each in run("backup", "check", folder)[1]["backups"] if each["troubles"]} == {
        first,
        "20200101T000000Z",
    }
    with pytest.raises(BackupDamaged):
        run("backup", "forget", folder, "--keep", 2)


def test_where_no_backup_lies_a_check_is_no_success(made: Settings, tmp_path: Path) -> None:
    (tmp_path / "unplugged").mkdir()
    for folder in (tmp_path / "unplugged", tmp_path / "wrong", tmp_path / "pass"):
        for asked in (("check", folder), ("forget", folder, "--keep", 1)):
            with pytest.raises(BackupNotFound):
                run("backup", *asked)
    assert run("backup", "list", tmp_path / "unplugged") == (0, {"backups": []})
    assert not (made.state / "backup-key").exists(), "looking makes no key"
    run("backup", "make", tmp_path / "disk")
    for name in ("20200101T000000Z", "nope"):
        with pytest.raises(BackupNotFound):
            run("backup", "check", tmp_path / "disk", name)


def test_the_runbook_and_the_timer_speak_of_one_folder() -> None:
    runbook = (REPOSITORY / "docs" / "runbook.md").read_text("utf-8")
    unit = (REPOSITORY / "deploy" / "backup" / "sohoa-backup.service").read_text("utf-8")
    named = set(re.findall(r"/mnt/[\w/-]+", runbook + unit))
    assert named == {"/mnt/sohoa-backup"}


def test_keys_stay_apart_and_behind_a_good_passphrase(made: Settings, tmp_path: Path) -> None:
    folder, secret = tmp_path / "disk", tmp_path / "pass"
    run("backup", "make", folder)
    with pytest.raises(OperatingError):
        run("backup", "keys", folder / "keys", "--passphrase-file", secret)
    with pytest.raises(OperatingError):
        run("backup", "make", made.state / "backups")
    run("backup", "keys", tmp_path / "safe", "--passphrase-file", secret)
    secret.write_text("một mật khẩu khác")
    with pytest.raises(KeyMissing):
        run("restore", folder, "--keys", tmp_path / "safe", "--passphrase-file", secret)
    secret.write_text("ngắn")
    with pytest.raises(SohoaError):
        run("backup", "keys", tmp_path / "safe", "--passphrase-file", secret)
    secret.chmod(0o644)
    with pytest.raises(SohoaError, match="chmod"):
        run("backup", "keys", tmp_path / "safe", "--passphrase-file", secret)
    (made.state / "backup-key").unlink()
    with pytest.raises(KeyMissing):
        run("backup", "make", folder)


def test_what_cannot_be_is_refused_in_one_line(made: Settings, tmp_path: Path) -> None:
    (tmp_path / "same.env").write_text("SOHOA_STORE_REGION=vn\n")
    with pytest.raises(SettingRefused):
        run("migrate", tmp_path / "same.env")
    with pytest.raises(SettingRefused):
        run("migrate", tmp_path / "none.env")
    with pytest.raises(DisposalRefused):
        run("disposal", "run", tmp_path / "none.json", "--decision", "Quyết định 1/QĐ-MẪU")
    with pytest.raises(SourceNotFound):
        run("restore", tmp_path / "none", "--keys", tmp_path / "none", "--passphrase-file", tmp_path / "pass")


def test_every_alarm_has_its_cause_and_cure_in_the_runbook() -> None:
    rules = (REPOSITORY / "deploy" / "alerts.yml").read_text("utf-8")
    runbook = (REPOSITORY / "docs" / "runbook.md").read_text("utf-8")
    named = re.findall(r"alert: (\w+)", rules)
    assert len(named) > 20
    for name, text in zip(named, (runbook.partition(f"### {each}\n")[2] for each in named), strict=True):
        assert len(text.partition("\n#")[0]) > 20, name


@pytest.mark.parametrize("unit", ["sohoa-backup.service", "sohoa-backup.timer"])
def test_systemd_takes_the_units_of_the_backup(unit: str, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for file in (REPOSITORY / "deploy" / "backup").iterdir():
        text = file.read_text("utf-8").replace("/opt/sohoa/.venv/bin/sohoa", "/bin/true")
        for there, here in (
            ("/opt/sohoa", "/tmp"),
            ("User=sohoa", "User=root"),
            ("Group=sohoa", "Group=root"),
        ):
            text = text.replace(there, here)
        (tmp_path / file.name).write_text(text)
    verify = ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit)]
    assert subprocess.run(verify, capture_output=True, timeout=60, check=False).returncode == 0


def test_every_sentence_is_there_in_both_languages() -> None:
    for said in (*WORDS.values(), *STAYS.values()):
        assert all(said[language] for language in ("vi", "en"))


def test_a_copy_of_keys_is_never_replaced_by_one_that_holds_less(made: Settings, tmp_path: Path) -> None:
    folder, safe, secret = tmp_path / "disk", tmp_path / "safe", tmp_path / "pass"
    run("backup", "make", folder)
    run("backup", "keys", safe, "--passphrase-file", secret)
    good = safe.read_bytes()
    # The same again needs nothing kept.
    assert "before" not in run("backup", "keys", safe, "--passphrase-file", secret)[1]
    good = safe.read_bytes()
    # A key was lost on the machine: nothing is made in its place, the good copy stays.
    lost = (made.state / "backup-key").read_bytes()
    (made.state / "backup-key").unlink()
    with pytest.raises(KeyMissing, match="backup-key"):
        run("backup", "keys", safe, "--passphrase-file", secret)
    assert not (made.state / "backup-key").exists()
    assert safe.read_bytes() == good
    # Somebody began anew with another key: what the copy held stays beside the new one, each time.
    open_key_file(made.state / "backup-key", may_create=True)
    told = run("backup", "keys", safe, "--passphrase-file", secret)[1]
    assert Path(told["before"]).read_bytes() == good
    (made.state / "backup-key").write_bytes(lost)
    again = run("backup", "keys", safe, "--passphrase-file", secret)[1]["before"]
    assert again != told["before"]
    assert Path(told["before"]).read_bytes() == good
    secret.write_text("một mật khẩu khác hẳn\n")
    assert run("backup", "keys", safe, "--passphrase-file", secret)[1]["before"].endswith(".before-3")


@pytest.mark.parametrize("lost", ["client-key", "store-key"])
def test_a_key_that_is_gone_is_told_before_its_copy_is_touched(
    made: Settings, tmp_path: Path, lost: str
) -> None:
    safe, secret = tmp_path / "safe", tmp_path / "pass"
    open_key_file(made.state / lost, may_create=True)
    (made.state / "store").mkdir()
    open_key_file(made.state / "store-key", may_create=True)
    run("backup", "keys", safe, "--passphrase-file", secret)
    good = safe.read_bytes()
    (made.state / lost).unlink()
    with pytest.raises(KeyMissing, match=lost):
        run("backup", "keys", safe, "--passphrase-file", secret)
    assert safe.read_bytes() == good


def test_a_store_without_its_key_is_told_at_the_first_copy(made: Settings, tmp_path: Path) -> None:
    (made.state / "store").mkdir()
    with pytest.raises(KeyMissing, match="store-key"):
        run("backup", "keys", tmp_path / "safe", "--passphrase-file", tmp_path / "pass")
    assert not (tmp_path / "safe").exists()


def test_of_several_machines_each_counts_its_own_backups(made: Settings, tmp_path: Path) -> None:
    shared = SqlLedger(made.database)
    there = made.model_copy(update={"state": tmp_path / "there"})
    here = made.model_copy(update={"database_url": "postgresql://sohoa@db/sohoa"})
    note_made(shared, there, BACKED_UP, {})
    assert last_made(shared, here, BACKED_UP) is None
    assert last_made(shared, made, BACKED_UP) is not None, "a ledger of its own speaks of no other machine"
    note_made(shared, here, BACKED_UP, {})
    assert last_made(shared, here, BACKED_UP) == shared.head()
    shared.close()
