"""Keys of personal data: what is sealed is read by whoever has the key, and by nobody else."""

from __future__ import annotations

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dossier.errors import KeyMissing, StorageError
from storage.keyring import (
    DataKey,
    InTheClear,
    Keyring,
    add_key,
    new_key,
    open_key_file,
    parse_keys,
    read_keys,
    remove_key,
)

OLD, NEW = DataKey(b"o" * 32), DataKey(b"n" * 32)
NUMBER, NAME = "001190005678", "Trần Thị Mẫu"


def test_what_is_sealed_comes_back_and_shows_nothing() -> None:
    keys = Keyring([OLD])
    for text in (NUMBER, NAME, "", "x" * 100_000):
        sealed = keys.seal_text(text, "here")
        assert keys.open_text(sealed, "here") == text
        assert not text or text not in sealed
        assert keys.open(keys.seal(text.encode(), "here"), "here") == text.encode()
    assert keys.seal_text(NUMBER, "here") != keys.seal_text(NUMBER, "here"), (
        "twice the same shows no likeness"
    )


def test_an_older_key_reads_and_the_newest_writes() -> None:
    sealed = Keyring([OLD]).seal_text(NAME, "here")
    both = Keyring([OLD, NEW])
    assert both.open_text(sealed, "here") == NAME
    assert not both.is_current(sealed)
    anew = both.seal_text(both.open_text(sealed, "here"), "here")
    assert both.is_current(anew)
    assert Keyring([NEW]).open_text(anew, "here") == NAME
    assert both.person_names(NUMBER) == (NEW.person(NUMBER), OLD.person(NUMBER))


def test_a_wrong_key_is_told_from_damage() -> None:
    sealed = Keyring([OLD]).seal(b"page", "here")
    with pytest.raises(KeyMissing, match=OLD.name):
        Keyring([NEW]).open(sealed, "here")
    with pytest.raises(KeyMissing):
        InTheClear().open(sealed, "here")
    for at in (-1, 30, len(sealed) // 2):
        damaged = bytearray(sealed)
        damaged[at] ^= 1
        with pytest.raises(StorageError, match="damaged") as caught:
            Keyring([OLD]).open(bytes(damaged), "here")
        assert not isinstance(caught.value, KeyMissing)
    with pytest.raises(StorageError, match="damaged"):
        Keyring([OLD]).open_text(f"sohoa-sealed-1:{OLD.name}:no base64", "here")


def test_one_row_cannot_be_put_into_another() -> None:
    keys = Keyring([OLD])
    with pytest.raises(StorageError, match="damaged"):
        keys.open_text(keys.seal_text(NAME, "row 1"), "row 2")


def test_what_was_never_sealed_is_read_as_it_is() -> None:
    keys = Keyring([OLD])
    assert keys.open_text("{}", "here") == "{}"
    assert keys.open(b"JFIF", "here") == b"JFIF"


def test_the_file_is_made_once_and_only_for_this_user(tmp_path: Path) -> None:
    file = tmp_path / "state" / "data-keys"
    first, second = open_key_file(file, may_create=True), open_key_file(file, may_create=False)
    assert first.names == second.names
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    shown = repr(first) + repr(first.newest) + str(vars(first))
    assert read_keys(file)[0].secret.hex() not in shown
    assert repr(read_keys(file)[0].secret) not in shown


def test_a_lost_file_is_never_made_anew_over_sealed_data(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match="gone"):
        open_key_file(tmp_path / "data-keys", may_create=False)
    assert not (tmp_path / "data-keys").exists()


def test_a_key_from_before_there_was_a_ring_goes_on(tmp_path: Path) -> None:
    assert open_key_file(tmp_path / "data-keys", may_create=True, first=OLD).newest == OLD


def test_a_process_sees_keys_that_another_one_added(tmp_path: Path) -> None:
    file = tmp_path / "data-keys"
    keys = open_key_file(file, may_create=True)
    old = keys.newest
    sealed = keys.seal(b"before", "here")
    added = add_key(file)
    assert keys.newest == added, "it writes with the new one from now on"
    assert keys.open(sealed, "here") == b"before"
    remove_key(file, old.name)
    assert keys.names == (added.name,)
    file.unlink()
    assert keys.names == (added.name,), "a file that is gone takes no key from those who have it"


def test_two_who_add_at_once_both_keep_their_key(tmp_path: Path) -> None:
    file = tmp_path / "data-keys"
    open_key_file(file, may_create=True)
    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lambda _: add_key(file), range(8)))
    assert {key.name for key in added} < {key.name for key in read_keys(file)}
    assert len(read_keys(file)) == 9


def test_the_newest_key_stays(tmp_path: Path) -> None:
    file = tmp_path / "data-keys"
    keys = open_key_file(file, may_create=True)
    with pytest.raises(StorageError, match="newest"):
        remove_key(file, keys.newest.name)
    with pytest.raises(KeyMissing):
        remove_key(file, "00000000")


@pytest.mark.parametrize(
    "written", ["", "# nothing\n", "short\n", "00000000 " + "A" * 43 + "=\n", "\xff\xfe"]
)
def test_a_damaged_file_is_refused_with_its_line(tmp_path: Path, written: str) -> None:
    file = tmp_path / "data-keys"
    file.write_text(written, "utf-8")
    with pytest.raises(StorageError, match="put the file's copy back"):
        open_key_file(file, may_create=True)
    assert file.read_text("utf-8") == written


def test_a_cut_file_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "data-keys"
    open_key_file(file, may_create=True)
    whole = file.read_bytes()
    for length in range(whole.rindex(b"\n", 0, -1) + 1, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(StorageError):
            read_keys(file)


def test_keys_come_from_the_environment_too() -> None:
    key, other = new_key(), new_key()
    written = (
        f"{base64.urlsafe_b64encode(key.secret).decode()}, {base64.urlsafe_b64encode(other.secret).decode()}"
    )
    assert parse_keys(written).names == (key.name, other.name)
    for wrong in ("", "short", "A" * 44):
        with pytest.raises(StorageError) as caught:
            parse_keys(wrong)
        assert not wrong or wrong not in str(caught.value)


def test_browsers_seal_under_secrets_of_one_account_the_newest_first() -> None:
    before, after = Keyring([OLD]), Keyring([OLD, NEW])
    mai = before.browser_secrets("mai")
    assert len(mai[0]) == 32
    assert after.browser_secrets("mai")[1:] == mai, "what was sealed before the keys were changed is read"
    assert len({*after.browser_secrets("mai"), *after.browser_secrets("lan")}) == 4
    assert OLD.secret not in mai
