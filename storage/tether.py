"""Runs a program that dies with the one that started it, even when that one is killed.

    python tether.py PARENT_PID PROGRAM [ARGUMENT...]

The kernel is asked to send SIGKILL when the parent's thread ends (prctl(2), PR_SET_PDEATHSIG), then the
program takes this process's place, so its process number is the one that the parent knows. The parent must
start it from a thread that lives as long as the program should.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to its parent and become the program."""
    parent, *command = sys.argv[1:]
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # The parent may have died before the kernel was asked.
    if os.getppid() != int(parent):
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - a list of arguments, no shell


if __name__ == "__main__":
    main()
