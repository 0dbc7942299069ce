"""`sohoa chaos`: what it takes on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.options import JsonOption, LangOption, output_of


def chaos(
    faults: Annotated[
        list[str] | None,
        typer.Option("--fault", help="Chỉ những lỗi này: killed, disk-full... (only these)."),
    ] = None,
    stages: Annotated[
        list[str] | None, typer.Option("--stage", help="Chỉ những bước này: sealing, index... (only these).")
    ] = None,
    part: Annotated[str, typer.Option("--part", help="Một phần, ví dụ 1/3 (a part of the cases).")] = "1/1",
    each: Annotated[
        bool, typer.Option("--each", help="Chạy riêng cả trường hợp trùng nhau (run every case on its own).")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Ghi từng trường hợp (each case, JSON lines).")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Gây lỗi ở mọi bước rồi so kho lưu trữ với một lần chạy không bị quấy rầy."""
    from console.chaos import Wanted, carry_out
    from flows.chaos_faults import Fault

    number, _, parts = part.partition("/")
    try:
        wanted = Wanted(
            tuple(Fault(fault) for fault in faults or ()),
            tuple(stages or ()),
            int(number),
            int(parts),
            each,
            report,
        )
    except ValueError as e:
        raise typer.BadParameter(str(e)) from e
    raise typer.Exit(carry_out(wanted, output_of(lang, as_json=as_json)))
