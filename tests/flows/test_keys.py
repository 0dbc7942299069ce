"""Keys of one machine: made once, missed when they are gone, changed while the counter works."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from pydantic import SecretStr

from console.wording_keeping import PROMISES, STANDING, WORDS
from dossier.archive import ArchivePackage
from dossier.conformance import StoreCheck
from dossier.errors import KeyMissing, StorageError
from flows.key_rotation import key_state, retire, rotate
from flows.person_data import Standing
from flows.settings import Settings
from flows.wiring import open_keys, open_register
from storage.checkpoints import FolderCheckpoints
from storage.index import SqlIndex
from storage.keyring import DataKey, read_keys
from storage.ledger import SqlLedger
from storage.spool import FolderSpool

NUMBER, NAME = "001190005678", "Trần Thị Mẫu"
SUMMARY = '{"identities": [{"personal_number": "001190005678", "full_name": "Trần Thị Mẫu"}]}'
CSV = f"personal_number,full_name,date_of_birth,sex,residence\n{NUMBER},{NAME},1990-01-02,Nữ,Xã MẪU\n"


def fill(settings: Settings) -> None:
    keys = open_keys(settings)
    index = SqlIndex(settings.database, keys=keys)
    index.record(ArchivePackage("MẪU-1", "dossiers/MẪU-1/a", "0" * 64, ()), (), SUMMARY)
    index.close()
    FolderSpool(settings.spool_folder, keys).put(NAME.encode(), "image/jpeg")
    FolderCheckpoints(settings.checkpoint_folder, keys).save("page", "MẪU-1", NAME.encode())


def summary(settings: Settings) -> str | None:
    index = SqlIndex(settings.database, keys=open_keys(settings))
    try:
        return index.summary("MẪU-1")
    finally:
        index.close()


def in_environment(folder: Path, *keys: DataKey) -> Settings:
    written = ",".join(base64.urlsafe_b64encode(key.secret).decode() for key in keys)
    return Settings(state=folder, data_keys=SecretStr(written))


def test_a_machine_from_before_keeps_knowing_its_people(tmp_path: Path) -> None:
    (tmp_path / "person-key").write_bytes(b"p" * 32)
    keys = open_keys(Settings(state=tmp_path))
    assert keys.newest == DataKey(b"p" * 32)
    assert not (tmp_path / "person-key").exists()
    assert open_keys(Settings(state=tmp_path)).names == keys.names


def test_a_lost_file_stops_the_start_and_is_not_made_anew(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, keys_file=tmp_path / "safe" / "keys")
    fill(settings)
    kept = settings.key_file.read_bytes()
    settings.key_file.unlink()
    with pytest.raises(KeyMissing, match="gone"):
        open_keys(settings)
    assert not settings.key_file.exists()
    settings.key_file.write_bytes(kept)
    assert summary(settings) == SUMMARY


def test_another_key_is_refused_by_the_name_of_the_one_that_is_missing(tmp_path: Path) -> None:
    fill(in_environment(tmp_path, DataKey(b"a" * 32)))
    with pytest.raises(KeyMissing, match=DataKey(b"a" * 32).name):
        open_keys(in_environment(tmp_path, DataKey(b"b" * 32)))
    both = in_environment(tmp_path, DataKey(b"a" * 32), DataKey(b"b" * 32))
    assert summary(both) == SUMMARY


def test_a_new_key_seals_everything_and_the_old_one_goes_when_nothing_needs_it(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(CSV, "utf-8")
    settings = Settings(state=tmp_path, register_csv=tmp_path / "people.csv")
    fill(settings)
    resident = open_keys(settings)
    (old,) = resident.names
    open_register(settings, resident)
    done = rotate(settings, goes_on=False)
    assert (done.sealed, done.failed) == (3, ()), "report and its person, scan, reading"
    assert resident.newest.name == done.key != old, "the running process writes with the new one"
    assert sum(key_state(settings).due.values()) == 0
    FolderSpool(settings.spool_folder, resident).put(b"meanwhile", "image/jpeg")
    retire(settings, old)
    assert key_state(settings).names == (done.key,)
    assert summary(settings) == SUMMARY
    assert len(read_keys(settings.key_file)) == 1
    files = [p for p in tmp_path.rglob("*") if p.is_file() and p.name not in ("people.csv", "data-keys")]
    for word in (NUMBER, NAME):
        assert not [file.name for file in files if word.encode() in file.read_bytes()]
    ledger = SqlLedger(settings.database)
    assert [entry.action for entry in reversed(ledger.entries())] == [
        "key-made",
        "sealed-anew",
        "key-retired",
    ]
    assert ledger.verify() == 3
    ledger.close()


def test_a_key_that_is_needed_is_not_taken_away(tmp_path: Path) -> None:
    old, new = DataKey(b"a" * 32), DataKey(b"b" * 32)
    fill(in_environment(tmp_path, old))
    both = in_environment(tmp_path, old, new)
    with pytest.raises(StorageError, match="put the new key last"):
        rotate(both, goes_on=False)
    with pytest.raises(StorageError, match="4 things"):
        retire(both, old.name)
    assert rotate(both, goes_on=True).sealed == 3
    with pytest.raises(StorageError, match="take it out of the environment"):
        retire(both, old.name)


def test_a_key_that_is_lost_for_good_is_given_up_by_name(tmp_path: Path) -> None:
    old, new = DataKey(b"a" * 32), DataKey(b"b" * 32)
    fill(in_environment(tmp_path, old))
    only_new = in_environment(tmp_path, new)
    with pytest.raises(KeyMissing):
        open_keys(only_new)
    with pytest.raises(KeyMissing, match="never in use"):
        retire(only_new, "12345678", is_lost=True)
    retire(only_new, old.name, is_lost=True)
    assert open_keys(only_new).names == (new.name,)
    with pytest.raises(KeyMissing):
        summary(only_new)
    failed = rotate(only_new, goes_on=True).failed
    assert {step.place for step in failed} == {"packages", "dossier_people", "spool", "checkpoints"}


def test_every_promise_and_every_reason_has_its_words() -> None:
    assert set(PROMISES) == set(StoreCheck)
    assert set(STANDING) == set(Standing)
    for said in (*WORDS.values(), *STANDING.values(), *(each for pair in PROMISES.values() for each in pair)):
        assert set(said) == {"vi", "en"}
        assert all(said.values())
