"""How little memory is kept, seen in what the C library and the kernel say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

THREADS = 8
CHILD = """
import ctypes, sys, threading
from flows.allocation import give_back, keep_little
if sys.argv[1] == "few":
    keep_little()
library = ctypes.CDLL(None)
library.malloc.restype = library.fopen.restype = ctypes.c_void_p
together = threading.Barrier({threads} + 1)
def work():
    library.malloc(3000)
    together.wait()
    together.wait()
threads = [threading.Thread(target=work) for _ in range({threads})]
for thread in threads:
    thread.start()
together.wait()
file = ctypes.c_void_p(library.fopen(sys.argv[2].encode(), b"w"))
library.malloc_info(0, file)
library.fclose(file)
together.wait()
for thread in threads:
    thread.join()
give_back()
"""


@pytest.mark.parametrize(("pools", "least", "most"), [("few", 1, 2), ("as they come", THREADS, 99)])
def test_many_threads_share_two_pools(tmp_path: Path, pools: str, least: int, most: int) -> None:
    said = tmp_path / "pools.xml"
    child = CHILD.replace("{threads}", str(THREADS))
    subprocess.run([sys.executable, "-c", child, pools, str(said)], check=True, timeout=60)
    assert least <= said.read_text("utf-8").count("<heap nr=") <= most


LARGE = """
import sys
from pathlib import Path
from flows.allocation import keep_little
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
if sys.argv[1] == "little":
    keep_little()
large = bytearray(24 << 20)
del large  # left alone, the library has learnt now to take such blocks out of a pool
before = resident()
blocks = [bytearray(6 << 20) for _ in range(8)]
above = bytearray(2 << 20)
del blocks
print(resident() - before - (2 << 20))
"""


@pytest.mark.parametrize("kept", ["little", "as it comes"])
def test_large_blocks_are_given_back_whatever_lies_above_them(kept: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LARGE, kept], check=True, timeout=60, capture_output=True, text=True
    )
    assert (int(done.stdout) < 4 << 20) is (kept == "little")
