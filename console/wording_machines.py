"""What the commands of several machines say."""

from __future__ import annotations

from typing import Final

from console.wording_language import Language

WORDS: Final[dict[str, dict[Language, str]]] = {
    "size": {"vi": "{limit}: {size}", "en": "{limit}: {size}"},
    "unbounded": {"vi": "không giới hạn", "en": "no bound"},
}


def told(name: str, language: Language, **values: object) -> str:
    """A sentence with its values."""
    return WORDS[name][language].format(**values)
