"""The one door to external programs: list arguments, a time-out, a folder of its own, no shell."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from dossier.errors import PartMissing


class ProgramFailed(Exception):
    """A program ended with an error or was stopped."""


def run(arguments: Sequence[str], *, seconds: float, folder: Path) -> bytes:
    """Run a program in a folder and return what it printed.

    Raises:
        PartMissing: it is not installed.
        ProgramFailed: it failed, or took longer than the time given and was killed.
    """
    try:
        done = subprocess.run(
            list(arguments),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except FileNotFoundError as e:
        raise PartMissing(arguments[0], "the program is not installed") from e
    except subprocess.TimeoutExpired as e:
        raise ProgramFailed(f"{arguments[0]} took longer than {seconds:.0f} s") from e
    if done.returncode != 0:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[-200:]
        raise ProgramFailed(f"{arguments[0]} ended with {done.returncode}: {said}")
    return done.stdout
