"""A paper with its truth: what it is, what is printed on it, what can be read out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scanners.samples.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of a sample dossier."""

    kind: str
    """Identifier in the table of titles."""
    title: str
    """As printed, lines joined by spaces."""
    sheets: tuple[Sheet, ...]
    """Its pages."""
    fields: Mapping[str, tuple[str, ...]]
    """Values by name in reading order; dates as ISO 8601."""
