"""Which set-up each fault is tried on; cases of one set-up share it."""

from __future__ import annotations

from typing import Final

from flows.chaos_faults import OF_PREFECT, Fault
from flows.chaos_ground import Ground

MACHINE: Final = "machine"
"""One machine: SQLite, the embedded store, the flow's body without Prefect."""
SERVER: Final = "server"
"""The same over a PostgreSQL server of our own."""
PREFECT: Final = "prefect"
"""One machine whose flow a Prefect server of our own runs."""
GROUNDS: Final = {fault: MACHINE for fault in Fault if fault not in (Fault.DATABASE_KILLED, *OF_PREFECT)} | {
    Fault.DATABASE_KILLED: SERVER,
    **{fault: PREFECT for fault in Fault if fault in OF_PREFECT},
}
"""By fault, in the order in which they are tried."""


def ground_for(group: str) -> Ground:
    """The set-up of a group, not started yet."""
    return Ground(has_server=group == SERVER, has_prefect=group == PREFECT)
