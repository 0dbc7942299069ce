"""What every archive promises, and how the real one behaves when the world is against it."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from minio.commonconfig import ENABLED, GOVERNANCE
from minio.error import S3Error
from minio.retention import Retention
from minio.versioningconfig import VersioningConfig

from dossier.archive import ArchivedObject
from dossier.errors import NotInArchive, StorageError, StoreConflict, StoreUnfit, StoreUnreachable
from dossier.ports import Archive
from storage.s3 import PROBE_KEY, S3Archive, StoreSettings, open_client


def test_bytes_come_back_as_they_were_put(archive: Archive, dossier: str) -> None:
    key = f"dossiers/{dossier}/pdf/01-tờ khai.pdf"
    data = bytes(range(256)) * 41
    kept = archive.put(key, data, "application/pdf")
    assert (kept.key, kept.size_bytes) == (key, len(data))
    assert kept.version_id
    assert kept.retain_until > datetime.now(UTC) + timedelta(hours=23)
    assert archive.get(key) == archive.get(key, kept.version_id) == data
    assert archive.describe(key) == archive.describe(key, kept.version_id) == kept


def test_an_empty_file_can_be_kept(archive: Archive, dossier: str) -> None:
    kept = archive.put(f"dossiers/{dossier}/empty", b"", "text/plain")
    assert kept.size_bytes == 0
    assert archive.get(kept.key) == b""


def test_same_bytes_again_are_what_is_kept_already(archive: Archive, dossier: str) -> None:
    key = f"dossiers/{dossier}/a"
    assert archive.put(key, b"one", "text/plain") == archive.put(key, b"one", "text/plain")


def test_other_bytes_never_overwrite(archive: Archive, dossier: str) -> None:
    key = f"dossiers/{dossier}/a"
    kept = archive.put(key, b"one", "text/plain")
    with pytest.raises(StoreConflict, match=dossier):
        archive.put(key, b"eno", "text/plain")
    assert archive.get(key) == b"one"
    assert archive.describe(key) == kept


def test_what_is_not_there_is_said_by_name(archive: Archive, dossier: str) -> None:
    archive.put(f"dossiers/{dossier}/a", b"one", "text/plain")
    with pytest.raises(NotInArchive, match="nowhere"):
        archive.get(f"dossiers/{dossier}/nowhere")
    with pytest.raises(NotInArchive, match="nowhere"):
        archive.describe(f"dossiers/{dossier}/nowhere")
    with pytest.raises(NotInArchive):
        archive.get(f"dossiers/{dossier}/a", "00000000000000000000000000000000")


def test_keys_are_listed_by_prefix(archive: Archive, dossier: str) -> None:
    for name in ("b", "a/x", "c"):
        archive.put(f"dossiers/{dossier}/{name}", name.encode(), "text/plain")
    archive.put(f"dossiers/{dossier}x/other", b"other", "text/plain")
    assert archive.list(f"dossiers/{dossier}/") == tuple(
        f"dossiers/{dossier}/{name}" for name in ("a/x", "b", "c")
    )
    assert archive.list(f"dossiers/{dossier}-none/") == ()


def test_of_eight_at_once_one_wins(archive: Archive, dossier: str) -> None:
    key = f"dossiers/{dossier}/raced"
    begin = threading.Barrier(8)

    def put(number: int) -> ArchivedObject | None:
        begin.wait()
        try:
            return archive.put(key, b"bytes of %d" % number, "text/plain")
        except StoreConflict:
            return None

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(put, range(8)))
    winners = [(number, kept) for number, kept in enumerate(results) if kept is not None]
    assert len(winners) == 1
    assert archive.get(key) == b"bytes of %d" % winners[0][0]
    assert archive.describe(key) == winners[0][1]


def test_all_at_once_with_the_same_bytes_get_the_one_version(archive: Archive, dossier: str) -> None:
    begin = threading.Barrier(3)

    def put(_: int) -> ArchivedObject:
        begin.wait()
        return archive.put(f"dossiers/{dossier}/same", b"same", "text/plain")

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(put, range(3)))) == 1


def test_a_fit_store_passes_and_again(archive: Archive) -> None:
    archive.probe()
    archive.probe()


def test_probing_adds_nothing_after_the_first_time(store: StoreSettings) -> None:
    S3Archive(store).probe()
    client = open_client(store)
    versions = client.list_objects(store.bucket, PROBE_KEY, include_version=True)
    assert len(list(versions)) == 1


def test_locked_versions_cannot_be_deleted_not_even_by_the_administrator(
    store: StoreSettings, administrator: StoreSettings, dossier: str
) -> None:
    kept = S3Archive(store).put(f"dossiers/{dossier}/locked", b"kept", "text/plain")
    for settings in (store, administrator):
        client = open_client(settings)
        with pytest.raises(S3Error, match="AccessDenied"):
            client.remove_object(store.bucket, kept.key, kept.version_id)
        sooner = Retention(GOVERNANCE, datetime.now(UTC) + timedelta(minutes=1))
        with pytest.raises(S3Error, match="AccessDenied"):
            client.set_object_retention(store.bucket, kept.key, sooner, kept.version_id)
    assert S3Archive(store).get(kept.key, kept.version_id) == b"kept"


def test_what_somebody_else_put_is_compared_by_its_bytes(
    store: StoreSettings, administrator: StoreSettings, dossier: str
) -> None:
    key, archive = f"dossiers/{dossier}/foreign", S3Archive(store)
    lock = archive._retention(archive._retain_until())
    open_client(administrator)._put_object(store.bucket, key, b"foreign", dict(lock))
    assert archive.put(key, b"foreign", "text/plain").size_bytes == 7
    with pytest.raises(StoreConflict):
        archive.put(key, b"foreigm", "text/plain")


def test_bytes_that_belie_their_fingerprint_are_refused(
    store: StoreSettings, administrator: StoreSettings, dossier: str
) -> None:
    key, archive = f"dossiers/{dossier}/forged", S3Archive(store)
    headers = archive._retention(archive._retain_until()) | {"x-amz-meta-sha256": "0" * 64}
    open_client(administrator)._put_object(store.bucket, key, b"forged", dict(headers))
    with pytest.raises(StorageError, match="other bytes than were put"):
        archive.get(key)
    with pytest.raises(StoreConflict):
        archive.put(key, b"forged", "text/plain")


def test_an_object_without_a_lock_is_not_taken_for_archived(
    store: StoreSettings, administrator: StoreSettings, dossier: str
) -> None:
    key = f"dossiers/{dossier}/loose"
    open_client(administrator)._put_object(store.bucket, key, b"loose", {})
    with pytest.raises(StoreUnfit, match="without a lock"):
        S3Archive(store).put(key, b"loose", "text/plain")


def test_a_bucket_is_refused_by_name_of_what_it_lacks(administrator: StoreSettings) -> None:
    client = open_client(administrator)
    client.make_bucket("plain")
    with pytest.raises(StoreUnfit, match="lacks versioning and object lock"):
        S3Archive(replace(administrator, bucket="plain")).probe()
    client.set_bucket_versioning("plain", VersioningConfig(ENABLED))
    with pytest.raises(StoreUnfit, match="lacks object lock"):
        S3Archive(replace(administrator, bucket="plain")).probe()


def test_a_missing_bucket_is_made_fit(administrator: StoreSettings) -> None:
    archive = S3Archive(replace(administrator, bucket="made-anew"))
    archive.probe()
    assert archive.put("a", b"a", "text/plain").version_id


@pytest.mark.parametrize("wrong", [{"secret_key": "wrong"}, {"access_key": "nobody"}])
def test_wrong_credentials_are_not_an_unreachable_store(store: StoreSettings, wrong: dict[str, Any]) -> None:
    archive = S3Archive(replace(store, **wrong))
    for attempt in (archive.probe, lambda: archive.put("a", b"a", "text/plain"), lambda: archive.get("a")):
        with pytest.raises(StorageError, match="refuses our credentials") as caught:
            attempt()
        assert not caught.value.retryable


def test_credentials_do_not_show_in_logs(store: StoreSettings) -> None:
    assert store.secret_key not in repr(store)


def test_a_store_that_is_down_is_unreachable(store: StoreSettings) -> None:
    archive = S3Archive(replace(store, endpoint="127.0.0.1:9"))
    with pytest.raises(StoreUnreachable, match=r"127\.0\.0\.1:9"):
        archive.put("a", b"a", "text/plain")


class _Forgetful(http.server.BaseHTTPRequestHandler):
    """A store that has versioning and lock and takes every put, whatever its conditions."""

    def do_HEAD(self) -> None:
        self._answer(b"")

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(b"")

    def do_GET(self) -> None:
        name = "VersioningConfiguration" if "versioning" in self.path else "ObjectLockConfiguration"
        inner = "<Status>Enabled</Status>" if "versioning" in self.path else ""
        space = "http://s3.amazonaws.com/doc/2006-03-01/"
        self._answer(f'<{name} xmlns="{space}">{inner}</{name}>'.encode())

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def forgetful() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Forgetful)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_store_that_ignores_conditions_is_refused(store: StoreSettings, forgetful: str) -> None:
    with pytest.raises(StoreUnfit, match="lacks conditional put"):
        S3Archive(replace(store, endpoint=forgetful)).probe()
