"""`sohoa audit sample`: lots of archived pages, inspected by sampling."""

from __future__ import annotations

from typing import Any, Final

from rich.text import Text

from console.commands import ARCHIVED, NEEDS_ATTENTION, REJECTED, resident_process
from console.output import Output

_EXIT: Final = {"accepted": ARCHIVED, "open": NEEDS_ATTENTION, "sent_back": REJECTED}
_COLOURS: Final = {"accepted": "bold green", "open": "yellow", "sent_back": "bold red"}


def draw(asked: dict[str, Any], output: Output) -> int:
    """Draw a lot; one that was drawn before is shown as it is."""
    _tell(resident_process(output).call("POST", "/audit/lots", asked), output)
    return 0


def list_lots(output: Output) -> int:
    """All lots, one a line."""
    found = resident_process(output).call("GET", "/audit/lots")["lots"]
    if output.as_json:
        output.data(found)
        return 0
    for lot in found:
        size = lot["plan"]["sample_size"]
        output.text(f"{lot['lot']}  {output.term('lot_' + lot['state'])}  {lot['judged']}/{size}")
    return 0


def show(code: str, output: Output) -> int:
    """One lot; 10 while it is open, 11 where it was sent back."""
    lot = resident_process(output).call("GET", f"/audit/lots/{code}")
    _tell(lot, output)
    return _EXIT[lot["state"]]


def papers(code: str, asked: dict[str, Any], output: Output) -> int:
    """Write the papers of the drawn pages."""
    written = resident_process(output).call("POST", f"/audit/lots/{code}/papers", asked)
    if output.as_json:
        output.data(written)
    else:
        for paper in written["papers"]:
            output.text(f"{paper['draw']:4d}  {paper['file']}  {output.term('page')} {paper['page']}")
    return 0


def judge(code: str, said: dict[str, Any], output: Output) -> int:
    """Keep a verdict over one page."""
    lot = resident_process(output).call("POST", f"/audit/lots/{code}/verdicts", said)
    if output.as_json:
        output.data(lot)
    else:
        output.text(f"{lot['judged']}/{lot['plan']['sample_size']}")
    return 0


def close(code: str, by: str, output: Output) -> int:
    """Close a lot; 11 where it is sent back."""
    lot = resident_process(output).call("POST", f"/audit/lots/{code}/closing", {"by": by})
    _tell(lot, output)
    return _EXIT[lot["state"]]


def _tell(lot: dict[str, Any], output: Output) -> None:
    if output.as_json:
        output.data(lot)
        return
    console, plan = output.console(), lot["plan"]
    console.print(Text(f"{output.term('lot')} {lot['lot']}", style="bold"))
    console.print(f"{output.term('lot_pages')}: {lot['lot_pages']}")
    strictness = output.term(f"inspection_{plan['inspection']}")
    console.print(
        f"{output.term('sampling_plan')}: ISO 2859-1 {plan['level']}, AQL {plan['aql']} %, {strictness}: "
        f"{plan['letter']}, n = {plan['sample_size']}, Ac = {plan['acceptance']}, Re = {plan['rejection']}"
    )
    console.print(f"{output.term('seed')}: {lot['seed']}")
    for page in lot["pages"]:
        console.print(_line(page, output))
    console.print(Text(output.term(f"lot_{lot['state']}"), style=_COLOURS[lot["state"]]))
    if lot["rescan"]:
        console.print(f"{output.term('rescan')}: {', '.join(lot['rescan'])}")


def _line(page: dict[str, Any], output: Output) -> Text:
    word = output.term({None: "not_checked", True: "pass", False: "fail"}[page["is_good"]])
    paper, number = output.term("paper"), output.term("page")
    place = f"{page['dossier']}  {paper} {page['document']}, {number} {page['page']}"
    return Text(f"{page['draw']:4d}  {place}  {word}  {page['reason']}".rstrip())
