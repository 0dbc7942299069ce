"""The languages that the console speaks."""

from __future__ import annotations

from typing import Literal

Language = Literal["vi", "en"]
