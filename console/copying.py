"""`sohoa copy`: copies that the agency issues, and papers converted into data messages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.options import JsonOption, LangOption, output_of
from dossier.errors import SourceNotFound
from flows.settings import settings
from storage.files import write_whole


def copy(
    files: Annotated[list[Path], typer.Argument(help="Bản quét, theo thứ tự trang (scans, in order).")],
    form: Annotated[str, typer.Option("--form", help="sao-y | sao-luc | trich-sao | chuyen-doi")],
    to: Annotated[Path, typer.Option("--to", help="Tệp PDF mới (a new file).")],
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Lập bản sao điện tử có chữ ký số của cơ quan, hoặc bản chuyển đổi từ giấy."""
    from flows.copying import CopyForm, issue_copy

    output = output_of(lang, as_json=as_json)
    if form not in set(CopyForm):
        raise typer.BadParameter(", ".join(CopyForm), param_hint="--form")
    if to.exists():
        raise typer.BadParameter(f"{to}: đã có (exists already)", param_hint="--to")
    missing = [file for file in files if not file.is_file()]
    if missing:
        raise SourceNotFound(str(missing[0]))
    made = issue_copy(settings(), files, CopyForm(form))
    write_whole(to, made.pdf)
    told = {"to": str(to), "pages": made.pages, "signer": made.signer, "level": made.level.label}
    if output.as_json:
        output.data(told)
    else:
        output.text("  ".join(str(value) for value in told.values()))
    raise typer.Exit(0)
