"""`sohoa worker`, `deploy`, `prefect`: a province on several machines."""

from __future__ import annotations

import signal
from threading import Event
from typing import Annotated

import typer

from console.options import JsonOption, LangOption, output_of
from console.wording_machines import told
from dossier.errors import SettingRefused
from flows.settings import settings


def register(app: typer.Typer) -> None:
    """Add the commands of several machines."""
    app.command(name="worker")(worker)
    app.command(name="deploy")(deploy)
    app.command(name="prefect")(prefect)


def worker(
    pools: Annotated[
        list[str] | None, typer.Argument(help="counter | backlog | audit | renewal; bỏ trống: tất cả (all).")
    ] = None,
    lang: LangOption = "",
) -> None:
    """Chạy máy làm việc thường trú: lấy hồ sơ và việc định kỳ từ máy chủ Prefect dùng chung."""
    from console.worker_door import worker_door
    from flows.logs import open_log
    from flows.settings_reach import check_start
    from flows.unfinished import refuse_unfinished
    from flows.worker_process import POOL_NAMES, work_until_stopped

    here, ended = settings(), Event()
    open_log(here)
    check_start(here)
    refuse_unfinished(here)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    output_of(lang, as_json=False)
    work_until_stopped(here, tuple(pools or POOL_NAMES), ended, worker_door)


def deploy(
    limits: Annotated[
        list[str] | None, typer.Option("--limit", help="TÊN=SỐ, ví dụ backlog=20 (pool or limit, its size).")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Đưa nhóm việc, giới hạn và luồng trong prefect.yaml lên máy chủ Prefect dùng chung."""
    from flows.prefect_server import open_prefect

    here, output = settings(), output_of(lang, as_json=as_json)
    if not here.prefect_url:
        raise SettingRefused("SOHOA_PREFECT_URL", "is not set: there is no shared server to deploy to")
    wanted = dict(map(_limit, limits or ()))
    server = open_prefect(here)
    server.start()
    server.wait()
    from flows.deployments import deploy as deploy_all

    sizes = deploy_all(here, wanted)
    if output.as_json:
        output.data(sizes)
        return
    for name, size in sizes.items():
        output.text(
            told("size", output.language, limit=name, size=size or told("unbounded", output.language))
        )


def prefect(
    host: Annotated[str, typer.Option("--host", help="Địa chỉ nghe (address to listen at).")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 4200,
    lang: LangOption = "",
) -> None:
    """Chạy máy chủ Prefect dùng chung, với PostgreSQL và Redis theo cài đặt."""
    from flows.prefect_server import become_shared_server

    output_of(lang, as_json=False)
    become_shared_server(settings(), host, port)


def _limit(said: str) -> tuple[str, int]:
    name, _, size = said.partition("=")
    if not size.isdecimal():
        raise SettingRefused(said, "is not written as NAME=NUMBER")
    return name, int(size)
