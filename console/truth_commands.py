"""`sohoa truth`: what clerks set right, for measuring how well was read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.options import JsonOption, LangOption, WhyOption, output_of

truth = typer.Typer(no_args_is_help=True, help="Các chỗ cán bộ đã sửa (what clerks set right).")


@truth.command("export")
def truth_export(
    to: Annotated[Path, typer.Argument(help="Thư mục kết quả (folder).")],
    with_personal_data: Annotated[
        bool, typer.Option("--with-personal-data", help="Cả giá trị đã đọc và đã sửa (values too).")
    ] = False,
    why: WhyOption = "",
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Xuất các chỗ đã sửa để đo độ chính xác; mặc định không kèm dữ liệu cá nhân."""
    from flows.settings import settings
    from flows.truth import export_truth

    output = output_of(lang, as_json=as_json)
    done = export_truth(settings(), to, with_personal_data=with_personal_data, why=why)
    if output.as_json:
        output.data({"file": str(done.file), "corrections": done.corrections, "by_type": dict(done.by_type)})
    else:
        output.text(f"{done.file}: {done.corrections}")
