"""The console's words in the language of who reads them.

An area keeps its own table, `console/wording_web_<area>.py` with `WORDS: dict[str, tuple[str, str]]` from
key to (Vietnamese, English), and is registered here by one import and one line of `_TABLES`. Two tables
with the same key are refused when the module is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from console import (
    wording_web,
    wording_web_audit,
    wording_web_control,
    wording_web_counter,
    wording_web_desk,
    wording_web_help,
)
from console.wording_language import Language

Table: TypeAlias = Mapping[str, tuple[str, str]]
"""Key to (Vietnamese, English)."""
_TABLES: Final[tuple[Table, ...]] = (
    wording_web.WORDS,
    wording_web_audit.WORDS,
    wording_web_control.WORDS,
    wording_web_counter.WORDS,
    wording_web_desk.WORDS,
    wording_web_help.WORDS,
)


def _joined(tables: tuple[Table, ...]) -> dict[str, tuple[str, str]]:
    joined: dict[str, tuple[str, str]] = {}
    for table in tables:
        if again := joined.keys() & table.keys():
            raise ValueError(f"two tables of words have {sorted(again)}")
        joined |= table
    return joined


WORDS: Final = _joined(_TABLES)
"""Every key of every area."""


def words_of(language: Language) -> Callable[..., str]:
    """`t("key", name=value)`: the words in one language, `{name}` filled in. Raises KeyError for a gap."""
    column = 1 if language == "en" else 0

    def t(key: str, **values: object) -> str:
        text = WORDS[key][column]
        return text.format(**values) if values else text

    return t
