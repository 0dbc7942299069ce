"""The keys of a machine in one small file, for a safe: apart from every backup, sealed with a passphrase.

scrypt (RFC 7914) makes the key from the passphrase, AES-256-GCM seals with it.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from dossier.errors import BackupDamaged, BackupNewer, InputRefused, KeyMissing, SourceNotFound
from storage.files import translated, write_whole

FORM: Final = 1
SHORTEST: Final = 12
"""Letters of a passphrase at least."""
COST = 17
"""Of a try, as a power of two: 128 MiB and about half a core-second (OWASP: at least this)."""
_FIRST: Final = re.compile(rb"sohoa-keys ([0-9]{1,6}) ([0-9]{1,2})\n")
_DEAREST: Final = 20
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12


def write_key_copy(file: Path, keys: Mapping[str, bytes], passphrase: str) -> None:
    """Seal files of keys by their names into one file. Raises SohoaError, DiskFull, StorageError."""
    check_passphrase(passphrase)
    said = {name: base64.b64encode(data).decode() for name, data in keys.items()}
    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    first = b"sohoa-keys %d %d\n" % (FORM, COST)
    sealed = AESGCM(_derived(passphrase, salt, COST)).encrypt(nonce, json.dumps(said).encode(), first)
    write_whole(file, first + salt + nonce + sealed)


def check_passphrase(passphrase: str) -> None:
    """Raises SohoaError for one that would be guessed."""
    if len(passphrase) < SHORTEST:
        raise InputRefused("passphrase", f"is shorter than {SHORTEST} letters")


def read_key_copy(file: Path, passphrase: str) -> dict[str, bytes]:
    """The files of keys by their names.

    Raises SourceNotFound where there is no such file, BackupNewer, BackupDamaged; KeyMissing where the
    passphrase is another one, or the file was changed: the two cannot be told apart.
    """
    if not file.is_file():
        raise SourceNotFound(str(file), "there is no such file of keys")
    with translated(file):
        written = file.read_bytes()
    first = _FIRST.match(written)
    if first is None:
        raise BackupDamaged(file.name, "is not a copy of keys")
    if int(first[1]) > FORM or int(first[2]) > _DEAREST:
        raise BackupNewer(file.name, f"is of form {int(first[1])}; this version reads up to {FORM}")
    rest = written[first.end() :]
    salt, rest = rest[:_SALT_BYTES], rest[_SALT_BYTES:]
    nonce, sealed = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
    try:
        key = AESGCM(_derived(passphrase, salt, int(first[2])))
        said = json.loads(key.decrypt(nonce, sealed, first[0]))
    except (InvalidTag, ValueError) as e:
        raise KeyMissing(file.name, "the passphrase is another one, or the file was changed") from e
    return {name: base64.b64decode(data) for name, data in said.items()}


def _derived(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**cost, r=8, p=1).derive(passphrase.encode())
