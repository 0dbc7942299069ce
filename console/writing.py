"""Files that a command writes where somebody told it to: what cannot be written is told, and is no bug."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dossier.errors import DiskFull, WriteRefused

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def written_to(path: Path) -> Iterator[None]:
    """Turn the system's refusals into WriteRefused and DiskFull."""
    try:
        yield
    except OSError as e:
        cause = os.strerror(e.errno) if e.errno else str(e)
        raise (DiskFull if e.errno in _NO_ROOM else WriteRefused)(str(path), cause) from e
