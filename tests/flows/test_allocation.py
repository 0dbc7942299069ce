"""Few pools of memory for many threads, seen in what the C library says of itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

THREADS = 8
CHILD = """
import ctypes, sys, threading
from flows.allocation import give_back, keep_few_pools
if sys.argv[1] == "few":
    keep_few_pools()
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
