"""Opening nothing but regular files: pipes, devices and folders are refused without waiting for them."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO


class NotRegular(OSError):
    """The path leads to something that is no regular file."""


def open_regular(path: Path, *, follow_links: bool = True) -> BinaryIO:
    """Open a regular file for reading.

    Raises:
        NotRegular: a pipe, a device, a folder.
        OSError, ValueError: it cannot be opened; ELOOP for a link that may not be followed.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow_links else os.O_NOFOLLOW)
    opened = os.open(path, flags)
    try:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise NotRegular(f"{path.name} is no regular file")
        return os.fdopen(opened, "rb")
    except BaseException:
        os.close(opened)
        raise
