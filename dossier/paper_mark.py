"""What is remembered of a paper to tell it from others of its kind and person, none of it legible."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaperMark:
    """What a paper bears of its own; where nothing of it was read, nothing tells it from others."""

    numbers: tuple[str, ...]
    """Hashes of its number and sign (số/ký hiệu), sorted; several where its pages tell several."""
    days: tuple[str, ...]
    """Hashes of its days of issue, sorted."""
