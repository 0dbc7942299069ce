"""Sizes that the net and the lines agree on."""

from __future__ import annotations

from typing import Final

HEIGHT: Final = 48
"""Rows of a line."""
STEP: Final = 4
"""Columns per time step."""
