"""The keys of this centre, kept apart from its database, and what is sealed with them.

Personal numbers stand in the tables twice: as a keyed hash, by which a person is found, and as ciphertext,
for those who may read it. Twelve digits have few enough possibilities that a plain hash could be tried out
in seconds. Pages, readings and reports are sealed too, so that a stolen database or disk names nobody.

A key ring holds one key or more. The newest one writes; every one reads. AES-256-GCM binds each ciphertext to
the place that it stands in, so that one row's cannot be put into another's. The key's name stands before the
ciphertext and is computed from the key: a wrong key is told from a damaged row.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dossier.errors import KeyMissing, StorageError
from storage.files import folder_held, translated, write_whole

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_NAME_BYTES: Final = 8
_MAGIC: Final = b"sohoa-sealed-1\n"
_TEXT: Final = "sohoa-sealed-1:"
_HEAD: Final = (
    "# Keys of personal data. Keep a copy elsewhere, never beside a copy of the database: without them\n"
    "# nothing that they sealed is read again. One key a line, the newest last: name and key.\n"
)
_LINE: Final = re.compile(r"(?P<name>[0-9a-f]{8}) (?P<secret>[A-Za-z0-9_-]{43}=)")


class Sealer(Protocol):
    """Turns what is kept into what may lie on a disk, and back."""

    def seal(self, data: bytes, place: str) -> bytes:
        """The bytes as they are written."""

    def open(self, sealed: bytes, place: str) -> bytes:
        """The bytes as they were. Raises KeyMissing, StorageError where they were damaged."""

    def seal_text(self, text: str, place: str) -> str:
        """The text as it is written into a table."""

    def open_text(self, stored: str, place: str) -> str:
        """The text as it was. Raises KeyMissing, StorageError where it was damaged."""


class InTheClear:
    """Seals nothing: for what holds no personal data, and for the tests of everything else."""

    def seal(self, data: bytes, place: str) -> bytes:  # noqa: ARG002 - the port's signature
        """The same bytes."""
        return data

    def open(self, sealed: bytes, place: str) -> bytes:
        """The same bytes. Raises KeyMissing where somebody else sealed them."""
        if sealed.startswith(_MAGIC):
            raise KeyMissing(place, "is sealed, and no key is at hand")
        return sealed

    def seal_text(self, text: str, place: str) -> str:  # noqa: ARG002 - the port's signature
        """The same text."""
        return text

    def open_text(self, stored: str, place: str) -> str:
        """The same text. Raises KeyMissing where somebody else sealed it."""
        if stored.startswith(_TEXT):
            raise KeyMissing(place, "is sealed, and no key is at hand")
        return stored


@dataclass(frozen=True, slots=True)
class DataKey:
    """One key."""

    secret: bytes = field(repr=False)
    """32 random bytes."""

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise StorageError("data key", f"holds {len(self.secret)} bytes, not {KEY_BYTES}")

    @property
    def name(self) -> str:
        """Eight hexadecimal digits computed from the key, which tell nothing about it."""
        return hmac.new(self.secret, b"sohoa data key", hashlib.sha256).hexdigest()[:_NAME_BYTES]

    def person(self, personal_number: str) -> str:
        """HMAC-SHA256 of a number, lower-case hexadecimal: a person's name in the tables."""
        return hmac.new(self.secret, personal_number.encode(), hashlib.sha256).hexdigest()

    def page(self, said: str) -> str:
        """HMAC-SHA256 of what a page is found by, lower-case hexadecimal; nobody's name as a person."""
        return hmac.new(self.secret, b"sohoa kept page 1 " + said.encode(), hashlib.sha256).hexdigest()

    def search_secret(self) -> bytes:
        """What words of the blind index are hashed with; neither numbers nor ciphertexts depend on it."""
        return HKDF(SHA256(), KEY_BYTES, None, b"sohoa search 1").derive(self.secret)

    def browser_secret(self, account: str) -> bytes:
        """What an account's browsers seal with; nothing that is kept here depends on it."""
        return HKDF(SHA256(), KEY_BYTES, None, b"sohoa browser 1 " + account.encode()).derive(self.secret)

    def cipher(self) -> AESGCM:
        """AES-256-GCM under a key derived from this one."""
        return AESGCM(HKDF(SHA256(), KEY_BYTES, None, b"sohoa sealing 1").derive(self.secret))


class Keyring:
    """Keys in the order in which they were made; the last one writes."""

    def __init__(self, keys: Sequence[DataKey], file: Path | None = None) -> None:
        """Hold these keys; those of a file are read again when the file changes."""
        self._file = file
        self._stamp = _stamp(file)
        self._hold(keys)

    @property
    def newest(self) -> DataKey:
        """The key that seals now."""
        self._look_again()
        return self._keys[-1]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all keys, the oldest first."""
        self._look_again()
        return tuple(key.name for key in self._keys)

    @property
    def file(self) -> Path | None:
        """Where the keys are kept; None where the environment gave them."""
        return self._file

    def person(self, personal_number: str) -> str:
        """The name under which a person is written into the tables now."""
        return self.newest.person(personal_number)

    def person_names(self, personal_number: str) -> tuple[str, ...]:
        """Every name under which a person may stand in the tables, the newest first."""
        self._look_again()
        return tuple(key.person(personal_number) for key in reversed(self._keys))

    def page(self, said: str) -> str:
        """The name under which a page that is kept is written into the tables now."""
        return self.newest.page(said)

    def page_names(self, said: str) -> tuple[str, ...]:
        """Every name under which such a page may stand in the tables, the newest first."""
        self._look_again()
        return tuple(key.page(said) for key in reversed(self._keys))

    def search_secrets(self) -> tuple[bytes, ...]:
        """Under which words may stand in the blind index, the newest first; that one is written with."""
        self._look_again()
        return self._search_secrets

    def browser_secrets(self, account: str) -> tuple[bytes, ...]:
        """Under which an account's browsers may have sealed, the newest first; that one is sealed with."""
        self._look_again()
        return tuple(key.browser_secret(account) for key in reversed(self._keys))

    def seal(self, data: bytes, place: str) -> bytes:
        """Ciphertext under the newest key, bound to its place."""
        name = self.newest.name
        return _MAGIC + name.encode() + self._sealed(name, data, place)

    def open(self, sealed: bytes, place: str) -> bytes:
        """The bytes that were sealed for this place; bytes that nobody sealed come back as they are.

        Raises KeyMissing, StorageError where they were damaged or sealed for another place.
        """
        if not sealed.startswith(_MAGIC):
            return sealed
        at = len(_MAGIC) + _NAME_BYTES
        return self._opened(
            sealed[len(_MAGIC) : at].decode("ascii", "replace"), memoryview(sealed)[at:], place
        )

    def seal_text(self, text: str, place: str) -> str:
        """Ciphertext as text."""
        name = self.newest.name
        return f"{_TEXT}{name}:{base64.b64encode(self._sealed(name, text.encode(), place)).decode()}"

    def open_text(self, stored: str, place: str) -> str:
        """The text that was sealed for this place; text that nobody sealed comes back as it is.

        Raises KeyMissing, StorageError where it was damaged or sealed for another place.
        """
        if not stored.startswith(_TEXT):
            return stored
        name, _, sealed = stored.removeprefix(_TEXT).partition(":")
        try:
            data = base64.b64decode(sealed, validate=True)
        except binascii.Error as e:
            raise _damaged(place) from e
        return self._opened(name, data, place).decode()

    def is_current(self, stored: bytes | str) -> bool:
        """Whether something was sealed with the newest key."""
        name = self.newest.name
        if isinstance(stored, str):
            return stored.startswith(f"{_TEXT}{name}:")
        return stored.startswith(_MAGIC + name.encode())

    def _sealed(self, name: str, data: bytes, place: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._ciphers[name].encrypt(nonce, data, place.encode())

    def _opened(self, name: str, sealed: bytes | memoryview, place: str) -> bytes:
        if name not in self._ciphers:
            self._look_again()
        if name not in self._ciphers:
            raise KeyMissing(
                place, f"is sealed with key {name!r}, which is not among {', '.join(self.names)}"
            )
        try:
            return self._ciphers[name].decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as e:
            raise _damaged(place) from e

    def _look_again(self) -> None:
        """Take note of keys that another process has put into the file."""
        if self._file is None:
            return
        stamp = _stamp(self._file)
        # A file that is gone for a moment, or for good, takes no key from a process that has them.
        if stamp is not None and stamp != self._stamp:
            self._hold(read_keys(self._file))
            self._stamp = stamp

    def _hold(self, keys: Sequence[DataKey]) -> None:
        if not keys:
            raise StorageError("data keys", "there is none")
        # The ciphers first: another thread may look up the newest key's in the next moment.
        self._ciphers = {key.name: key.cipher() for key in keys}
        self._search_secrets = tuple(key.search_secret() for key in reversed(keys))
        self._keys = tuple(keys)


def new_key() -> DataKey:
    """A key from the system's random numbers."""
    return DataKey(secrets.token_bytes(KEY_BYTES))


def open_key_file(file: Path, *, may_create: bool, first: DataKey | None = None) -> Keyring:
    """The keys of a file that only this user may read.

    Args:
        file: one key a line.
        may_create: whether a file that is not there is made; never where something is sealed already.
        first: the key that a new file begins with, for what was written before there was a ring.

    Raises KeyMissing where the file is gone, StorageError where it cannot be read or holds something else.
    """
    if not file.exists():
        if not may_create:
            raise KeyMissing(str(file), "the file of keys is gone; put its copy back")
        _write_keys(file, [key for key in (first, new_key()) if key is not None][:1])
    return Keyring(read_keys(file), file)


def parse_keys(written: str) -> Keyring:
    """The keys of a setting: base64, separated by commas or spaces, the newest last. Raises StorageError."""
    return Keyring([_key(each, "SOHOA_DATA_KEYS") for each in re.split(r"[\s,]+", written.strip()) if each])


def add_key(file: Path) -> DataKey:
    """Put a new key at the end of a file; two who do so at once both keep theirs. Raises StorageError."""
    key = new_key()
    with folder_held(file.parent):
        _write_keys(file, [*read_keys(file), key])
    return key


def remove_key(file: Path, name: str) -> None:
    """Take a key that nothing is sealed with any more out of a file; never the newest.

    Raises KeyMissing where the file has no such key, StorageError.
    """
    with folder_held(file.parent):
        keys = read_keys(file)
        if name not in {key.name for key in keys}:
            raise KeyMissing(name, "is not in the file of keys")
        if keys[-1].name == name:
            raise StorageError(name, "is the newest key and stays")
        _write_keys(file, [key for key in keys if key.name != name])


def read_keys(file: Path) -> list[DataKey]:
    """The keys of a file, the newest last. Raises StorageError, naming the line that is none."""
    with translated(file):
        return keys_in(file.read_text("utf-8", "replace"), file.name)


def keys_in(written: str, name: str) -> list[DataKey]:
    """The keys of what stands in a file of this name. Raises StorageError, naming the line that is none."""
    keys = []
    for number, line in enumerate(written.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise StorageError(name, f"line {number} is not a key; put the file's copy back")
        key = _key(found["secret"], name)
        if key.name != found["name"]:
            raise StorageError(name, f"line {number} is damaged; put the file's copy back")
        keys.append(key)
    if not keys:
        raise StorageError(name, "holds no key; put the file's copy back")
    return keys


def _key(written: str, subject: str) -> DataKey:
    try:
        return DataKey(base64.urlsafe_b64decode(written))
    except (binascii.Error, ValueError) as e:
        raise StorageError(subject, "holds something that is no key") from e


def _write_keys(file: Path, keys: Sequence[DataKey]) -> None:
    lines = [f"{key.name} {base64.urlsafe_b64encode(key.secret).decode()}\n" for key in keys]
    write_whole(file, (_HEAD + "".join(lines)).encode())


def _stamp(file: Path | None) -> tuple[int, int] | None:
    try:
        found = file.stat() if file is not None else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_ino) if found else None


def _damaged(place: str) -> StorageError:
    return StorageError(place, "damaged: it is not what was sealed here")
