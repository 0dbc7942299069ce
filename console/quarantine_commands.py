"""`sohoa quarantine`: files that could not be taken in, listed, taken out, forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.options import JsonOption, LangOption, WhyOption, output_of

quarantine = typer.Typer(no_args_is_help=True, help="Tệp không nhận được (files that could not be taken in).")

EntryArgument = Annotated[str, typer.Argument(help="Mã trong `sohoa quarantine list` (its id).")]


@quarantine.command("list")
def quarantine_list(as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Các tệp đang cách ly, vì sao, từ bao giờ."""
    from console.quarantine import show

    raise typer.Exit(show(output_of(lang, as_json=as_json)))


@quarantine.command("take")
def quarantine_take(
    entry: EntryArgument,
    to: Annotated[Path, typer.Argument(help="Tệp mới (a new file).")],
    why: WhyOption = "",
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Chép một tệp ra ngoài, nguyên vẹn; ai xem và vì sao được ghi vào sổ nhật ký trước."""
    from console.quarantine import take

    raise typer.Exit(take(entry, to, output_of(lang, as_json=as_json), why))


@quarantine.command("forget")
def quarantine_forget(
    entries: Annotated[list[str] | None, typer.Argument(help="Mã các tệp (their ids).")] = None,
    older_than: Annotated[
        int, typer.Option("--older-than", min=0, help="Hoặc mọi tệp cũ hơn số ngày này (days; 0: none).")
    ] = 0,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Xóa hẳn tệp đã quét lại hoặc không còn cần; sổ nhật ký giữ việc đã xóa."""
    from console.quarantine import forget

    raise typer.Exit(forget(entries or [], older_than, output_of(lang, as_json=as_json)))
