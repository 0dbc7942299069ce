"""What each command does; each returns its exit code."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from console.client import Resident, error_of, find_resident, sent_path, start_resident
from console.output import Output
from console.show import (
    FollowedRun,
    show_catalogue,
    show_procedure,
    show_report,
    show_verification,
)
from console.wording import finding_message
from console.writing import written_to
from dossier.errors import CaseUnknown, InputRefused, SourceNotFound
from dossier.reception import refuse_future
from flows.settings import settings
from storage.clock import VIETNAM

ARCHIVED, NEEDS_ATTENTION, REJECTED = 0, 10, 11
_POLL_SECONDS = 0.15


@dataclass(frozen=True, slots=True)
class Order:
    """What the clerk typed."""

    paths: tuple[Path, ...]
    procedure: str
    dossier: str
    received_on: str
    cases: tuple[str, ...] = ()
    due_on: str = ""


def digitise(order: Order, output: Output) -> int:
    """Digitise one dossier through the resident process."""
    report = digitise_report(order, output)
    if output.as_json:
        output.data(report)
    else:
        show_report(report, output)
    return ARCHIVED if report["state"] == "archived" else NEEDS_ATTENTION


def digitise_report(order: Order, output: Output) -> dict[str, Any]:
    """The report of a dossier, with the wording of its findings."""
    _check_order(order)
    resident = resident_process(output)
    begun = resident.call(
        "POST",
        "/runs",
        {
            "sources": [sent_path(path.absolute()) for path in order.paths],
            "procedure": order.procedure,
            "dossier": order.dossier,
            "received_on": order.received_on or None,
            "cases": list(order.cases),
            "due_on": order.due_on or None,
        },
    )
    report = _follow(resident, begun, output)
    for finding in report["findings"]:
        finding["message"] = finding_message(finding, output.language)
    return report


def _check_order(order: Order) -> None:
    """What can be said before anything is started."""
    missing = [path for path in order.paths if not path.exists()]
    if len(missing) == len(order.paths):
        raise SourceNotFound(str(missing[0]))
    today = datetime.now(VIETNAM).date()
    day = _day(order.received_on) if order.received_on else today
    refuse_future(day, today)
    if order.due_on and _day(order.due_on) < day:
        raise InputRefused(order.due_on, "is before the day of reception")
    procedure = _catalogue().procedure(order.procedure, day)
    for case in order.cases:
        if case not in {known.code for known in procedure.cases}:
            cases = ", ".join(known.code for known in procedure.cases) or "none"
            raise CaseUnknown(f"{procedure.code} --case {case}", f"its cases: {cases}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as e:
        raise InputRefused(text, "is not a date YYYY-MM-DD") from e


def _follow(resident: Resident, begun: dict[str, Any], output: Output) -> dict[str, Any]:
    with FollowedRun(begun["dossier"], output) as shown:
        while True:
            state = resident.call("GET", f"/runs/{begun['id']}")
            if state["done"]:
                break
            shown.update(state)
            time.sleep(_POLL_SECONDS)
    if "error" in state:
        raise error_of(state["error"])
    report: dict[str, Any] = state["report"]
    return report


def resident_process(output: Output) -> Resident:
    """The running resident process; one is started when none runs."""
    resident = find_resident(settings().state)
    if resident is None:
        output.aside(output.term("starting"))
        resident = start_resident(settings())
    return resident


def read(file: Path, page: int, output: Output, why: str = "") -> int:
    """Recognised text in reading order; that somebody looked, and why, goes into the ledger first."""
    from flows.single import read_file
    from flows.viewing import View, file_name, note_view

    pages = list(read_file(settings(), file, page))
    note_view(settings(), View("text", file_name(file), why, len(pages)))
    if output.as_json:
        output.data({"source": file.name, "pages": [data for data, _ in pages]})
    else:
        output.text("\n\f\n".join(text for _, text in pages))
    return 0


def verify_file(file: Path, output: Output, why: str = "") -> int:
    """Signature, PDF/A and text layer of one PDF; signers are people, so the ledger knows who looked."""
    from flows.verifying import verify_file as judge
    from flows.viewing import View, file_name, note_view

    verification = judge(settings(), file)
    note_view(settings(), View("signatures", file_name(file), why))
    return _tell_verification(verification, output)


def verify_dossier(dossier: str, output: Output, why: str = "") -> int:
    """The same for every PDF of an archived dossier, with fixity, manifest and ledger."""
    asked = {"why": why}
    verification = resident_process(output).call("POST", f"/dossiers/{dossier}/verification", asked)
    return _tell_verification(verification, output)


def _tell_verification(verification: dict[str, Any], output: Output) -> int:
    if output.as_json:
        output.data(verification)
    else:
        show_verification(verification, output)
    return 0 if verification["passed"] else REJECTED


def samples(out: Path, seed: int, output: Output) -> int:
    """Write the sample dossiers."""
    from scanners.samples import make_samples

    with written_to(out):
        made = list(make_samples(out, seed))
    for folder in made:
        output.text(str(folder))
    return 0


def stop(output: Output) -> int:
    """Stop the resident process and wait until it is gone."""
    resident = find_resident(settings().state)
    if resident is None:
        output.text(output.term("not_running"))
        return 0
    resident.call("POST", "/stop")
    while find_resident(settings().state) is not None or _is_locked(settings().run_folder / "lock"):
        time.sleep(0.2)
    output.text(output.term("stopped"))
    return 0


def _is_locked(lock: Path) -> bool:
    import fcntl

    with lock.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        return False


def export(dossier: str, to: Path, output: Output, why: str = "") -> int:
    """Write an archived package into a new folder."""
    asked = {"to": str(to.absolute()), "why": why}
    written = resident_process(output).call("POST", f"/dossiers/{dossier}/export", asked)
    if output.as_json:
        output.data(written)
    else:
        for file in written["files"]:
            output.text(file)
    return 0


def take_back(folder: Path, output: Output) -> int:
    """Take an exported package into the archive."""
    taken = resident_process(output).call("POST", "/imports", {"folder": str(folder.absolute())})
    if output.as_json:
        output.data(taken)
    else:
        output.text(f"{taken['dossier']}  {taken['prefix']}  {taken['files']}")
    return 0


def catalogue_list(output: Output) -> int:
    """All procedures."""
    show_catalogue(_catalogue().procedures(), output)
    return 0


def catalogue_show(code: str, output: Output) -> int:
    """One procedure."""
    show_procedure(_catalogue().procedure(code, date.today()), output)
    return 0


def _catalogue() -> Any:
    from validators.catalogue_loader import YamlCatalogue

    folder = settings().catalogue
    return YamlCatalogue(folder, skip_refused=folder is not None)
