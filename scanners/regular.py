"""Opening nothing but regular files: pipes, devices and folders are refused without waiting for them.

And telling whether somebody is still writing one.
"""

from __future__ import annotations

import fcntl
import os
import signal
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


def is_being_written(path: Path) -> bool:
    """Whether another process of this machine has the file open for writing, `smbd` among them.

    Told by the kernel, which grants a read lease (fcntl(2), F_SETLEASE) only while nobody writes. False where
    it cannot be told: another owner's file, a file system without leases, a file that is gone.
    """
    try:
        with open_regular(path, follow_links=False) as file:
            # Somebody who opens the file in this moment breaks the lease; SIGIO would end the process.
            fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
            try:
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            except BlockingIOError:
                return True
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError:
        return False
    return False
