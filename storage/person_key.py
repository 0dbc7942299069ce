"""A personal number as the archive's tables know it: a keyed hash, from which nobody reads the number.

Twelve digits have few enough possibilities that a plain hash could be tried out in seconds. With a key that
is kept apart from the tables, a stolen database names nobody.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dossier.errors import StorageError
from storage.files import translated, write_whole

_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class PersonKey:
    """The key of this centre; calling it gives the name of a person in the tables."""

    secret: bytes

    def __call__(self, personal_number: str) -> str:
        """HMAC-SHA256 of the number, lower-case hexadecimal."""
        return hmac.new(self.secret, personal_number.encode(), hashlib.sha256).hexdigest()

    def __repr__(self) -> str:
        return "PersonKey(…)"


def open_person_key(file: Path) -> PersonKey:
    """The key in a file that only this user may read, made on first use.

    Without the file, papers known so far are not recognised again; nothing else depends on it.

    Raises:
        StorageError: the file cannot be read or made, or holds something else.
    """
    if not file.exists():
        write_whole(file, secrets.token_bytes(_BYTES))
    with translated(file):
        secret = file.read_bytes()
    if len(secret) != _BYTES:
        raise StorageError(file.name, f"holds {len(secret)} bytes, not a key of {_BYTES}")
    return PersonKey(secret)
