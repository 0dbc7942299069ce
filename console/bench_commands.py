"""The benchmarks: `sohoa bench`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.options import JsonOption, LangOption, output_of

bench = typer.Typer(no_args_is_help=True, help="Đo tốc độ (benchmarks).")


@bench.command("throughput")
def bench_throughput(
    dossiers: Annotated[int, typer.Option("--dossiers", min=2, help="Số hồ sơ (dossiers).")] = 12,
    seed: Annotated[int, typer.Option("--seed")] = 1,
    runs: Annotated[int, typer.Option("--runs", min=1, help="Số lần đo (runs); in trung vị.")] = 1,
    peer: Annotated[bool, typer.Option("--peer/--no-peer", help="Đo cả OCRmyPDF.")] = True,
    text_pages: Annotated[
        int,
        typer.Option("--text-pages", min=0, help="Thêm số trang A4 đầy chữ mỗi hồ sơ (full pages of print)."),
    ] = 0,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Từ ảnh quét đến PDF/A đã ký, đã lưu trữ: một nhân, hai nhân, so với OCRmyPDF trên cùng các trang."""
    from console.bench_throughput import Trial, throughput

    trial = Trial(dossiers, seed, runs, peer, text_pages)
    raise typer.Exit(throughput(trial, output_of(lang, as_json=as_json)))


@bench.command("soak")
def bench_soak(
    dossiers: Annotated[int, typer.Option("--dossiers", min=5, help="Số hồ sơ (dossiers).")] = 2000,
    seed: Annotated[int, typer.Option("--seed")] = 1,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Giữ hồ sơ mẫu ở đây để chạy lại (keep the dossiers).")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Rất nhiều hồ sơ qua một tiến trình: bộ nhớ, tốc độ có giữ nguyên không, có gì bị bỏ lại không."""
    from console.bench_soak import soak

    raise typer.Exit(soak(dossiers, seed, folder, output_of(lang, as_json=as_json)))


@bench.command("identity")
def bench_identity(
    dossiers: Annotated[int, typer.Option("--dossiers", min=1)] = 100,
    seed: Annotated[int, typer.Option("--seed")] = 1,
    readings: Annotated[
        Path | None, typer.Option("--readings", help="Giữ kết quả đọc để xét lại (keep readings).")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="Chỉ một phần (a part): worn, 'worn 3', contradicted, card, print."),
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Độ tin cậy của kết luận danh tính trên hồ sơ mẫu bị làm xấu theo từng kiểu."""
    from console.bench_identity import identity
    from flows.identity_trial import Series

    series = Series(dossiers, seed, tuple(only or ()))
    raise typer.Exit(identity(series, readings, output_of(lang, as_json=as_json)))


@bench.command("classify")
def bench_classify(
    folder: Annotated[
        Path | None, typer.Argument(help="Thư mục có manifest.tsv, hoặc chứa vi_fields và vi_forms.")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Bao nhiêu trường của phần đầu văn bản và tên biểu mẫu đọc đúng hoàn toàn."""
    from console.bench_classify import classify as score
    from console.bench_classify import default_folders

    raise typer.Exit(score(default_folders(folder), output_of(lang, as_json=as_json)))


@bench.command("reading")
def bench_reading(
    pages: Annotated[int, typer.Option("--pages", min=1, help="Số trang mỗi mức (pages a strength).")] = 10,
    seed: Annotated[int, typer.Option("--seed")] = 1,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Ảnh có TÊN.gt.txt bên cạnh (pictures with truth).")
    ] = None,
    readers: Annotated[
        list[str] | None,
        typer.Option("--reader", help="Thêm bộ đọc: 'lệnh {picture}' hoặc module:function."),
    ] = None,
    peers: Annotated[bool, typer.Option("--peers/--no-peers", help="Đo cả Tesseract, OCRmyPDF.")] = True,
    markdown: Annotated[bool, typer.Option("--markdown", help="Thêm bảng từng trang (by page too).")] = False,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Đọc đúng đến đâu, tốn bao nhiêu: so các bộ đọc trên cùng các trang, cùng một nhân."""
    from console.bench_reading import PEERS, Order, reading

    chosen = (*(PEERS if peers else PEERS[:1]), *(readers or ()))
    order = Order(pages, seed, folder, chosen)
    raise typer.Exit(reading(order, output_of(lang, as_json=as_json), markdown=markdown))


@bench.command("alphabet")
def bench_alphabet(
    only: Annotated[list[str] | None, typer.Option("--font", help="Chỉ họ phông này (family).")] = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Mọi chữ cái, dấu thanh và ký hiệu có đọc lại đúng trong mọi phông chữ của máy không."""
    from console.bench_alphabet import alphabet

    raise typer.Exit(alphabet(only or (), output_of(lang, as_json=as_json)))


@bench.command("batches")
def bench_batches(
    batches: Annotated[int, typer.Option("--batches", min=1)] = 200,
    seed: Annotated[int, typer.Option("--seed")] = 1,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Tách mẻ quét có tờ bìa hỏng, thiếu, thừa: bao nhiêu trang đúng hồ sơ, bao nhiêu phải hỏi."""
    from console.bench_batches import batches as score

    raise typer.Exit(score(batches, seed, output_of(lang, as_json=as_json)))


@bench.command("check")
def bench_check(
    pages: Annotated[int, typer.Option("--pages", min=1)] = 20,
    runs: Annotated[int, typer.Option("--runs", min=1)] = 5,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Thời gian kiểm tra một hồ sơ sau khi đọc (checking a dossier after reading)."""
    from console.bench_check import check_speed

    raise typer.Exit(check_speed(pages, runs, output_of(lang, as_json=as_json)))


@bench.command("console")
def bench_console(
    dossiers: Annotated[int, typer.Option("--dossiers", min=100, help="Số hồ sơ (dossiers).")] = 100_000,
    clerks: Annotated[int, typer.Option("--clerks", min=1, help="Số cán bộ cùng lúc (clerks).")] = 30,
    minutes: Annotated[float, typer.Option("--minutes", min=0.1)] = 10,
    seed: Annotated[int, typer.Option("--seed")] = 1,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Giao diện có đủ nhanh khi nhiều cán bộ cùng làm việc trên nhiều hồ sơ: p50, p95, bộ nhớ, lỗi."""
    from console.bench_console import Trial, console

    trial = Trial(dossiers, clerks, minutes, seed=seed)
    raise typer.Exit(console(trial, output_of(lang, as_json=as_json)))


@bench.command("fixity")
def bench_fixity(
    packages: Annotated[int, typer.Option("--packages", min=1, help="Số gói (packages).")] = 1000,
    flips: Annotated[int, typer.Option("--flips", min=1, help="Số đối tượng bị lật một byte.")] = 200,
    megabytes: Annotated[int, typer.Option("--mb", min=0, help="MB để đo tốc độ; 0 là không đo.")] = 256,
    seed: Annotated[int, typer.Option("--seed")] = 1,
    store: Annotated[bool, typer.Option("--store/--no-store", help="Cả kho thật (a real store too).")] = True,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Mọi byte bị lật có bị phát hiện không, và nhanh đến đâu so với sha256sum."""
    from console.bench_fixity import Trial, fixity

    trial = Trial(packages, flips, megabytes, seed, ("raw", "store") if store else ("raw",))
    raise typer.Exit(fixity(trial, output_of(lang, as_json=as_json)))


@bench.command("desk")
def bench_desk(
    dossiers: Annotated[int, typer.Option("--dossiers", min=1000, help="Số hồ sơ (dossiers).")] = 200_000,
    counters: Annotated[int, typer.Option("--counters", min=1, help="Số quầy (counters).")] = 416,
    searched: Annotated[
        int, typer.Option("--searched", min=0, help="Bao nhiêu hồ sơ mới nhất tìm được theo tên (by name).")
    ] = 100_000,
    times: Annotated[int, typer.Option("--times", min=20, help="Số lần mỗi thao tác (each).")] = 300,
    seed: Annotated[int, typer.Option("--seed", min=1)] = 1,
    url: Annotated[str, typer.Option("--url", help="CSDL PostgreSQL trống (an empty database).")] = "",
    folder: Annotated[Path | None, typer.Option("--folder", help="Nơi giữ dữ liệu (where it lies).")] = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Hàng đợi và chỉ mục trên PostgreSQL với rất nhiều hồ sơ: p50, p95 của từng thao tác."""
    from console.bench_desk import Trial, desk

    trial = Trial(dossiers, counters, min(searched, dossiers), times, seed)
    raise typer.Exit(desk(trial, url, folder, output_of(lang, as_json=as_json)))
