"""Where work in progress lies as named blobs: a folder of this machine, or a bucket that machines share.

Names are hexadecimal digests. A blob is whole or absent. The bucket is one of its own, without object lock:
work in progress is erased when it is no longer needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, Protocol

from minio.error import S3Error

from dossier.errors import NotInArchive, StorageError, StoreUnfit
from storage.files import folder_held, private_folder, remove_abandoned_parts, translated, write_whole
from storage.s3_client import DENIED, TAKEN, StoreSettings, md5_of, open_client, translated_store

_NAME: Final = re.compile(r"[0-9a-f]{64}")
_OCTETS: Final = "application/octet-stream"
_TRIES: Final = 3


class Blobs(Protocol):
    """Named bytes. Every method raises StorageError."""

    def read(self, name: str) -> bytes | None:
        """The bytes; None where there are none of this name."""

    def head(self, name: str) -> bytes:
        """The first 64 bytes. Raises StorageError where there are none."""

    def write(self, name: str, data: bytes) -> None:
        """Keep bytes, whole or not at all, whatever was there. Raises DiskFull."""

    def change(self, name: str, change: Callable[[bytes], bytes]) -> None:
        """Other bytes in the place of these, unless somebody writes meanwhile: then of the newer ones."""

    def remove(self, name: str) -> bool:
        """Forget bytes; whether they were there."""

    def names(self) -> Iterator[str]:
        """What is there, in no order."""


class FolderBlobs:
    """Blobs as files for this user only, below a folder of this machine."""

    def __init__(self, root: Path) -> None:
        """Make the folder where it is not there. Raises DiskFull, StorageError."""
        self._root = root
        with translated(root):
            private_folder(root)
            remove_abandoned_parts(root)

    def read(self, name: str) -> bytes | None:
        """As `Blobs`."""
        path = self._path(name)
        with translated(path):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None

    def head(self, name: str) -> bytes:
        """As `Blobs`."""
        path = self._path(name)
        with translated(path), path.open("rb") as file:
            return file.read(64)

    def write(self, name: str, data: bytes) -> None:
        """As `Blobs`."""
        with folder_held(self._root):
            write_whole(self._path(name), data)

    def change(self, name: str, change: Callable[[bytes], bytes]) -> None:
        """As `Blobs`."""
        path = self._path(name)
        with folder_held(self._root):
            with translated(path):
                data = path.read_bytes()
            write_whole(path, change(data))

    def remove(self, name: str) -> bool:
        """As `Blobs`."""
        path = self._path(name)
        with translated(path):
            try:
                path.unlink()
            except FileNotFoundError:
                return False
        return True

    def names(self) -> Iterator[str]:
        """As `Blobs`."""
        for path in self._root.glob("??/*"):
            if _NAME.fullmatch(path.name):
                yield path.name

    def _path(self, name: str) -> Path:
        return self._root / _checked(name)[:2] / name


class BucketBlobs:
    """Blobs as objects of an S3 bucket, below a prefix."""

    def __init__(self, settings: StoreSettings, prefix: str) -> None:
        """Nothing is asked of the store yet.

        Args:
            settings: the store, with the bucket for work in progress.
            prefix: what the keys begin with, for example "spool".
        """
        self._settings, self._prefix = settings, prefix
        self._client = open_client(settings)

    def prepare(self) -> None:
        """Make the bucket where there is none. Raises StoreUnfit where we may not, StoreUnreachable."""
        bucket = self._settings.bucket
        with self._translated(bucket):
            if self._client.bucket_exists(bucket):
                return
            try:
                self._client.make_bucket(bucket, self._settings.region)
            except S3Error as e:
                if e.code in DENIED:
                    raise StoreUnfit(f"bucket {bucket}", "does not exist, and we may not make it") from e
                if e.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                    raise

    def read(self, name: str) -> bytes | None:
        """As `Blobs`. Raises StoreUnreachable."""
        try:
            return self._fetched(name)[0]
        except NotInArchive:
            return None

    def head(self, name: str) -> bytes:
        """As `Blobs`. Raises StoreUnreachable."""
        return self._fetched(name, 64)[0]

    def write(self, name: str, data: bytes) -> None:
        """As `Blobs`. Raises StoreUnreachable."""
        try:
            with self._translated(name):
                self._put(name, data, {})
        except StoreUnfit:  # the very first one makes the bucket
            self.prepare()
            with self._translated(name):
                self._put(name, data, {})

    def change(self, name: str, change: Callable[[bytes], bytes]) -> None:
        """As `Blobs`. Raises StoreUnreachable."""
        for _ in range(_TRIES):
            data, etag = self._fetched(name)
            try:
                self._put(name, change(data), {"If-Match": etag})
            except S3Error as e:
                if e.code not in TAKEN:
                    with self._translated(name):
                        raise
            else:
                return
        raise StorageError(name, "is written by somebody else again and again")

    def remove(self, name: str) -> bool:
        """As `Blobs`. Raises StoreUnreachable."""
        with self._translated(name):
            try:
                self._client.stat_object(self._settings.bucket, self._key(name))
            except S3Error as e:
                if e.code in ("NoSuchKey", "ResourceNotFound", "MethodNotAllowed"):
                    return False
                raise
            self._client.remove_object(self._settings.bucket, self._key(name))
        return True

    def names(self) -> Iterator[str]:
        """As `Blobs`. Raises StoreUnreachable."""
        with self._translated(self._prefix):
            for each in self._client.list_objects(self._settings.bucket, f"{self._prefix}/", recursive=True):
                name = str(each.object_name).rsplit("/", 1)[-1]
                if _NAME.fullmatch(name):
                    yield name

    def _fetched(self, name: str, most_bytes: int = 0) -> tuple[bytes, str]:
        with self._translated(name):
            response = self._client.get_object(self._settings.bucket, self._key(name), 0, most_bytes)
            try:
                return response.data, str(response.headers.get("ETag", ""))
            finally:
                response.close()
                response.release_conn()

    def _put(self, name: str, data: bytes, condition: dict[str, str]) -> None:
        headers: dict[str, str | list[str] | tuple[str]] = {
            "Content-Type": _OCTETS,
            "Content-MD5": md5_of(data),
            **condition,
            **self._settings.encryption_headers,
        }
        # The SDK's public door sends no conditions, see `storage.s3`.
        self._client._put_object(self._settings.bucket, self._key(name), data, headers)

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{_checked(name)[:2]}/{name}"

    def _translated(self, subject: str) -> AbstractContextManager[None]:
        return translated_store(subject, self._settings.endpoint)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise StorageError(name[:80], "is not the name of a blob")
    return name
