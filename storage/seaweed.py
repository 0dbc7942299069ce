"""The embedded store: SeaweedFS on loopback, started and supervised by the product.

One thread starts the store and waits for it; the kernel kills the store when that thread or this process
ends (see `storage.tether`), so a killed product leaves nothing behind. SIGKILL costs no acknowledged put: the
store hands every byte to the operating system before it answers. One that ends is started again, and so is
one that runs and answers nobody (see `storage.pulse`).
"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Lock, Thread
from typing import IO, Final, Literal

from dossier.errors import StorageError, StoreUnfit, StoreUnreachable
from storage import pulse, tether
from storage.files import private_folder, translated, write_whole
from storage.s3 import S3Archive, StoreSettings
from storage.weed import (
    LOOPBACK,
    Keys,
    WeedFolder,
    choose_ports,
    command,
    environment,
    eraser_keys,
    find_weed,
    prepare_folder,
    running_archive,
)
from storage.weed_lock import encryption_key, refuse_deleting

log = logging.getLogger(__name__)

START_SECONDS: Final = 60.0
"""How long a start may take; usually 2.3 s, the very first 4 or 8 s."""
STOP_SECONDS: Final = 25.0
"""How long a clean exit may take; the store waits 15 s for its own watchers to leave."""
_READ_SECONDS: Final = 10.0
_LOG_BYTES: Final = 8_000_000
_BACKOFF_SECONDS: Final = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0)
_HEALTHY_AFTER_SECONDS: Final = 60.0
_TRIES: Final = 3
_POLL_SECONDS: Final = 0.02


class EmbeddedStore:
    """An S3 store with versioning and object lock that belongs to this process."""

    def __init__(
        self,
        root: Path,
        *,
        bucket: str = "sohoa-archive",
        retention_days: int = 3650,
        retention_mode: Literal["GOVERNANCE", "COMPLIANCE"] = "COMPLIANCE",
        encryption: Literal["AES256", "none"] = "AES256",
    ) -> None:
        """Nothing is started yet.

        Args:
            root: folder of the store; it keeps data, credentials, ports and log, for this user only.
            bucket: bucket of the archive, made with object lock at the first start.
            retention_days: for the settings that `start` returns.
            retention_mode: for the settings that `start` returns.
            encryption: whether the store encrypts what it keeps; "none" for trials that look into its files.
        """
        self._folder = WeedFolder(root.resolve())
        self._settings = StoreSettings(
            endpoint="",
            access_key="",
            secret_key="",
            bucket=bucket,
            secure=False,
            retention_days=retention_days,
            retention_mode=retention_mode,
            encryption=encryption,
        )
        self._ending = Event()
        self._guard = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: Thread | None = None
        self._held: IO[bytes] | None = None
        self._administrator = Keys("", "")
        self._key = ""
        self._starts = 0

    @property
    def is_alive(self) -> bool:
        """Whether the store's process runs."""
        process = self._process
        return process is not None and process.poll() is None

    @property
    def pid(self) -> int | None:
        """Process number of the running store."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    @property
    def restarts(self) -> int:
        """How often it had to be started again after it had died."""
        return max(0, self._starts - 1)

    def start(self) -> StoreSettings:
        """Start the store, wait until it takes puts, and say how to reach it; a second call says it again.

        Raises PartMissing without the binary, StorageError where another process has this folder,
        StoreUnreachable where it does not come up in time.
        """
        with self._guard:
            if self._thread is None:
                self._begin()
            try:
                return self._wait_until_ready()
            except BaseException:
                self._end(patience_seconds=0.0)
                raise

    def stop(self, patience_seconds: float = STOP_SECONDS) -> None:
        """End the store and wait for its clean exit; after that long it is killed. Stopping twice is fine."""
        with self._guard:
            self._end(patience_seconds)

    def eraser(self) -> StoreSettings:
        """The store with credentials that may delete what nothing locks. Raises StorageError."""
        keys = eraser_keys(self._folder)
        return replace(self._settings, access_key=keys.access_key, secret_key=keys.secret_key)

    def running_elsewhere(self) -> StoreSettings | None:
        """How to reach the store where another process of this user runs it; None where none does.

        Raises StorageError.
        """
        try:
            _hold(self._folder).close()
        except StorageError:
            endpoint, keys = running_archive(self._folder, self._settings.bucket)
            return replace(
                self._settings, endpoint=endpoint, access_key=keys.access_key, secret_key=keys.secret_key
            )
        return None

    def __enter__(self) -> StoreSettings:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _begin(self) -> None:
        weed = find_weed()
        self._held = _hold(self._folder)
        try:
            administrator, archive = prepare_folder(self._folder, self._settings.bucket)
            self._key = encryption_key(self._folder)
            _end_stale(self._folder)
            ports = choose_ports(self._folder)
            _rotate(self._folder.log)
        except BaseException:
            self._release()
            raise
        self._administrator = administrator
        self._settings = replace(
            self._settings,
            endpoint=f"{LOOPBACK}:{ports['s3']}",
            access_key=archive.access_key,
            secret_key=archive.secret_key,
        )
        self._ending.clear()
        self._starts = 0
        arguments = command(weed, self._folder, ports)
        self._thread = Thread(target=self._supervise, args=(arguments,), name="embedded-store", daemon=True)
        self._thread.start()

    def _supervise(self, arguments: list[str]) -> None:
        """Keep the store running; this thread is the one that it is tied to."""
        failures = 0
        while not self._ending.is_set():
            began = time.monotonic()
            ended = self._run_once(arguments)
            if self._ending.is_set():
                break
            pause = _BACKOFF_SECONDS[min(failures, len(_BACKOFF_SECONDS) - 1)]
            failures = 0 if time.monotonic() - began > _HEALTHY_AFTER_SECONDS else failures + 1
            log.warning("the store %s and is started again in %.1f s", ended, pause)
            self._ending.wait(pause)

    def _run_once(self, arguments: list[str]) -> str:
        """One life of the store; how it ended."""
        self._starts += 1
        try:
            with self._folder.log.open("ab") as said:
                process = subprocess.Popen(
                    [sys.executable, "-I", str(tether.__file__), str(os.getpid()), *arguments],
                    cwd=self._folder.root,
                    env=environment(self._folder, dict(os.environ), self._key),
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    start_new_session=True,
                )
            self._process = process
            write_whole(self._folder.pid, str(process.pid).encode())
        except (OSError, StorageError) as e:
            return f"could not be run ({e})"
        beat = pulse.Pulse(self._settings)
        while True:
            with suppress(subprocess.TimeoutExpired):
                return f"ended with code {process.wait(pulse.LOOK_SECONDS)}"
            if beat.has_stopped():
                # Ending it costs nothing that it acknowledged.
                process.kill()
                process.wait()
                return "ran and answered nobody"

    def _wait_until_ready(self) -> StoreSettings:
        began = time.monotonic()
        trouble: Exception | None = None
        while time.monotonic() - began < START_SECONDS and self._starts <= _TRIES:
            if not _answers(self._settings.endpoint):
                time.sleep(_POLL_SECONDS)
                continue
            try:
                self._prepare_bucket()
            except (StoreUnreachable, StoreUnfit) as e:
                # It answers before it can keep anything: its volumes report a moment later.
                trouble = e
                time.sleep(_POLL_SECONDS)
            else:
                self._wait_until_it_reads()
                log.info("the store is ready after %.1f s", time.monotonic() - began)
                return self._settings
        raise StoreUnreachable("embedded store", f"did not become ready, see {self._folder.log}") from trouble

    def _wait_until_it_reads(self) -> None:
        """A store that was started again knows its names before its volumes have reported their bytes.

        Not longer than `_READ_SECONDS`: where the probe's own bytes are damaged, all others are still there.
        """
        archive, began = S3Archive(self._settings), time.monotonic()
        while not archive.gives_the_probe():
            if time.monotonic() - began > _READ_SECONDS:
                log.warning("the store does not give back its own probe, see %s", self._folder.log)
                return
            time.sleep(_POLL_SECONDS)

    def _prepare_bucket(self) -> None:
        """The administrator makes the bucket; the archive, which may not, sees whether all is there."""
        administration = replace(
            self._settings,
            access_key=self._administrator.access_key,
            secret_key=self._administrator.secret_key,
        )
        S3Archive(administration).make_bucket()
        refuse_deleting(administration)
        S3Archive(self._settings).probe()

    def _end(self, patience_seconds: float) -> None:
        self._ending.set()
        process, thread = self._process, self._thread
        if process is not None:
            _end_process(process, patience_seconds)
        if thread is not None:
            thread.join()
        # A store that was just being started while it was told to end.
        if self._process is not None and self._process is not process:
            _end_process(self._process, patience_seconds)
        self._process = self._thread = None
        self._release()

    def _release(self) -> None:
        if self._held is not None:
            self._folder.pid.unlink(missing_ok=True)
            self._held.close()
            self._held = None


def _end_process(process: subprocess.Popen[bytes], patience_seconds: float) -> None:
    if patience_seconds > 0:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience_seconds)
    if process.poll() is None:
        process.kill()
        process.wait()


def _hold(folder: WeedFolder) -> IO[bytes]:
    """Take the folder for this process. Raises StorageError where another one has it."""
    with translated(folder.root):
        private_folder(folder.root)
        held = folder.lock.open("ab")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as e:
        held.close()
        raise StorageError(str(folder.root), "another process is running the store of this folder") from e
    return held


def _end_stale(folder: WeedFolder) -> None:
    """End a store of this folder whose product is gone; whoever holds the folder may."""
    try:
        pid = int(folder.pid.read_text("ascii"))
    except (OSError, ValueError):
        return
    if not _is_store(pid, folder):
        return
    log.warning("a store of an earlier run is still there (process %d) and is ended", pid)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while _is_store(pid, folder) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        if _is_store(pid, folder):
            os.kill(pid, signal.SIGKILL)
        while _is_store(pid, folder):
            time.sleep(_POLL_SECONDS)


def _is_store(pid: int, folder: WeedFolder) -> bool:
    """Whether a process is the store of this folder, and not another one that got its number."""
    try:
        command_line = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return f"-dir={folder.data}".encode() in command_line


def _answers(endpoint: str) -> bool:
    host, port = endpoint.split(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1.0):
            return True
    except OSError:
        return False


def _rotate(path: Path) -> None:
    """Keep the log and one before it."""
    with suppress(FileNotFoundError):
        if path.stat().st_size > _LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
