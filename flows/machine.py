"""Which machine this is: of several that share one database, each knows its own work by this name."""

from __future__ import annotations

import socket
import uuid

from flows.settings import Settings
from storage.files import translated, write_whole


def machine_name(settings: Settings) -> str:
    """Who works over this state folder, the same after a restart; one process at a time may.

    Raises DiskFull, StorageError.
    """
    file = settings.run_folder / "machine"
    if not file.exists():
        write_whole(file, uuid.uuid4().hex[:12].encode())
    with translated(file):
        return f"{socket.gethostname()}-{file.read_text('utf-8').strip()}"
