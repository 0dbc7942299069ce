"""The checks over a sealed file, in words."""

from __future__ import annotations

from console.web.words import WORDS
from console.wording_language import Language


def check_words(name: str, language: Language) -> str:
    """What a check looks at; a check that has no words is named as it is."""
    words = WORDS.get(f"verify_{name}")
    return words[1 if language == "en" else 0] if words is not None else name
