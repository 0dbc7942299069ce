"""Options that every command has."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from console.output import Output
from console.usage import language_of_arguments
from console.wording import Language
from flows.settings import settings


def one_of(*choices: str) -> Callable[[str], str]:
    """Takes an option that is left out or is one of these, and refuses every other value."""

    def taken(value: str) -> str:
        if value not in ("", *choices):
            raise typer.BadParameter(f"is not one of {' | '.join(choices)}")
        return value

    return taken


LangOption = Annotated[str, typer.Option("--lang", help="vi | en", callback=one_of("vi", "en"))]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON ra stdout (JSON to stdout).")]
WhyOption = Annotated[
    str, typer.Option("--why", help="Mục đích xem, ghi vào sổ nhật ký (purpose, kept in the ledger).")
]


def output_of(lang: str, *, as_json: bool) -> Output:
    """How a command answers, by its options and the settings."""
    asked = lang or language_of_arguments(sys.argv) or settings().language
    chosen: Language = "en" if asked == "en" else "vi"
    return Output(chosen, as_json=as_json)
