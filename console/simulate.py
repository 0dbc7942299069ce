"""`sohoa simulate`: what a PC, a province and the country need, as a table with its assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from console.output import Output
from console.wording_simulation import ASSUMED, ASSUMPTIONS, FIGURES, SITES, TITLE
from flows.simulation import CLERK_SECONDS
from flows.simulation_arrivals import CURVE, LARGEST, WORKING_DAYS, Province
from flows.simulation_costs import Costs
from flows.simulation_rows import MONTHS, Row, Waits, rows


def simulate(province: Province, costs: Costs, output: Output) -> int:
    """Simulate and show."""
    found = []
    for row in rows(province, costs):
        found.append(row)
        if output.is_terminal:
            output.aside(SITES[row.name][output.language])
    if output.as_json:
        told = {
            "province": asdict(province),
            "costs": asdict(costs),
            "assumptions": assumptions(province, costs, output),
            "sites": [asdict(row) for row in found],
        }
        output.data(told)
        return 0
    _table(found, output)
    output.text("")
    output.text(ASSUMED[output.language])
    for sentence in assumptions(province, costs, output):
        output.text(f"- {sentence}")
    return 0


def assumptions(province: Province, costs: Costs, output: Output) -> list[str]:
    """What the figures rest on, a sentence each."""
    values: dict[str, Any] = {
        "peak": CURVE[8] + CURVE[9],
        "days": WORKING_DAYS,
        "largest": LARGEST,
        "pages": province.pages,
        "held": province.held,
        "backlog": province.backlog,
        "clerk": CLERK_SECONDS / 60,
        "reading": costs.reading_seconds,
        "dossier": costs.of_dossier(province.pages),
        "cores": province.cores,
    }
    return [words[output.language].format_map(values) for words in ASSUMPTIONS.values()]


def _table(found: Sequence[Row], output: Output) -> None:
    lines = [[TITLE[output.language], *(SITES[row.name][output.language] for row in found)]]
    cells = [_cells(row) for row in found]
    for name, words in FIGURES.items():
        lines.append([words[output.language], *(cell.get(name, "-") for cell in cells)])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        told = " | ".join(word.ljust(width) for word, width in zip(line, widths, strict=True))
        output.text(f"| {told} |")
        if line is lines[0]:
            output.text("|".join("-" * (width + 2) for width in widths).join(("|", "|")))


def _cells(row: Row) -> dict[str, str]:
    told = {
        "centres": f"{row.centres:,}",
        "dossiers_per_month": f"{row.dossiers_per_month:,.0f}",
        "machines": f"{row.machines:,}",
        "cores": f"{row.cores:,}",
        "cores_needed": f"{row.cores_needed:,.2f}",
        "peak_load": f"{100 * row.peak_load:.1f}",
        "memory": f"{row.memory_bytes / 1e9:,.1f}",
        "store_month": f"{row.store_bytes_month / 1e9:,.1f}",
        "store_year": f"{MONTHS * row.store_bytes_month / 1e12:,.2f}",
        "simulated": f"{row.simulated:,}" if row.simulated else "-",
    }
    return told | {name: _told(waits) for name, waits in row.waits.items()}


def _told(waits: Waits) -> str:
    return " / ".join(f"{seconds:.1f}" for seconds in (waits.p50, waits.p95, waits.p99, waits.worst))
