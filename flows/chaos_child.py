"""The process that is tried: it runs the dossier once, and meets one fault at one step.

One process imports everything and forks for each run, so that a killed run costs milliseconds. It takes
orders as lines on its standard input and answers each with the code with which the run's process ended.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from prefect.utilities.annotations import quote

from dossier.archive import DigitisationOrder, DossierReport
from dossier.desk import DeskState
from dossier.errors import SohoaError
from flows.chaos_faults import CLOCK_JUMPS, LINE_FAULTS, Fault
from flows.chaos_papers import ReadBefore
from flows.chaos_picture import CaseArchive, Picture, Place, forget_connections, look
from flows.chaos_steps import FrozenClock, watched
from flows.follow_up import follow_register
from flows.intake import forget_unfinished
from flows.prefect_guard import PrefectGuard
from flows.prefect_server import SharedPrefect
from flows.processes import die_with_parent
from flows.queued_order import kept_order
from flows.settings import Settings
from flows.waiting import awaited_by
from flows.wiring import Workshop, compose, install
from storage.codec import decode, encode
from storage.s3 import StoreSettings

_TASKS: Final = ("take_in", "read_page", "seal_one", "archive")
_GONE_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class RunOrder:
    """One run of the dossier."""

    order: DigitisationOrder
    state: str
    """Folder of the machine's state."""
    database: str
    """SQLAlchemy URL; empty for SQLite in the state folder."""
    case: str
    """Under which key in the store this case's archive lies."""
    store: StoreSettings
    direct: StoreSettings
    """The same store without the line that misbehaves, for looking at it."""
    moment: datetime
    """What time it is."""
    result: str
    """File that the outcome is written to."""
    fault: Fault | None = None
    at: int = 0
    """Number of the step at which the fault happens, from 0."""
    told: str = ""
    """File in which the line is told what to do."""
    victim: int = 0
    """Process of the store, or of the database, that is killed."""
    looks: bool = False
    """Whether what is visible is written down, before the run and after it."""
    warms: bool = False
    """Whether the resident process itself does it, so that every later run finds its tables read."""
    prefect: str = ""
    """Address of the Prefect API that runs the flow; empty where its body is called as it is."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What became of one run."""

    outcome: str
    """`archived`, the name of the error that was told, or `bug` with a traceback."""
    steps: tuple[tuple[str, str], ...]
    """Stage and name of each step that was begun."""
    happened: bool
    """Whether the fault's step was reached."""
    before: Picture | None = None
    after: Picture | None = None
    trace: str = ""


def carry_out(run: RunOrder) -> RunResult:
    """Run the dossier as the resident process does, in this process."""
    clock = FrozenClock(run.moment)
    breaker = _Breaker(run, clock)
    tempfile.tempdir = str(Path(run.state).with_name("temporary"))
    Path(tempfile.tempdir).mkdir(exist_ok=True)
    before = after = None
    trace = ""
    try:
        workshop = _workshop(run, clock)
        forget_unfinished(workshop.settings)
        if run.looks:
            before = look(workshop, run.order, Place(run.direct, run.case, reads=False))
        outcome = _digitised(watched(workshop, breaker), run)
        if run.looks:
            after = look(workshop, run.order, Place(run.direct, run.case))
    except SohoaError as error:
        outcome = type(error).__name__
        trace = str(error)
    except Exception:  # noqa: BLE001 - a bug is what is looked for
        outcome, trace = "bug", traceback.format_exc()
    return RunResult(outcome, tuple(breaker.steps), breaker.happened, before, after, trace)


def _workshop(run: RunOrder, clock: FrozenClock) -> Workshop:
    settings = Settings(state=Path(run.state), database_url=run.database, retention_days=1)
    workshop = compose(settings, run.store, clock)
    return replace(workshop, archive=CaseArchive(workshop.archive, run.case), reading=ReadBefore())


def _digitised(workshop: Workshop, run: RunOrder) -> str:
    """The same as the service does: keep, note, enter, run, follow; and note where it failed."""
    from flows import digitise

    flow: Callable[[str], DossierReport] = digitise.bare(digitise.digitise_dossier.fn)
    for name in _TASKS:
        task = getattr(digitise, name)
        plain = task.task if isinstance(task, _Inline) else task
        setattr(digitise, name, plain if run.prefect else _Inline(plain))
    if run.prefect:
        here = Path(run.state).with_name("prefect")
        flow = PrefectGuard(SharedPrefect(here, run.prefect)).over(digitise.bare(digitise.digitise_dossier))
    install(workshop)
    workshop.desk.note_interrupted()
    queued = kept_order(workshop, run.order)
    workshop.desk.note(run.order, DeskState.READING)
    try:
        with workshop.orders.entered(queued) as reference:
            report = flow(reference)
        follow_register(workshop, run.order, report)
    except Exception as error:
        if awaited_by(error) is not None:
            workshop.desk.note_waiting(run.order)
        else:
            workshop.desk.note_failed(run.order, error)
        raise
    return report.state.value


class _Inline:
    """A task without Prefect: the same function, as many tries, no pause between them."""

    def __init__(self, task: Any) -> None:
        self.task = task

    def submit(self, *args: Any) -> SimpleNamespace:
        """Do it at once; the result when it is asked for."""
        for left in range(self.task.retries, -1, -1):
            try:
                result = self.task.fn(*map(_unquoted, args))
            except SohoaError as error:
                if not left or not self.task.retry_condition_fn(None, None, SimpleNamespace(data=error)):
                    return SimpleNamespace(result=_raising(error))
            else:
                return SimpleNamespace(result=partial(_same, result))
        raise AssertionError


def _unquoted(argument: Any) -> Any:
    """What a task's body gets of an argument that Prefect is not to walk through."""
    return argument.unquote() if isinstance(argument, quote) else argument


def _same(result: Any) -> Any:
    return result


def _raising(error: SohoaError) -> Callable[[], Any]:
    def result() -> Any:
        raise error

    return result


class _Breaker:
    """Counts steps, and lets the fault happen at its step (port Watcher)."""

    def __init__(self, run: RunOrder, clock: FrozenClock) -> None:
        self.steps: list[tuple[str, str]] = []
        self.happened = False
        self._run = run
        self._clock = clock

    def before(self, stage: str, step: str) -> None:
        """The step begins; most faults happen here."""
        self.steps.append((stage, step))
        if self._is_now() and self._run.fault is not Fault.KILLED_AFTER:
            self._happen()

    def after(self, _stage: str, _step: str) -> None:
        """The step was taken."""
        if self._is_now() and self._run.fault is Fault.KILLED_AFTER:
            self._happen()

    def _is_now(self) -> bool:
        return self._run.fault is not None and not self.happened and len(self.steps) == self._run.at + 1

    def _happen(self) -> None:
        self.happened = True
        fault = self._run.fault
        if fault in (Fault.KILLED, Fault.KILLED_AFTER):
            os.kill(os.getpid(), signal.SIGKILL)
        elif fault in LINE_FAULTS:
            Path(self._run.told).write_text(LINE_FAULTS[fault], "ascii")
        elif fault in CLOCK_JUMPS:
            self._clock.jump(CLOCK_JUMPS[fault])
        elif fault is Fault.DISK_FULL:
            fill(Path(self._run.state).parent)
        elif fault in (Fault.STORE_KILLED, Fault.PREFECT_KILLED):
            _end(self._run.victim, signal.SIGKILL)
        elif fault is Fault.DATABASE_KILLED:
            # SIGQUIT is PostgreSQL's immediate shutdown: as a crash, nothing is written any more.
            _end(self._run.victim, signal.SIGQUIT)


def fill(folder: Path) -> None:
    """Leave no byte on a small disk."""
    for number, block in enumerate((1 << 20, 1 << 12, 1 << 8, 1)):
        try:
            with (folder / f"filler-{number}").open("wb", buffering=0) as file:
                while file.write(b"\0" * block) == block:
                    pass
        except OSError:
            continue


def _end(process: int, by: signal.Signals) -> None:
    """End a process of ours and wait until it is gone, or only its parent still knows of it."""
    os.kill(process, by)
    deadline = time.monotonic() + _GONE_SECONDS
    while time.monotonic() < deadline:
        try:
            stat = Path(f"/proc/{process}/stat").read_text("utf-8")
        except OSError:
            return
        if stat.rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.01)


def serve() -> None:
    """Fork for each order on standard input, until it ends."""
    import flows.digitise  # noqa: F401 - once for all runs

    die_with_parent()
    logging.disable(logging.CRITICAL)
    print("ready", flush=True)
    for line in sys.stdin:
        run = decode(RunOrder, line.encode())
        if run.warms:
            carry_out(run)
            forget_connections()
            gc.collect()
        print(json.dumps(0 if run.warms else _forked(run)), flush=True)


def _forked(run: RunOrder) -> int:
    """Carry it out in a fork; the code with which that ended."""
    child = os.fork()
    if child == 0:
        die_with_parent()
        try:
            Path(run.result).write_bytes(encode(carry_out(run)))
        except BaseException:  # noqa: BLE001 - the fork must end here
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    serve()
