"""How a batch stands, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from console.output import Output
from console.wording_batch import question_message, word
from console.wording_language import Language
from dossier.batch import BatchPlan, SideRole
from dossier.batch_record import Batch
from flows.scanning import ScanRoom


def batch_data(
    room: ScanRoom, batch: Batch, reports: Mapping[str, Mapping[str, Any]], language: Language
) -> dict[str, Any]:
    """The batch as plain data; numbers are those of the feed, 1-based."""
    plan = batch.plan or BatchPlan((), (), (), 0)
    return {
        "batch": batch.id,
        "begun_at": batch.begun_at,
        "device": batch.order.device,
        "sides": len(plan.sides) or room.count(batch),
        "is_interrupted": not batch.has_ended,
        "dossiers_found": len(plan.dossiers),
        "dossiers_expected": plan.dossiers_expected or None,
        "dossiers": [_dossier_data(batch, plan, code, reports) for code in plan.dossiers],
        "unassigned": [s.number for s in plan.sides if s.role is SideRole.PAPER and not s.dossier],
        "covers": [s.number for s in plan.sides if s.role is SideRole.COVER],
        "aside": [s.number for s in plan.sides if s.role is SideRole.ASIDE],
        "asked": sorted(plan.asked),
        "questions": [
            {
                "doubt": question.doubt.value,
                "about": question.about,
                "sides": list(question.sides),
                "found": question.found,
                "expected": question.expected,
                "message": question_message(question, language),
            }
            for question in plan.open_questions
        ],
        "digitised_before_change": list(_stale(batch, plan)),
        "edits": [{"at": e.at, "officer": e.officer, "what": e.what} for e in batch.edits],
    }


def show_batch(data: Mapping[str, Any], output: Output) -> None:
    """The same for a clerk: found beside expected, what is certain, what is asked."""
    language, console = output.language, output.console()
    expected = data["dossiers_expected"]
    head = f"{word('batch', language)} {data['batch']} · {data['sides']} {word('side', language)} · "
    head += f"{output.term('dossiers')}: {data['dossiers_found']}"
    console.print(Text(head + (f" {word('of_expected', language)} {expected}" if expected else ""), "bold"))
    if data["is_interrupted"]:
        told = word("interrupted", language, batch=data["batch"])
        console.print(Text(told, style="yellow"))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for dossier in data["dossiers"]:
        table.add_row(*_row(dossier, output))
    if data["unassigned"]:
        colour = "bold red"
        table.add_row(
            Text("?", colour), Text(word("unassigned", language), colour), "", _ranges(data["unassigned"])
        )
    console.print(table)
    if data["questions"]:
        console.print(Text(word("questions", language), style="bold"))
    for question in data["questions"]:
        line = Text(f"? {question['message']}", style="yellow")
        if question["sides"]:
            line.append(f"\n  {word('sides', language)} {_ranges(question['sides'])}", style="dim")
        console.print(line)
    if data["digitised_before_change"]:
        told = word("stale", language, dossiers=", ".join(data["digitised_before_change"]))
        console.print(Text(told, style="bold red"))


def _row(dossier: Mapping[str, Any], output: Output) -> tuple[Text | str, ...]:
    language = output.language
    count = f"{dossier['sheets_found']} {word('sheets', language)}"
    if dossier["sheets_expected"]:
        count = f"{dossier['sheets_found']}/{dossier['sheets_expected']} {word('sheets', language)}"
    if dossier["asked"]:
        state = Text(word("asked", language), style="bold red")
    elif dossier["state"] in ("archived", "needs_attention", "held"):
        colour = {"archived": "green", "held": "yellow"}.get(dossier["state"], "bold red")
        state = Text(output.term(dossier["state"]), style=colour)
    elif dossier["state"] == "error":
        state = Text(f"{word('error', language)} {dossier['message']}", style="bold red")
    else:
        state = Text(word("settled", language), style="cyan")
    return dossier["dossier"], dossier["procedure"], count, _ranges(dossier["sides"]), state


def _dossier_data(
    batch: Batch, plan: BatchPlan, code: str, reports: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    tally = next((t for t in plan.tallies if t.dossier == code), None)
    sides = plan.of(code)
    sheets = {r.number: r.sheet for r in batch.readings}
    filed = {each.dossier: each.state for each in batch.filed}
    report = reports.get(code, {})
    return {
        "dossier": code,
        "procedure": (tally.procedure if tally else "") or batch.order.expected.procedure,
        "sheets_found": len({sheets.get(s.number, s.number) for s in sides}),
        "sheets_expected": (tally.sheets_expected if tally else 0) or None,
        "sides": [s.number for s in sides],
        "asked": [s.number for s in sides if not s.is_settled],
        "state": report.get("state") or filed.get(code),
        "message": report.get("message", ""),
        "findings": report.get("findings", []),
    }


def _stale(batch: Batch, plan: BatchPlan) -> Iterable[str]:
    """Dossiers that were digitised with other sides than they have now."""
    for filed in batch.filed:
        if filed.sides != tuple(side.number for side in plan.of(filed.dossier)):
            yield filed.dossier


def _ranges(numbers: Iterable[int]) -> str:
    """1, 2, 3, 7 as "1-3, 7"; the order is kept."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in runs)
