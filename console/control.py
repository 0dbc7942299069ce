"""The report of the office that controls procedures: CSV, JSON, or a page with charts."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path

from console.output import Output
from dossier.errors import SohoaError
from flows.control import MEASURES, ControlRow, control_rows
from flows.settings import settings

_BAR, _STEP, _LABEL, _WIDE = 18, 26, 360, 320


def report(begin: str, end: str, html: Path | None, output: Output) -> int:
    """Print CSV or JSON, and write the page where one is asked for."""
    rows = control_rows(settings(), _day(begin), _day(end))
    if html is not None:
        try:
            html.write_text(page(rows, begin, end, output), "utf-8")
        except OSError as e:
            raise SohoaError(str(html), e.strerror or str(e)) from e
        output.text(str(html))
    elif output.as_json:
        output.data(
            [{"centre": r.centre, "procedure": r.procedure, "month": r.month, **r.counts} for r in rows]
        )
    else:
        output.text(table(rows).rstrip("\r\n"))
    return 0


def table(rows: Sequence[ControlRow]) -> str:
    """The rows as CSV with stable English column names."""
    written = io.StringIO()
    sheet = csv.writer(written, lineterminator="\n")
    sheet.writerow(["centre", "procedure", "month", *MEASURES])
    for row in rows:
        sheet.writerow([row.centre, row.procedure, row.month, *(row.counts[m] for m in MEASURES)])
    return written.getvalue()


def page(rows: Sequence[ControlRow], begin: str, end: str, output: Output) -> str:
    """One HTML page: a chart for each measure by procedure, and the table."""
    title = f"{output.term('control_report')}: {escape(begin)} – {escape(end)}"
    charts = "\n".join(_chart(rows, measure, output) for measure in MEASURES)
    names = ["centre", "procedure", "month", *MEASURES]
    head = "".join(f"<th>{escape(output.term(name))}</th>" for name in names)
    body = "\n".join(
        "<tr>"
        + "".join(f"<td>{escape(str(cell))}</td>" for cell in (r.centre, r.procedure, r.month))
        + "".join(f"<td class='n'>{r.counts[m]}</td>" for m in MEASURES)
        + "</tr>"
        for r in rows
    )
    style = (
        "body{font:16px/1.5 sans-serif;margin:2rem;color:#111;background:#fff}table{border-collapse:collapse}"
        "td,th{border:1px solid #888;padding:.3rem .6rem;text-align:left}.n{text-align:right}"
        "h2{font-size:1.1rem}"
    )
    return (
        f'<!doctype html>\n<html lang="{output.language}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{style}</style></head>\n<body><h1>{title}</h1><p>{escape(output.term('all_judged'))}</p>\n"
        f"{charts}\n<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></body></html>\n"
    )


def _chart(rows: Sequence[ControlRow], measure: str, output: Output) -> str:
    """Bars of one measure by procedure; each bar says its number, so colour carries nothing."""
    totals: dict[str, int] = {}
    for row in rows:
        totals[row.procedure] = totals.get(row.procedure, 0) + row.counts[measure]
    shown = [(name, count) for name, count in totals.items() if count]
    name = escape(output.term(measure))
    if not shown:
        return f"<h2>{name}: 0</h2>"
    most, height = max(count for _, count in shown), _STEP * len(shown)
    bars = "".join(
        f'<text x="0" y="{_STEP * n + 14}">{escape(code)}</text>'
        f'<rect x="110" y="{_STEP * n}" width="{max(2, _WIDE * count // most)}" height="{_BAR}" '
        f'fill="#14532d"/>'
        f'<text x="{116 + max(2, _WIDE * count // most)}" y="{_STEP * n + 14}">{count}</text>'
        for n, (code, count) in enumerate(shown)
    )
    width = _LABEL + _WIDE
    return (
        f"<h2>{name}: {sum(totals.values())}</h2>"
        f'<svg role="img" aria-label="{name}" width="{width}" height="{height}" font-size="14">{bars}</svg>'
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as e:
        raise SohoaError(text, "is not a date YYYY-MM-DD") from e
