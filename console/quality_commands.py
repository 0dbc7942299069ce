"""Commands about scans themselves: a first look at them, and the benches that measure it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.options import JsonOption, LangOption, output_of

SeedOption = Annotated[int, typer.Option("--seed")]


def inspect(
    files: Annotated[list[Path], typer.Argument(help="Tệp ảnh quét (scans).")],
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Xem ảnh quét có đạt không trước khi trả giấy: mờ, lệch, cắt mép, mặt trắng, quét trùng."""
    from console.inspect import inspect as look

    raise typer.Exit(look(files, output_of(lang, as_json=as_json)))


def bench_geometry(
    pages: Annotated[int, typer.Option("--pages", min=1)] = 300,
    seed: SeedOption = 1,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Thư mục chứa skew, rotation, vi_forms.")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Độ nghiêng và chiều trang tìm đúng đến đâu (skew and quarter turns)."""
    from console.bench_geometry import geometry

    raise typer.Exit(geometry(pages, seed, folder, output_of(lang, as_json=as_json)))


def bench_outlines(
    pages: Annotated[int, typer.Option("--pages", min=1, help="Số trang mỗi loại (of each sort).")] = 30,
    seed: SeedOption = 1,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Xem thêm các trang thường ở đây (ordinary pages).")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Thẻ, tờ nhỏ trên kính và giấy trong ảnh chụp được tìm đúng đến đâu (edges of cards and sheets)."""
    from console.bench_outlines import outlines

    raise typer.Exit(outlines(pages, seed, folder, output_of(lang, as_json=as_json)))


def bench_sides(
    count: Annotated[int, typer.Option("--sides", min=1)] = 240,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Mặt trắng và mặt có mực phân biệt đúng đến đâu (blank backs)."""
    from console.bench_sides import sides

    raise typer.Exit(sides(count, seed, output_of(lang, as_json=as_json)))


def bench_intake(
    folder: Annotated[Path, typer.Argument(help="Thư mục tệp hỏng, lạ (odd and damaged files).")],
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Mỗi tệp hỏng, lạ kết thúc thế nào: thành trang, hay bị cách ly kèm lý do."""
    from console.bench_intake import intake

    raise typer.Exit(intake(folder, output_of(lang, as_json=as_json)))


def bench_arrival(
    pages: Annotated[int, typer.Option("--pages", min=1)] = 40,
    dossier: Annotated[int, typer.Option("--reading", min=0, help="Số trang đang được đọc.")] = 20,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Từ lúc trang ra khỏi máy quét đến khi có kết luận chất lượng, trong khi một hồ sơ đang được đọc."""
    from console.bench_arrival import arrival

    raise typer.Exit(arrival(pages, dossier, seed, output_of(lang, as_json=as_json)))


def register(app: typer.Typer, bench: typer.Typer) -> None:
    """Give the program these commands."""
    app.command()(inspect)
    bench.command("geometry")(bench_geometry)
    bench.command("outlines")(bench_outlines)
    bench.command("sides")(bench_sides)
    bench.command("intake")(bench_intake)
    bench.command("arrival")(bench_arrival)
