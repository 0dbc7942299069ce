"""Which version of an object in one store stands for which in another, noted on disk while a move goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from dossier.errors import StorageError
from storage.files import private_folder


class MoveNotes:
    """Notes of one move; made anew with every run, for what was true then need not be true now."""

    def __init__(self, path: Path) -> None:
        """Begin empty. Raises StorageError."""
        private_folder(path.parent)
        path.unlink(missing_ok=True)
        self._path = path
        try:
            self._open = sqlite3.connect(path, isolation_level=None)
            self._open.execute("PRAGMA journal_mode=OFF")
            self._open.execute("PRAGMA synchronous=OFF")
            self._open.execute(
                "CREATE TABLE moved (key TEXT, version TEXT, sha256 TEXT, now TEXT, "
                "PRIMARY KEY (key, version))"
            )
        except sqlite3.Error as e:
            raise StorageError(str(path), str(e)) from e

    def note(self, key: str, version_id: str, sha256: str, now: str) -> None:
        """A version has arrived."""
        self._open.execute("INSERT OR REPLACE INTO moved VALUES (?, ?, ?, ?)", (key, version_id, sha256, now))

    def find(self, key: str, version_id: str) -> str | None:
        """The version that stands for another one; None where it has not arrived."""
        wanted = "SELECT now FROM moved WHERE key = ? AND version = ?"
        row = self._open.execute(wanted, (key, version_id)).fetchone()
        return str(row[0]) if row is not None else None

    def all(self) -> Iterator[tuple[str, str, str, str]]:
        """Key, version, SHA-256 and new version of everything that has arrived."""
        yield from self._open.execute("SELECT key, version, sha256, now FROM moved ORDER BY key, version")

    def close(self) -> None:
        """Give the file back and remove it."""
        self._open.close()
        self._path.unlink(missing_ok=True)
