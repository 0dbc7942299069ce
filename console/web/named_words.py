"""Words for names that come from outside this version: kinds of files, actions and checks of a package."""

from __future__ import annotations

from console.web.words import WORDS
from console.wording_language import Language


def named_words(prefix: str, name: object, language: Language) -> str:
    """What a name means; one that has no words, as a package of another version may have, stands as it is."""
    words = WORDS.get(f"{prefix}_{name}")
    return words[1 if language == "en" else 0] if words is not None else str(name)
