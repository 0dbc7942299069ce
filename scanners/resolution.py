"""How many dots an inch of paper has, when the file does not say so or says nonsense.

The rule, in this order:

1. What the file states is believed when the sheet that follows from it has a long side between 5 and
   60 cm (from a business card to A2). A phone's "72 dpi" on a 4000-pixel picture would be a sheet of
   1.4 m, and a scanner's "1 dpi" one of 90 m.
2. Otherwise the proportions name the sheet: about 1.414 is A4 or A5, about 1.586 an identity card
   (ISO/IEC 7810 ID-1). Of A4 and A5 the one is taken that gives a resolution scanners have; A4 in doubt.
3. Any other shape is taken to be as long as A4.
"""

from __future__ import annotations

import math
from typing import Final

_CM_PER_INCH: Final = 2.54
_SHORTEST_CM, _LONGEST_CM = 5.0, 60.0
_A4_CM, _A5_CM, _CARD_CM = 29.7, 21.0, 8.56
_SCANNER_DPI: Final = (100, 150, 200, 240, 300, 400, 600, 1200)
_NEAR: Final = 0.02


def plausible_dpi(width: int, height: int, stated: float | None) -> float:
    """Dots per inch of a scan: what the file states where that can be true, else from its proportions."""
    longest = max(width, height)
    if stated is not None and math.isfinite(stated) and stated > 0:
        longest_cm = longest / stated * _CM_PER_INCH
        if _SHORTEST_CM <= longest_cm <= _LONGEST_CM:
            return round(stated, 2)
    return round(longest / _likely_sheet_cm(width, height) * _CM_PER_INCH, 2)


def _likely_sheet_cm(width: int, height: int) -> float:
    """Long side of the sheet that these proportions suggest, in centimetres."""
    longest, shortest = max(width, height), max(1, min(width, height))
    proportion = longest / shortest
    if abs(proportion - 1.586) < 0.05:
        return _CARD_CM
    if abs(proportion - math.sqrt(2)) < 0.08:
        for sheet_cm in (_A4_CM, _A5_CM):
            dpi = longest / sheet_cm * _CM_PER_INCH
            if any(abs(dpi / usual - 1) < _NEAR for usual in _SCANNER_DPI):
                return sheet_cm
    return _A4_CM
