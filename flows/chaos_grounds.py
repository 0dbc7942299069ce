"""Which set-up each fault is tried on; cases of one set-up share it."""

from __future__ import annotations

from typing import Final

from flows.chaos_faults import Fault
from flows.chaos_ground import Ground

MACHINE: Final = "machine"
"""One machine: SQLite, the embedded store, the flow's body without Prefect."""
SERVER: Final = "server"
"""The same over a PostgreSQL server of our own."""
PREFECT: Final = "prefect"
"""One machine whose flow a Prefect server of our own runs."""
GROUNDS: Final = dict.fromkeys(
    (
        Fault.KILLED,
        Fault.KILLED_AFTER,
        Fault.DISK_FULL,
        Fault.NETWORK_CUT,
        Fault.NETWORK_BLINK,
        Fault.REPLY_LOST,
        Fault.REPLY_LATE,
        Fault.REQUEST_DOUBLED,
        Fault.REPLY_DOUBLED,
        Fault.STORE_SILENT,
        Fault.STORE_TRICKLES,
        Fault.REPLY_STOPS,
        Fault.CLOCK_FORWARD,
        Fault.CLOCK_BACK,
        Fault.CLOCK_LOST,
        Fault.STORE_KILLED,
    ),
    MACHINE,
) | {Fault.DATABASE_KILLED: SERVER, Fault.PREFECT_CUT: PREFECT, Fault.PREFECT_KILLED: PREFECT}
"""By fault, in the order in which they are tried."""


def ground_for(group: str) -> Ground:
    """The set-up of a group, not started yet."""
    return Ground(has_server=group == SERVER, has_prefect=group == PREFECT)
