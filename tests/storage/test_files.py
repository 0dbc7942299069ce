"""A full disk is told by name, and leaves what was there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dossier.errors import StorageError
from storage.files import write_whole

REPOSITORY = Path(__file__).resolve().parents[2]
WRITES_TOO_MUCH = """
import resource, signal, sys
from pathlib import Path
from dossier.errors import DiskFull
from storage.checkpoints import FolderCheckpoints
from storage.spool import FolderSpool
root = Path(sys.argv[1])
checkpoints, spool = FolderCheckpoints(root / "c"), FolderSpool(root / "s")
checkpoints.save("read", "page", b"small")
kept = spool.put(b"small", "text/plain")
if sys.argv[2] == "limit":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
for attempt in (
    lambda: checkpoints.save("read", "page", bytes(3_000_000)),
    lambda: spool.put(bytes(3_000_000), "image/tiff"),
):
    try:
        attempt()
    except DiskFull as error:
        print("full", error.exit_code, error.retryable)
print(checkpoints.load("read", "page"), spool.get(kept))
print(sorted(path.suffix for path in root.rglob("*") if path.is_file()))
"""
EXPECTED = "full 64 True\nfull 64 True\nb'small' b'small'\n['', '']\n"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)


def test_a_file_that_may_not_grow_is_a_full_disk(tmp_path: Path) -> None:
    done = run(sys.executable, "-c", WRITES_TOO_MUCH, str(tmp_path), "limit")
    assert (done.stdout, done.stderr) == (EXPECTED, "")


def test_a_full_file_system_is_a_full_disk(tmp_path: Path) -> None:
    """On a real file system of 1 MB, where this machine lets us make one."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no unshare")
    mount = f'mount -t tmpfs -o size=1m sohoa-test "{tmp_path}" && exec "$@"'
    own = [unshare, "--mount", "--map-root-user", "--user", "sh", "-c", mount, "sh"]
    if run(*own, "true").returncode != 0:
        pytest.skip("no file systems of our own on this machine")
    done = run(*own, sys.executable, "-c", WRITES_TOO_MUCH, str(tmp_path), "disk")
    assert (done.stdout, done.stderr) == (EXPECTED, "")


def test_other_refusals_are_not_a_full_disk(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError) as caught:
        write_whole(tmp_path / "file" / "below", b"data")
    assert caught.value.exit_code == 60
