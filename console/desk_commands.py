"""`sohoa desk`: what waits in the queue; queue and search of the console made anew from index and store."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from console.options import JsonOption, LangOption, output_of

desk = typer.Typer(no_args_is_help=True, help="Danh sách và tìm kiếm hồ sơ (queue and search).")
_LOOK_SECONDS = 0.5


@desk.callback()
def group() -> None:
    """Danh sách và tìm kiếm hồ sơ (queue and search)."""


@desk.command("rebuild")
def desk_rebuild(
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Chờ đến khi xong (until it is done).")
    ] = True,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Lập lại danh sách và chỉ mục tìm kiếm từ kho lưu trữ; dịch vụ vẫn chạy, tìm kiếm tạm thiếu hồ sơ."""
    from console.commands import resident_process
    from console.wording_web_desk import REBUILT

    output = output_of(lang, as_json=as_json)
    resident = resident_process(output)
    told = resident.call("POST", "/desk/rebuild")
    while wait and told["rebuilt"] is None:
        time.sleep(_LOOK_SECONDS)
        told = resident.call("GET", "/desk/rebuild")
    rebuilt = told["rebuilt"]
    if output.as_json:
        output.data(told)
    elif rebuilt is None:
        output.text(REBUILT["begun"][output.language])
    else:
        counts = {name: len(rebuilt[name]) for name in ("dropped", "failed")}
        output.text(REBUILT["done"][output.language].format_map({**rebuilt, **counts}))
        for each in rebuilt["failed"]:
            output.aside(f"{each['dossier']}: {each['trouble']}")
    raise typer.Exit(10 if rebuilt and rebuilt["failed"] else 0)


@desk.command("waiting")
def desk_waiting(as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Hồ sơ đang chờ kho lưu trữ, đĩa, đồng hồ hoặc CSDL dân cư, theo thứ tự sẽ chạy tiếp (what waits)."""
    from console.commands import resident_process
    from console.wording_web_desk import AWAITED

    output = output_of(lang, as_json=as_json)
    waiting = resident_process(output).call("GET", "/desk/waiting")["waiting"]
    if output.as_json:
        output.data(waiting)
        return
    for each in waiting:
        output.text(f"{each['dossier']}  {each['since']}  {AWAITED[each['awaits']][output.language]}")
    if not waiting:
        output.text(AWAITED[""][output.language])
