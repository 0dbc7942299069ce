"""Charts as SVG, made on the server: every bar says its number in words, and patterns tell series apart.

The picture has a title and a description for who does not see it, and the same figures stand in a table
beside it. No script, no colour that carries meaning alone, nothing that a content security policy refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_BAR, _STEP, _TOP = 20, 30, 4
_LABEL, _WIDE, _VALUE = 210, 300, 90
_LETTERS: Final = 26
"""Letters of a label that fit; the table has all of it."""
_PATTERNS: Final = (
    ("", '<rect width="8" height="8" class="ink"/>'),
    (
        ' patternTransform="rotate(45)"',
        '<rect width="8" height="8" class="ground"/><rect width="4" height="8" class="ink"/>',
    ),
    ("", '<rect width="8" height="8" class="ground"/><circle cx="4" cy="4" r="2.4" class="ink"/>'),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar."""

    label: str
    parts: tuple[float, ...]
    """Length of each part, one for each series; one part where there is one series."""
    value: str
    """What is written at its end."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars below one another."""

    name: str
    """Unique on its page; letters, digits and dashes."""
    title: str
    description: str
    """What is seen in it, in a sentence."""
    bars: tuple[Bar, ...]
    series: tuple[str, ...] = ()
    """What the parts are; empty for one series."""


def svg(chart: Chart) -> str:
    """The chart as SVG that stands within a page."""
    height = _TOP + _STEP * (len(chart.bars) + (1 if chart.series else 0)) + _TOP
    width = _LABEL + _WIDE + _VALUE
    most = max((sum(bar.parts) for bar in chart.bars), default=0.0) or 1.0
    names = [f"{chart.name}-p{place}" for place in range(max(1, len(chart.series)))]
    patterns = "".join(_pattern(name, place) for place, name in enumerate(names))
    drawn = "".join(_bar(bar, place, most, names) for place, bar in enumerate(chart.bars))
    return (
        f'<svg class="chart" role="img" aria-labelledby="{chart.name}-t {chart.name}-d" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{chart.name}-t">{escape(chart.title)}</title>'
        f'<desc id="{chart.name}-d">{escape(chart.description)}</desc>'
        f"<defs>{patterns}</defs>{drawn}{_legend(chart.series, names, len(chart.bars))}</svg>"
    )


def _pattern(name: str, place: int) -> str:
    turned, drawn = _PATTERNS[place % len(_PATTERNS)]
    return (
        f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse"{turned}>{drawn}</pattern>'
    )


def _bar(bar: Bar, place: int, most: float, names: Sequence[str]) -> str:
    y = _TOP + _STEP * place
    x = float(_LABEL)
    label = bar.label if len(bar.label) <= _LETTERS else f"{bar.label[: _LETTERS - 1]}…"
    drawn = [f'<text x="{_LABEL - 8}" y="{y + 15}" text-anchor="end">{escape(label)}</text>']
    for part, name in zip(bar.parts, names, strict=False):
        length = max(0.0, part) / most * _WIDE
        if length:
            place_and_size = f'x="{x:.1f}" y="{y}" width="{length:.1f}" height="{_BAR}"'
            drawn.append(f'<rect {place_and_size} fill="url(#{name})" class="edge"/>')
            x += length
    drawn.append(f'<text x="{x + 8:.1f}" y="{y + 15}">{escape(bar.value)}</text>')
    return "".join(drawn)


def _legend(series: Sequence[str], names: Sequence[str], bars: int) -> str:
    y = _TOP + _STEP * bars + 6
    step = (_LABEL + _WIDE + _VALUE - 10) / max(1, len(series))
    return "".join(
        f'<rect x="{10 + step * place:.0f}" y="{y}" width="18" height="14" fill="url(#{name})" '
        f'class="edge"/><text x="{34 + step * place:.0f}" y="{y + 12}">{escape(word)}</text>'
        for place, (word, name) in enumerate(zip(series, names, strict=False))
    )
