"""Quarantine: a file that cannot be taken in, kept untouched and sealed, with the reason beside it.

    <root>/<id>          its bytes in sealed pieces; the id is the first half of their SHA-256
    <root>/<id>.reason   why, sealed

Nothing is ever overwritten: the same bytes again find their first entry and change nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from dossier.errors import KeyMissing, SohoaError, StorageError
from storage.clock import VIETNAM
from storage.files import private_folder, remove_abandoned_parts, translated, write_whole
from storage.keyring import InTheClear, Keyring, Sealer

OpenSource = Callable[[], BinaryIO]
"""Opens the file from its beginning; raises OSError or ValueError where there is nothing to read."""
_ID: Final = re.compile(r"[0-9a-f]{32}")
_BEFORE: Final = re.compile(r"(?:[0-9a-f]{32}|no-bytes)-.+\.json", re.DOTALL)
"""A reason as an earlier version wrote it, in the clear; its bytes lie beside it under the same name."""
_REASON: Final = ".reason"
_PIECE_BYTES: Final = 4 << 20
_LENGTH_BYTES: Final = 8
_HEAD_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A file in quarantine."""

    id: str
    name: str
    """File name as the clerk knows it."""
    sha256: str
    """Empty where there were no bytes to keep: a pipe, a folder, a file that may not be opened."""
    size_bytes: int
    error: str
    """Class of the error that it deserved; empty, as name and SHA-256, where its reason is lost."""
    cause: str
    at: str
    """ISO 8601, +07:00."""


def entry_of(sha256: str) -> str:
    """The id under which bytes of this SHA-256 lie, if they do."""
    return sha256[:32]


class FolderQuarantine:
    """The quarantine of one machine."""

    def __init__(self, root: Path, sealer: Sealer | None = None) -> None:
        """Keep files under `root`, which is made with the first.

        Args:
            root: for this user only.
            sealer: what they are sealed with; without one they lie there in the clear.
        """
        self._root = root
        self._sealer = sealer or InTheClear()

    def keep(self, open_source: OpenSource, error: SohoaError, name: str, now: datetime) -> str:
        """Keep a file that was refused, and why; its id.

        Args:
            open_source: the file, which stays where it is.
            error: what it deserves.
            name: file name as the clerk knows it.
            now: aware time.

        Raises DiskFull, StorageError: nothing could be kept.
        """
        try:
            digest, size = _digest(open_source)
        except (OSError, ValueError):
            entry = hashlib.sha256(f"no bytes\n{name}".encode("utf-8", "replace")).hexdigest()[:32]
            digest, size = "", 0
        else:
            entry = entry_of(digest)
            if not (self._root / entry).exists():
                self._keep_bytes(entry, open_source, digest)
        reason = self._root / f"{entry}{_REASON}"
        if not reason.exists():
            at = now.isoformat(timespec="seconds")
            self._write_reason(Quarantined(entry, name, digest, size, type(error).__name__, error.cause, at))
        return entry

    def entries(self) -> tuple[Quarantined, ...]:
        """Everything in quarantine, the oldest first, reason or not. Raises KeyMissing, StorageError."""
        found = [self.find(entry) for entry in {path.name.removesuffix(_REASON) for path in self._files()}]
        return tuple(sorted(found, key=lambda each: (each.at, each.id)))

    def find(self, entry: str) -> Quarantined:
        """One entry. Raises StorageError where there is none, KeyMissing."""
        data, reason = self._root / entry, self._root / f"{entry}{_REASON}"
        if not _ID.fullmatch(entry) or not (reason.is_file() or data.is_file()):
            raise StorageError(entry, "is not in quarantine")
        try:
            return self._read_reason(reason)
        except KeyMissing:
            raise
        except (StorageError, ValueError, TypeError):
            lies = data if data.is_file() else reason
            with translated(lies):
                about = lies.stat()
            at = datetime.fromtimestamp(about.st_mtime, VIETNAM).isoformat(timespec="seconds")
            return Quarantined(
                entry, "", "", about.st_size if lies is data else 0, "", "its reason is lost", at
            )

    def copy(self, entry: str, to: Path) -> None:
        """Write its bytes into a new file, for this user only.

        Raises StorageError where there are none, where the file is there already, or where they are damaged;
        KeyMissing, DiskFull.
        """
        kept = self.find(entry)
        if not (self._root / entry).is_file():
            raise StorageError(entry, "had no bytes to keep")
        seen = hashlib.sha256()
        with translated(to):
            descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with translated(to), os.fdopen(descriptor, "wb") as out:
                for piece in self._pieces(entry):
                    out.write(piece)
                    seen.update(piece)
            if not seen.hexdigest().startswith(kept.sha256 or entry):
                raise StorageError(entry, "damaged: the bytes do not match their SHA-256")
        except BaseException:
            to.unlink(missing_ok=True)
            raise

    def forget(self, entry: str) -> bool:
        """Remove it; whether it was there. Raises StorageError."""
        if not _ID.fullmatch(entry):
            return False
        both = [self._root / entry, self._root / f"{entry}{_REASON}"]
        with translated(self._root):
            was_there = any(path.exists() for path in both)
            for path in both:
                path.unlink(missing_ok=True)
        return was_there

    def names(self) -> Iterator[str]:
        """Every file, for sealing anew, those of earlier versions too."""
        yield from (path.name for path in self._files())
        if self._root.is_dir():
            yield from sorted(path.name for path in self._root.iterdir() if _BEFORE.fullmatch(path.name))

    def is_current(self, name: str, keys: Keyring) -> bool:
        """Whether a file is sealed with the newest key. Raises StorageError where it is gone."""
        path = self._root / name
        with translated(path), path.open("rb") as file:
            if _ID.fullmatch(name):
                file.read(_LENGTH_BYTES)
            head = file.read(_HEAD_BYTES)
        return not head or keys.is_current(head)

    def reseal(self, name: str, keys: Keyring) -> None:
        """Seal a file anew. Raises KeyMissing, DiskFull, StorageError where it is damaged."""
        anew = FolderQuarantine(self._root, keys)
        if _BEFORE.fullmatch(name):
            self._take_over(name, anew)
        elif _ID.fullmatch(name):
            anew._write_pieces(name, self._pieces(name))
        else:
            anew._write_reason(self._read_reason(self._root / name))

    def _take_over(self, name: str, anew: FolderQuarantine) -> None:
        """An entry of an earlier version becomes one of this."""
        reason, data = self._root / name, self._root / name.removesuffix(".json")
        try:
            with translated(reason):
                told = json.loads(reason.read_text("utf-8", "replace"))
            shared = {key: told[key] for key in ("name", "sha256", "size_bytes", "error", "cause")}
            at = told["quarantined_at"]
        except (ValueError, KeyError, TypeError) as e:
            raise StorageError(name, "is no reason that can be read; its file stays as it is") from e
        entry = data.name[:32] if told["sha256"] else hashlib.sha256(name.encode()).hexdigest()[:32]
        if told["sha256"] and data.exists():
            anew._keep_bytes(entry, lambda: data.open("rb"), told["sha256"])
        anew._write_reason(Quarantined(entry, **shared, at=at))
        with translated(reason):
            data.unlink(missing_ok=True)
            reason.unlink()

    def _files(self) -> list[Path]:
        if not self._root.is_dir():
            return []
        return sorted(path for path in self._root.iterdir() if _ID.fullmatch(path.name.removesuffix(_REASON)))

    def _keep_bytes(self, entry: str, open_source: OpenSource, digest: str) -> None:
        seen = hashlib.sha256()

        def pieces() -> Iterator[bytes]:
            with open_source() as file:
                while piece := file.read(_PIECE_BYTES):
                    seen.update(piece)
                    yield piece
            if seen.hexdigest() != digest:
                raise StorageError(entry, "changed while it was being kept")

        self._write_pieces(entry, pieces())

    def _write_pieces(self, entry: str, pieces: Iterator[bytes]) -> None:
        part = self._root / f".{uuid.uuid4().hex}.part"
        with translated(self._root):
            private_folder(self._root)
            remove_abandoned_parts(self._root)
        try:
            with translated(self._root / entry), part.open("xb") as out:
                os.fchmod(out.fileno(), 0o600)
                for number, piece in enumerate(pieces):
                    sealed = self._sealer.seal(piece, f"quarantine {entry} {number}")
                    out.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
                out.flush()
                os.fsync(out.fileno())
            part.replace(self._root / entry)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _pieces(self, entry: str) -> Iterator[bytes]:
        path = self._root / entry
        with translated(path), path.open("rb") as file:
            number = 0
            while length := file.read(_LENGTH_BYTES):
                sealed = file.read(int.from_bytes(length, "big"))
                yield self._sealer.open(sealed, f"quarantine {entry} {number}")
                number += 1

    def _write_reason(self, kept: Quarantined) -> None:
        path = self._root / f"{kept.id}{_REASON}"
        said = json.dumps(asdict(kept), ensure_ascii=False).encode("utf-8", "replace")
        write_whole(path, self._sealer.seal(said, f"quarantine {kept.id}"))

    def _read_reason(self, path: Path) -> Quarantined:
        entry = path.name.removesuffix(_REASON)
        with translated(path):
            sealed = path.read_bytes()
        return Quarantined(**json.loads(self._sealer.open(sealed, f"quarantine {entry}")))


def _digest(open_source: OpenSource) -> tuple[str, int]:
    """SHA-256 and size. Raises OSError, ValueError where there is nothing to read."""
    seen, size = hashlib.sha256(), 0
    with open_source() as file:
        while piece := file.read(_PIECE_BYTES):
            seen.update(piece)
            size += len(piece)
    return seen.hexdigest(), size
