"""The bytes of backups: each piece once, sealed, under a name that tells nothing about it.

Pieces lie under the keyed hash of what they hold, so that a second backup writes only what is new. A piece
that was found damaged is put aside, and the next backup writes it anew.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from dossier.errors import BackupDamaged, KeyMissing, StorageError
from storage.files import remove_abandoned_parts, translated, write_whole
from storage.keyring import Keyring

PIECE_BYTES: Final = 16 << 20
"""What is longer lies in several pieces."""
DAMAGED: Final = ".damaged"
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_LEVEL: Final = 6


class BlobFolder:
    """Sealed pieces in a folder."""

    def __init__(self, root: Path, keys: Keyring) -> None:
        """Keep pieces under `root`; nothing is made before the first one. Raises StorageError."""
        self._root = root
        self._keys = keys
        self.written_bytes = 0
        """What this visit added."""
        with translated(root):
            remove_abandoned_parts(root)

    def put(self, data: bytes) -> tuple[str, ...]:
        """Keep these bytes; the names of their pieces. The same bytes twice are kept once.

        Raises DiskFull, StorageError.
        """
        view = memoryview(data)
        starts = range(0, max(len(view), 1), PIECE_BYTES)
        return tuple(self._put(bytes(view[at : at + PIECE_BYTES])) for at in starts)

    def get(self, names: Sequence[str]) -> bytes:
        """The bytes of these pieces. Raises BackupDamaged, naming the piece, KeyMissing."""
        return b"".join(self._get(name) for name in names)

    def put_rows(self, rows: Sequence[Any]) -> tuple[str, ...]:
        """Keep plain data, compressed."""
        written = json.dumps(rows, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return self.put(zlib.compress(written.encode(), _LEVEL))

    def rows(self, names: Sequence[str]) -> list[Any]:
        """What `put_rows` kept. Raises BackupDamaged, KeyMissing."""
        try:
            rows: list[Any] = json.loads(zlib.decompress(self.get(names)))
        except (zlib.error, ValueError) as e:
            raise BackupDamaged(names[0] if names else "rows", "cannot be read") from e
        return rows

    def is_there(self, names: Sequence[str]) -> bool:
        """Whether pieces lie here, whatever they hold."""
        return all(self._path(name).is_file() for name in names)

    def names(self) -> Iterator[str]:
        """Every piece, in no order."""
        for path in self._root.glob("??/*"):
            if _NAME.fullmatch(path.name):
                yield path.name

    def put_aside(self, name: str) -> None:
        """A damaged piece is no longer found, and lies beside the others for whoever looks into it."""
        path = self._path(name)
        with translated(path):
            if path.exists():
                path.replace(path.with_suffix(DAMAGED))

    def erase(self, name: str) -> int:
        """Forget a piece; its size in bytes. Raises StorageError."""
        path = self._path(name)
        with translated(path):
            size = path.stat().st_size
            path.unlink()
        return size

    def _put(self, data: bytes) -> str:
        secret = self._keys.newest.secret
        name = hmac.new(secret, b"sohoa backup piece\n" + data, hashlib.sha256).hexdigest()
        path = self._path(name)
        if not path.exists():
            sealed = self._keys.seal(data, _place(name))
            write_whole(path, sealed)
            with translated(path):
                back = path.read_bytes()
            if back != sealed:
                raise StorageError(str(path), "the disk does not give back what was written")
            self.written_bytes += len(sealed)
        return name

    def _get(self, name: str) -> bytes:
        path = self._path(name)
        try:
            with translated(path):
                sealed = path.read_bytes()
            if not sealed.startswith(b"sohoa-sealed-"):
                raise BackupDamaged(name, "a piece was changed")
            return self._keys.open(sealed, _place(name))
        except (KeyMissing, BackupDamaged):
            raise
        except StorageError as e:
            raise BackupDamaged(name, "a piece is missing or was changed") from e

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise BackupDamaged(name[:80], "is not the name of a piece")
        return self._root / name[:2] / name


def _place(name: str) -> str:
    return f"backup piece {name}"
