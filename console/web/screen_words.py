"""The words that scripts of a screen need: they lie in the page, so that no word is written in a script."""

from __future__ import annotations

from typing import Final

from console.web.words import WORDS
from console.wording_language import Language

_PREFIXES: Final = ("key.", "script.")


def screen_words(language: Language, screen: str) -> dict[str, str]:
    """Words of shortcuts and of scripts, and the name of the screen."""
    column = 1 if language == "en" else 0
    words = {key: pair[column] for key, pair in WORDS.items() if key.startswith(_PREFIXES)}
    return words | {"screen": screen}
