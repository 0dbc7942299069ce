"""What a clerk sees: progress, a verdict, a verification, the catalogue."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from rich.console import Console, Group
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from console.output import Output
from console.web.named_words import named_words
from console.web.words import WORDS, words_of
from console.wording import SEVERITIES, finding_message, place_words
from console.wording_checks import check_said
from dossier.finding import Severity
from dossier.procedure import Procedure

LONGEST_DETAIL = 150
"""A component's wording can fill the screen; the whole of it stands in the JSON."""
_COLOURS = {"info": "cyan", "warning": "yellow", "blocking": "bold red"}
_SIGNS = {"info": "·", "warning": "!", "blocking": "✗"}


class FollowedRun:
    """The progress bar of one dossier: on a terminal only."""

    def __init__(self, dossier: str, output: Output) -> None:
        self._output = output
        self._dossier = dossier
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not output.is_terminal,
        )
        self._task = self._bar.add_task(dossier, total=None)

    def __enter__(self) -> FollowedRun:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def update(self, state: dict[str, Any]) -> None:
        """Show where the run is."""
        self._bar.update(
            self._task,
            description=f"{self._dossier} · {self._output.term(state['stage'])}",
            total=state["pages_total"] or None,
            completed=state["pages_read"],
        )


def show_report(report: dict[str, Any], output: Output) -> None:
    """Print the verdict over one dossier."""
    output.console().print(report_panel(report, output))


def report_panel(report: dict[str, Any], output: Output) -> Panel:
    """The verdict over one dossier, in a frame of its colour."""
    colour = "green" if report["state"] == "archived" else "red"
    title = Text(f" {output.term(report['state'])} ", style=f"bold white on {colour}")
    dossier = f"{output.term('dossier')} {report['dossier']}"
    heading = f"{dossier} · {output.term('procedure')} {report['procedure']}"
    parts: list[Any] = [_documents(report, output), _people(report, output), _findings(report, output)]
    if report["archive"]:
        parts.append(_archive(report, output))
    spaced = [piece for part in parts if part is not None for piece in (part, Text(""))]
    return Panel(Group(*spaced[:-1]), title=title, subtitle=heading, border_style=colour, padding=(1, 2))


def _documents(report: dict[str, Any], output: Output) -> Table:
    table = Table(
        box=None,
        show_header=False,
        padding=(0, 2, 0, 0),
        title=output.term("documents"),
        title_justify="left",
        title_style="bold",
    )
    for _ in range(3):
        table.add_column(overflow="fold")
    for document in report["documents"]:
        pages = document["pages"]
        turned = sorted({p["rotation_degrees"] for p in pages if p["rotation_degrees"]})
        note = f", {output.term('turned')} {'/'.join(map(str, turned))}°" if turned else ""
        table.add_row(
            str(document["number"]),
            document["title"] or output.term("unknown"),
            Text(f"{len(pages)} {output.term('pages')}{note}", style="dim"),
        )
    return table


def _people(report: dict[str, Any], output: Output) -> Table | None:
    if not report["identities"]:
        return None
    table = Table(
        box=None,
        show_header=False,
        padding=(0, 2, 0, 0),
        title=output.term("people"),
        title_justify="left",
        title_style="bold",
    )
    for _ in range(3):
        table.add_column(overflow="fold")
    for person in report["identities"]:
        confirmed = person["verdict"] == "confirmed"
        sources = ", ".join(source_words(s, output) for s in sorted({s["source"] for s in person["sources"]}))
        table.add_row(
            person["personal_number"],
            person["full_name"],
            Text(f"{output.term(person['verdict'])} ({sources})", style="green" if confirmed else "yellow"),
        )
    return table


def source_words(source: str, output: Output) -> str:
    """What a number was read from."""
    words = WORDS.get(f"source.{source}")
    return words[1 if output.language == "en" else 0] if words else source


def _findings(report: dict[str, Any], output: Output) -> Any:
    if not report["findings"]:
        return Text(output.term("no_findings"), style="green")
    table = Table(
        box=None,
        show_header=False,
        padding=(0, 1, 0, 0),
        title=output.term("findings"),
        title_justify="left",
        title_style="bold",
    )
    for _ in range(3):
        table.add_column(overflow="fold")
    worst_first = {severity.value: rank for rank, severity in enumerate(reversed(Severity))}
    for finding in sorted(report["findings"], key=lambda f: worst_first[f["severity"]]):
        colour = _COLOURS[finding["severity"]]
        brief = finding | {"detail": textwrap.shorten(finding["detail"], LONGEST_DETAIL, placeholder=" …")}
        message = Text(finding_message(brief, output.language))
        if finding["basis"]:
            message.append(f"\n{output.term('citation')}: {finding['basis']}", style="dim")
        if finding["evidence"]:
            places = ", ".join(place_words(each, output.language) for each in finding["evidence"])
            message.append(f"\n{places}", style="dim")
        severity = SEVERITIES[Severity(finding["severity"])][output.language]
        table.add_row(Text(_SIGNS[finding["severity"]], style=colour), Text(severity, style=colour), message)
    return table


def _archive(report: dict[str, Any], output: Output) -> Text:
    kept = report["archive"]
    until = min(entry["retain_until"] for entry in kept)[:10]
    return Text(f"{output.term('archive')}: {len(kept)} · {kept[-1]['key']} · {until}", style="dim")


def show_verification(verification: dict[str, Any], output: Output) -> None:
    """A judgement over a file or a package, check by check."""
    console = output.console()
    for file in verification.get("files", [verification]):
        console.print(Text(file.get("key") or file.get("file", ""), style="bold"))
        for check in file["checks"]:
            console.print(_check(check["name"], check["outcome"], check["detail"], output))
    for fixity in verification.get("fixity", []):
        console.print(_check(fixity["key"], fixity["outcome"], fixity["detail"], output))
    if "ledger" in verification:
        outcome, detail = verification["ledger"]["outcome"], verification["ledger"]["detail"]
        if outcome == "pass":
            detail = words_of(output.language)("verify_ledger_said", detail=detail)
        console.print(_check("ledger", outcome, detail, output))
    word = output.term("verified" if verification["passed"] else "rejected")
    console.print(Text(word, style="bold green" if verification["passed"] else "bold red"))


def _check(name: str, outcome: str, detail: str, output: Output) -> Text:
    colour = {"pass": "green", "fail": "bold red"}.get(outcome, "yellow")
    line = Text("  ")
    line.append(f"{output.term(outcome)}", style=colour)
    line.append(f"  {named_words('verify', name, output.language)}")
    if detail:
        line.append(f"  {check_said(detail, output.language)}", style="dim")
    return line


def show_catalogue(procedures: Sequence[Procedure], output: Output) -> None:
    """All procedures, one a line."""
    if output.as_json:
        output.data([{"code": p.code, "name": p.name, "field": p.field} for p in procedures])
        return
    for procedure in procedures:
        output.text(f"{procedure.code}  {procedure.field}  {procedure.name}")


def show_procedure(procedure: Procedure, output: Output) -> None:
    """One procedure with its components."""
    if output.as_json:
        output.data(procedure_data(procedure))
        return
    console = output.console()
    console.print(Text(f"{procedure.code}  {procedure.name}", style="bold"))
    console.print(f"{output.term('citation')}: {procedure.citation}")
    console.print(f"{output.term('valid_from')} {procedure.valid_from} – {procedure.valid_to or '…'}")
    console.print(Text(output.term("components"), style="bold"))
    for component in procedure.components:
        told = [output.term(component.role.value), output.term(component.requirement.value)]
        told += [text for text in (component.condition, *component.cases) if text]
        console.print(f"- [{', '.join(told)}] {component.text}", markup=False)
    for group in procedure.one_of:
        console.print(f"- {output.term('one_of')} ({', '.join(group.members)}): {group.text}", markup=False)
    if procedure.cases:
        console.print(Text(output.term("cases"), style="bold"))
    for case in procedure.cases:
        console.print(f"- {case.code}: {case.text}", markup=False)
    if not procedure.components_verified:
        console.print(Text(output.term("not_verified"), style="bold"))


def procedure_data(procedure: Procedure) -> dict[str, Any]:
    """A procedure as plain data."""
    return {
        "code": procedure.code,
        "name": procedure.name,
        "field": procedure.field,
        "level": procedure.level,
        "citation": procedure.citation,
        "valid_from": procedure.valid_from.isoformat(),
        "valid_to": procedure.valid_to.isoformat() if procedure.valid_to else None,
        "snapshot": procedure.snapshot,
        "components_verified": procedure.components_verified,
        "results": list(procedure.results),
        "components": [
            {
                "code": c.code,
                "text": c.text,
                "kinds": list(c.kinds),
                "role": c.role.value,
                "requirement": c.requirement.value,
                "originals": c.originals,
                "copies": c.copies,
                "replaced_by": c.replaced_by,
                "condition": c.condition,
                "cases": list(c.cases),
            }
            for c in procedure.components
        ],
        "one_of": [
            {"code": g.code, "text": g.text, "members": list(g.members), "cases": list(g.cases)}
            for g in procedure.one_of
        ],
        "cases": [
            {"code": c.code, "text": c.text, "proven_by": list(c.proven_by), "optional": c.optional}
            for c in procedure.cases
        ],
    }
