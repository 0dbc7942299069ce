"""The report of the office that controls procedures: CSV, JSON, or a page with charts."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import Final

from console.output import Output
from console.writing import written_to
from dossier.errors import InputRefused
from flows.control import MEASURES, ControlRow, control_rows
from flows.settings import settings

_BAR, _STEP, _LABEL, _WIDE = 18, 26, 200, 220
_GROUPS: Final = ("centre", "procedure", "month")
_SHARE: Final = "share_digitised"
_STYLE: Final = (
    "body{font:16px/1.5 sans-serif;margin:2rem;color:#111;background:#fff}table{border-collapse:collapse}"
    "td,th{border:1px solid #888;padding:.3rem .6rem;text-align:left}.n{text-align:right}"
    "h2{font-size:1.1rem}h3{font-size:1rem;font-weight:normal;margin:0}"
    ".g{display:flex;flex-wrap:wrap;gap:1rem 2rem}"
)


def report(begin: str, end: str, html: Path | None, output: Output) -> int:
    """Print CSV or JSON, and write the page where one is asked for."""
    rows = control_rows(settings(), _day(begin), _day(end))
    if html is not None:
        with written_to(html):
            html.write_text(page(rows, begin, end, output), "utf-8")
        output.text(str(html))
    elif output.as_json:
        output.data(
            [
                {"centre": r.centre, "procedure": r.procedure, "month": r.month, **r.counts}
                | {_SHARE: round(100 * r.share_digitised, 1)}
                for r in rows
            ]
        )
    else:
        output.text(table(rows, output).rstrip("\r\n"))
    return 0


def table(rows: Sequence[ControlRow], output: Output) -> str:
    """The rows as CSV; programs read JSON, whose names stay."""
    written = io.StringIO()
    sheet = csv.writer(written, lineterminator="\n")
    sheet.writerow([output.term(name) for name in (*_GROUPS, *MEASURES, _SHARE)])
    sheet.writerows(_cells(row) for row in rows)
    return written.getvalue()


def _cells(row: ControlRow) -> list[str]:
    counts = [str(row.counts[measure]) for measure in MEASURES]
    return [row.centre, row.procedure, row.month, *counts, f"{100 * row.share_digitised:.1f}"]


def page(rows: Sequence[ControlRow], begin: str, end: str, output: Output) -> str:
    """One HTML page: charts of each measure by centre, procedure and month, and the table."""
    title = f"{output.term('control_report')}: {escape(begin)} – {escape(end)}"
    charts = "\n".join(_charts(rows, measure, output) for measure in (*MEASURES, _SHARE))
    head = "".join(f"<th>{escape(output.term(name))}</th>" for name in (*_GROUPS, *MEASURES, _SHARE))
    body = "\n".join(
        "<tr>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells[: len(_GROUPS)])
        + "".join(f"<td class='n'>{cell}</td>" for cell in cells[len(_GROUPS) :])
        + "</tr>"
        for cells in map(_cells, rows)
    )
    return (
        f'<!doctype html>\n<html lang="{output.language}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body><h1>{title}</h1><p>{escape(output.term('all_judged'))}</p>\n"
        f"{charts}\n<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></body></html>\n"
    )


def _charts(rows: Sequence[ControlRow], measure: str, output: Output) -> str:
    """One measure as bars by centre, by procedure and by month; nothing but its name where it is 0."""
    name, total = escape(output.term(measure)), _value(rows, measure)
    if not total:
        return f"<h2>{name}: 0</h2>"
    charts = "\n".join(_chart(rows, measure, group, output) for group in _GROUPS)
    return f'<h2>{name}: {total:g}</h2>\n<div class="g">{charts}</div>'


def _chart(rows: Sequence[ControlRow], measure: str, group: str, output: Output) -> str:
    """Bars; each says its number, so colour carries nothing."""
    groups = sorted({str(getattr(row, group)) for row in rows})
    shown = [(name, _value([r for r in rows if getattr(r, group) == name], measure)) for name in groups]
    most, height = max(value for _, value in shown), _STEP * len(shown)
    bars = "".join(
        f'<text x="0" y="{_STEP * n + 14}">{escape(name)}</text>'
        f'<rect x="{_LABEL}" y="{_STEP * n}" width="{max(1, round(_WIDE * value / most))}" height="{_BAR}" '
        f'fill="#14532d"/>'
        f'<text x="{_LABEL + 6 + max(1, round(_WIDE * value / most))}" y="{_STEP * n + 14}">{value:g}</text>'
        for n, (name, value) in enumerate(shown)
    )
    label = f"{escape(output.term(measure))}: {escape(output.term(group))}"
    return (
        f"<div><h3>{escape(output.term(group))}</h3>"
        f'<svg role="img" aria-label="{label}" width="{_LABEL + _WIDE + 60}" height="{height}" '
        f'font-size="14">{bars}</svg></div>'
    )


def _value(rows: Sequence[ControlRow], measure: str) -> float:
    """The sum of a measure, or the share of these rows' dossiers in per cent."""
    if measure != _SHARE:
        return sum(row.counts[measure] for row in rows)
    dossiers = sum(row.counts["dossiers"] for row in rows)
    return round(100 * sum(row.counts["digitised"] for row in rows) / dossiers, 1) if dossiers else 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as e:
        raise InputRefused(text, "is not a date YYYY-MM-DD") from e
