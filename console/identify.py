"""`sohoa identify`: who the papers are about, and what says so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from console.output import Output
from console.show import source_words
from console.wording import finding_message, place_words
from dossier.errors import SourceNotFound
from flows.identifying import identify_files
from flows.settings import settings
from flows.viewing import View, file_name, note_view

_SETTLED, _NEEDS_ATTENTION = 0, 10


def identify(files: Sequence[Path], output: Output, why: str = "") -> int:
    """Print persons, witnesses and verdicts; 10 as exit code where a person has to look.

    That somebody looked, and why, goes into the ledger first.
    """
    missing = [file for file in files if not file.exists()]
    if missing:
        raise SourceNotFound(str(missing[0]))
    found = identify_files(settings(), files)
    for file in files:
        note_view(settings(), View("identity", file_name(file), why))
    for finding in found["findings"]:
        finding["message"] = finding_message(finding, output.language)
    if output.as_json:
        output.data(found)
    else:
        _show(found, output)
    return _SETTLED if found["is_settled"] else _NEEDS_ATTENTION


def _show(found: dict[str, Any], output: Output) -> None:
    console = output.console()
    for person in found["identities"]:
        verdict = output.term(person["verdict"])
        colour = "green" if person["verdict"] == "confirmed" else "yellow"
        heading = f"{person['personal_number'] or '-'}  {person['full_name']}".rstrip()
        console.print(Text(f"{heading}  {verdict}", style=f"bold {colour}"))
        console.print(_witnesses(person, output))
    for finding in found["findings"]:
        console.print(f"! {finding['message']}")
    if not found["identities"] and not found["findings"]:
        console.print(output.term("no_findings"))


def _witnesses(person: dict[str, Any], output: Output) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for _ in range(4):
        table.add_column(overflow="fold")
    for witness in person["sources"]:
        box = witness["box"]
        place = ", ".join(f"{v:.0f}" for v in box) if box else "-"
        shown = witness["raw"] or witness["personal_number"]
        table.add_row(
            f"{source_words(witness['source'], output)}: {witness['engine']}",
            place_words(f"{witness['file']} p.{witness['file_page']}", output.language),
            Text(f"[{place}]"),
            Text(shown),
        )
    return table
