"""What the C library keeps of memory that is no longer used (glibc, mallopt(3), malloc_trim(3)).

Each thread that finds all pools busy gets one of its own, up to eight a core, and a pool never gives back
what its own thread used once. A resident process has forty threads that take turns: after 60 dossiers it held
1,000 MB with pools as they come and 380 MB with two, and went no slower.

Left alone, the library also learns from each large block that is freed to take the next one out of a pool,
up to 32 MiB; pictures and what nets compute between lie there side by side and leave holes. One process read
17 odd pages at a peak of 510 to 620 MB; with blocks from 2 MiB on apart, each given back when it is freed, at
380 MB, and 30 pages of the benchmark at 389 instead of 460 to 490 MB, no slower. Elsewhere than with glibc
nothing happens.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
"""Names of malloc.h."""
_POOLS: Final = 2
_LARGE_BYTES: Final = 2 << 20
_FREE_BYTES: Final = 8 << 20
"""What may lie free at the end of a pool."""


def keep_little() -> None:
    """Two pools for all threads of this process, and large blocks outside; to be said at its start."""
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_ARENA_MAX, _POOLS)
        library.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        library.mallopt(_TRIM_THRESHOLD, _FREE_BYTES)


def give_back() -> None:
    """Return what is free in the pools to the system, about 2 ms."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
