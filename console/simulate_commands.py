"""`sohoa simulate`: what it takes on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.options import JsonOption, LangOption, output_of


def simulate(
    centres: Annotated[int, typer.Option("--centres", help="Số trung tâm của tỉnh (centres).")] = 104,
    dossiers: Annotated[
        int, typer.Option("--dossiers-per-month", help="Hồ sơ cả tỉnh một tháng (dossiers a month).")
    ] = 201_034,
    pages: Annotated[float, typer.Option("--pages", help="Số trang trung bình (mean pages).")] = 5.0,
    held: Annotated[float, typer.Option("--held", help="Phần chờ cán bộ xem (share held), 0-1.")] = 0.2,
    backlog: Annotated[
        float, typer.Option("--backlog", help="Phần đến thành chồng (share of the stack), 0-1.")
    ] = 0.1,
    days: Annotated[int, typer.Option("--days", help="Số ngày làm việc mô phỏng (days).")] = 3,
    cores: Annotated[int, typer.Option("--cores", help="Nhân của một máy (cores of a machine).")] = 2,
    costs: Annotated[
        Path | None, typer.Option("--costs", help="Chi phí đã đo, JSON (measured costs).")
    ] = None,
    seed: Annotated[int, typer.Option("--seed")] = 1,
    check: Annotated[
        int | None,
        typer.Option("--check", help="Đối chiếu với N hồ sơ thật trên máy này (N real dossiers), ví dụ 200."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save-costs", help="Với --check: ghi chi phí đã đo, JSON.")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Mô phỏng một máy, một tỉnh, cả nước: nhân, bộ nhớ, kho, thời gian chờ."""
    if check is not None:
        from console.simulate_check import check as compare

        raise typer.Exit(compare(check, seed, save, output_of(lang, as_json=as_json)))
    from console.simulate import simulate as tell
    from flows.simulation_arrivals import Province
    from flows.simulation_costs import MEASURED, read_costs

    province = Province(centres, dossiers, pages, held, backlog, days, cores, seed)
    known = MEASURED if costs is None else read_costs(costs)
    raise typer.Exit(tell(province, known, output_of(lang, as_json=as_json)))
