"""The faults that are tried at every step."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

from flows.chaos_wire import LineFault


class Fault(StrEnum):
    """What goes wrong; each holds until the run is over, unless it says otherwise."""

    KILLED = "killed"
    """kill -9 of the process before the step."""
    KILLED_AFTER = "killed-after"
    """kill -9 of the process when the step is done and nobody knows it yet."""
    STORE_KILLED = "store-killed"
    """kill -9 of the store."""
    DATABASE_KILLED = "database-killed"
    """Immediate shutdown of the database server."""
    PREFECT_KILLED = "prefect-killed"
    """kill -9 of the Prefect server."""
    PREFECT_CUT = "prefect-cut"
    """Prefect cannot be reached."""
    PREFECT_SILENT = "prefect-silent"
    """Prefect accepts connections and never replies."""
    PREFECT_FAILS = "prefect-fails"
    """Prefect answers everything with status 500."""
    DISK_FULL = "disk-full"
    """Not one byte is left on the disk of the state folder."""
    NETWORK_CUT = "network-cut"
    """The store cannot be reached."""
    NETWORK_BLINK = "network-blink"
    """One connection to the store is reset."""
    REPLY_LOST = "reply-lost"
    """The store did it, and one reply never comes."""
    REPLY_LATE = "reply-late"
    """One reply comes after the client gave up."""
    REQUEST_DOUBLED = "request-doubled"
    """One request reaches the store twice."""
    REPLY_DOUBLED = "reply-doubled"
    """One reply comes twice."""
    STORE_SILENT = "store-silent"
    """The store accepts connections and never replies."""
    STORE_TRICKLES = "store-trickles"
    """The store does what it is asked, and replies a byte now and then."""
    REPLY_STOPS = "reply-stops"
    """The store does what it is asked, sends the head of its reply and stops."""
    CLOCK_FORWARD = "clock-forward"
    """The clock jumps two days forward."""
    CLOCK_BACK = "clock-back"
    """The clock jumps two days back."""
    CLOCK_LOST = "clock-lost"
    """The clock's battery is empty: it is decades ago."""


LINE_FAULTS: Final = {
    Fault.PREFECT_CUT: LineFault.CUT,
    Fault.PREFECT_SILENT: LineFault.SILENT,
    Fault.PREFECT_FAILS: LineFault.FAILS,
    Fault.NETWORK_CUT: LineFault.CUT,
    Fault.NETWORK_BLINK: LineFault.BLINK,
    Fault.REPLY_LOST: LineFault.REPLY_LOST,
    Fault.REPLY_LATE: LineFault.REPLY_LATE,
    Fault.REQUEST_DOUBLED: LineFault.REQUEST_DOUBLED,
    Fault.REPLY_DOUBLED: LineFault.REPLY_DOUBLED,
    Fault.STORE_SILENT: LineFault.SILENT,
    Fault.STORE_TRICKLES: LineFault.TRICKLES,
    Fault.REPLY_STOPS: LineFault.STOPS,
}
OF_PREFECT: Final = frozenset(
    {Fault.PREFECT_KILLED, Fault.PREFECT_CUT, Fault.PREFECT_SILENT, Fault.PREFECT_FAILS}
)
CLOCK_JUMPS: Final = {
    Fault.CLOCK_FORWARD: timedelta(days=2),
    Fault.CLOCK_BACK: timedelta(days=-2),
    Fault.CLOCK_LOST: timedelta(days=-365 * 50),
}
