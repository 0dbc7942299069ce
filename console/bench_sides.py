"""Whether empty backs are told from backs with a little ink, on generated sheets."""

from __future__ import annotations

import time
from typing import Any, Final

import numpy as np
from PIL import Image

from console.output import Output
from models.side_ink import side_ink
from scanners.samples.askew import askew_page
from scanners.samples.backs import HEIGHT, WIDTH, back
from scanners.samples.degrade import Pixels
from scanners.samples.marks import round_seal, scribble
from scanners.samples.sheet import DPI

_FRONTS: Final = 6
_TOP: Final = 300
"""Rows of a page above its print."""
_SPARE: Final = 40
"""Pixels by which a front is larger than a back, so that it can be shifted behind it."""


def sides(count: int, seed: int, output: Output) -> int:
    """Count backs that were called blank, by what was on them."""
    table: dict[str, dict[str, Any]] = {}
    started, spent = time.process_time(), 0.0
    for number in range(count):
        if number % (-(-count // _FRONTS)) == 0:
            front = _front(number, seed)
        made = back(number, seed, front)
        picture = np.ascontiguousarray(made.picture[:, :, ::-1])
        started = time.process_time()
        is_blank = side_ink(picture, float(DPI)).is_blank
        spent += time.process_time() - started
        row = table.setdefault(made.ink or "empty", {"sides": 0, "called_blank": 0, "wrong": []})
        row["sides"] += 1
        row["called_blank"] += is_blank
        if is_blank == bool(made.ink):
            row["wrong"].append(made.name)
    result = {"sides": table, "core_seconds_a_side": round(spent / max(1, count), 3)}
    if output.as_json:
        output.data(result)
        return 0
    for name, row in table.items():
        output.text(f"{name:12s} {row['called_blank']:4d} / {row['sides']:4d}  {' '.join(row['wrong'])}")
    output.text(f"{result['core_seconds_a_side']} core-seconds a side")
    return 0


def _front(number: int, seed: int) -> Pixels:
    """The print of a page, with a red seal and a signature: they shine through as well."""
    from random import Random

    random = Random(f"{seed}/front/{number}")  # noqa: S311 - invented pages, no secrets
    page = askew_page(3 * number, seed + number).picture[_TOP : _TOP + HEIGHT + _SPARE]
    sheet = Image.new("RGB", (max(page.shape[1], WIDTH + _SPARE), HEIGHT + _SPARE), "white")
    sheet.paste(Image.fromarray(np.ascontiguousarray(page)), (0, 0))
    round_seal(sheet, (1250, 1900), "XÃ HÒA MẪU", random)
    scribble(sheet, (1100, 2000), random)
    return np.asarray(sheet)
