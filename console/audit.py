"""`sohoa audit ledger` and `sohoa audit fixity`: what they ask the resident process, and how they tell it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from rich.text import Text

from console.commands import ARCHIVED, NEEDS_ATTENTION, REJECTED, resident_process
from console.output import Output
from console.wording_audit import in_words
from console.wording_times import time_words

_EXIT: Final = {"pass": ARCHIVED, "fail": REJECTED, "not_checked": NEEDS_ATTENTION}
_COLOURS: Final = {"pass": "bold green", "fail": "bold red", "not_checked": "bold yellow"}
_STATES: Final = ("intact", "changed", "missing", "unexpected", "not_checked")
_POLL_SECONDS: Final = 0.3
_SHOWN: Final = 50
"""Objects that are named on the screen; the report names all."""


def prove_ledger(output: Output, *, lock: bool) -> int:
    """Prove the ledger; 11 where it does not hold, 10 where something could not be looked at."""
    resident = resident_process(output)
    if lock:
        resident.call("POST", "/audit/ledger/heads")
    judged = resident.call("GET", "/audit/ledger")
    if output.as_json:
        output.data(judged)
    else:
        _show_ledger(judged, output)
    return _EXIT[judged["outcome"]]


def check_fixity(share: float, output: Output) -> int:
    """Run over the whole archive and tell what was found; 11 where an object is not as it should be."""
    resident = resident_process(output)
    before = resident.call("GET", "/audit/fixity")["last"]
    state = resident.call("POST", "/audit/fixity", {"share": share})
    while state["running"]:
        time.sleep(_POLL_SECONDS)
        state = resident.call("GET", "/audit/fixity")
        if output.is_terminal and state["run"] is not None:
            output.aside(f"{output.term('packages')}: {state['run']['packages']}")
    told = state["last"] if state["last"] != before else state["run"]
    return _tell(told or state["last"], output)


def show_last(output: Output) -> int:
    """The report of the last run that came to its end."""
    return _tell(resident_process(output).call("GET", "/audit/fixity")["last"], output)


def _tell(report: Mapping[str, Any] | None, output: Output) -> int:
    if report is None:
        output.text(output.term("no_report"))
        return NEEDS_ATTENTION
    if output.as_json:
        output.data(report)
    else:
        _show_report(report, output)
    return _EXIT[report["outcome"]]


def _show_ledger(judged: Mapping[str, Any], output: Output) -> None:
    console = output.console()
    console.print(f"{output.term('ledger_entries')}: {judged['entries']}")
    console.print(f"{output.term('ledger_locked_to')}: {judged['locked_to']} ({judged['heads']})")
    stamped = f"{judged['stamped_to']}  {time_words(judged['stamped_at'], output.language)}".rstrip()
    console.print(f"{output.term('ledger_stamped_to')}: {stamped}")
    if judged["broken"] is not None:
        reason = in_words(judged["broken"]["reason"], output.language)
        line = f"{output.term('ledger_broken')} {judged['broken']['number']}: {reason}"
        console.print(Text(line, style="bold red"))
    _lines((in_words(said, output.language) for said in judged["troubles"]), "red", output)
    _lines((in_words(said, output.language) for said in judged["not_checked"]), "yellow", output)
    console.print(Text(output.term(judged["outcome"]), style=_COLOURS[judged["outcome"]]))


def _show_report(report: Mapping[str, Any], output: Output) -> None:
    console = output.console()
    begun, ended = (time_words(report[each], output.language) for each in ("begun_at", "ended_at"))
    console.print(f"{begun} – {ended or '…'}")
    console.print(f"{output.term('packages')}: {report['packages']}")
    for state in _STATES:
        console.print(f"{output.term(f'object_{state}')}: {report['counts'][state]}")
    _lines((_trouble(told, output) for told in report["troubles"][:_SHOWN]), "red", output)
    soon = (
        f"{output.term('expiring')}  {told['dossier']}  {time_words(told['until'][:10], output.language)}"
        for told in report["expiring"]
    )
    _lines(soon, "yellow", output)
    _lines((f"{output.term('put_back')}  {told['key']}" for told in report["repaired"]), "yellow", output)
    _lines((in_words(note, output.language) for note in report["notes"]), "yellow", output)
    console.print(Text(output.term(report["outcome"]), style=_COLOURS[report["outcome"]]))


def _trouble(told: Mapping[str, str], output: Output) -> str:
    word = output.term(f"object_{told['state']}")
    return f"{word}  {told['key']}  {in_words(told['detail'], output.language)}"


def _lines(lines: Iterable[str], colour: str, output: Output) -> None:
    for line in lines:
        output.console().print(Text(line, style=colour))
