"""Options that every command has."""

from __future__ import annotations

from typing import Annotated

import typer

from console.output import Output
from console.wording import Language
from flows.settings import settings

LangOption = Annotated[str, typer.Option("--lang", help="vi | en")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON ra stdout (JSON to stdout).")]
WhyOption = Annotated[
    str, typer.Option("--why", help="Mục đích xem, ghi vào sổ nhật ký (purpose, kept in the ledger).")
]


def output_of(lang: str, *, as_json: bool) -> Output:
    """How a command answers, by its options and the settings."""
    chosen: Language = "en" if (lang or settings().language) == "en" else "vi"
    return Output(chosen, as_json=as_json)
