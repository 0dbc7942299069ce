"""The command line of scanners, batches and cover sheets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.options import JsonOption, LangOption
from console.options import output_of as _output
from dossier.batch import Expectation

batch = typer.Typer(no_args_is_help=True, help="Mẻ quét: trả lời câu hỏi, tách, gộp, sắp xếp (batches).")
BatchArgument = Annotated[str, typer.Argument(help="Mã mẻ quét.")]
SidesArgument = Annotated[str, typer.Argument(help="Các mặt theo thứ tự quét, ví dụ 4-6,9.")]
ProcedureOption = Annotated[str, typer.Option("--procedure", help="Mã thủ tục, ví dụ 1.001193.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(batch, name="batch")
    for command in (scanners, scan, cover):
        app.command()(command)


def scanners(as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Liệt kê máy quét: đã cấu hình và tự tìm thấy."""
    from console.scan import scanners as tell

    raise typer.Exit(tell(_output(lang, as_json=as_json)))


def scan(
    device: Annotated[str, typer.Option("--device", help="Tên hoặc địa chỉ máy quét.")] = "",
    files: Annotated[list[Path] | None, typer.Option("--from", help="Tệp đã quét sẵn (files).")] = None,
    procedure: ProcedureOption = "",
    dossier: Annotated[str, typer.Option("--dossier", help="Tất cả thuộc một hồ sơ.")] = "",
    profile: Annotated[str, typer.Option("--profile", help="document|duplex|glass|card|a3")] = "document",
    dpi: Annotated[int, typer.Option("--dpi", min=0)] = 0,
    colour: Annotated[str, typer.Option("--colour", help="colour | grey | bilevel")] = "",
    duplex: Annotated[bool, typer.Option("--duplex", help="Hai mặt (both sides).")] = False,
    two_pass: Annotated[bool, typer.Option("--two-pass", help="Mặt trước, rồi mặt sau.")] = False,
    lossless: Annotated[bool, typer.Option("--lossless", help="Giữ PNG thay vì JPEG.")] = False,
    dossiers: Annotated[int, typer.Option("--dossiers", min=0, help="Số hồ sơ trong mẻ.")] = 0,
    sheets: Annotated[int, typer.Option("--sheets", min=0, help="Số tờ giấy, không kể tờ bìa.")] = 0,
    continued: Annotated[str, typer.Option("--continue", help="Quét tiếp mẻ này.")] = "",
    backs: Annotated[bool, typer.Option("--backs", help="Lượt mặt sau của --two-pass.")] = False,
    sort_only: Annotated[bool, typer.Option("--sort-only", help="Chưa số hóa (do not digitise).")] = False,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Quét một mẻ nhiều hồ sơ, tách theo tờ bìa và giấy tiếp nhận, số hóa những hồ sơ đã rõ."""
    from console.scan import ScanAsked
    from console.scan import scan as run

    asked = ScanAsked(
        device=device,
        files=tuple(files or ()),
        profile=profile,
        dpi=dpi,
        colour=colour,
        duplex=duplex,
        two_pass=two_pass,
        lossless=lossless,
        expected=Expectation(dossiers, sheets, procedure),
        dossier=dossier,
        continued=continued,
        backs=backs,
        files_dossiers=not sort_only,
    )
    raise typer.Exit(run(asked, _output(lang, as_json=as_json)))


def cover(
    dossiers: Annotated[list[str] | None, typer.Argument(help="MÃ[:THỦ-TỤC][=SỐ-TỜ] …")] = None,
    procedure: ProcedureOption = "",
    counter: Annotated[str, typer.Option("--counter", help="Quầy.")] = "",
    separators: Annotated[int, typer.Option("--separators", min=0, help="Số tờ ngăn.")] = 0,
    out: Annotated[Path | None, typer.Option("--out", help="Tệp PDF.")] = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """In tờ bìa cho từng hồ sơ và tờ ngăn, ra một tệp PDF."""
    from console.cover import CoverOrder
    from console.cover import cover as run

    order = CoverOrder(tuple(dossiers or ()), procedure, counter, separators, out)
    raise typer.Exit(run(order, _output(lang, as_json=as_json)))


@batch.command("list")
def batch_list(as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Liệt kê các mẻ quét."""
    from console.batch import listed

    raise typer.Exit(listed(_output(lang, as_json=as_json)))


@batch.command("show")
def batch_show(batch_id: BatchArgument, as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Mẻ quét: hồ sơ, số tờ, câu hỏi."""
    from console.batch import shown

    raise typer.Exit(shown(batch_id, _output(lang, as_json=as_json)))


@batch.command("finish")
def batch_finish(
    batch_id: BatchArgument,
    ended: Annotated[bool, typer.Option("--ended", help="Đã quét hết dù bị ngắt giữa chừng.")] = False,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Số hóa những hồ sơ đã rõ mà chưa số hóa."""
    from console.batch import finished

    raise typer.Exit(finished(batch_id, _output(lang, as_json=as_json), ended=ended))


@batch.command("forget")
def batch_forget(
    batch_ids: Annotated[list[str], typer.Argument(help="Mã các mẻ quét.")],
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Xóa hẳn mẻ quét nhầm hoặc không còn cần; sổ nhật ký giữ việc đã xóa."""
    from console.batch import forgotten

    raise typer.Exit(forgotten(batch_ids, _output(lang, as_json=as_json)))


@batch.command("assign")
def batch_assign(
    batch_id: BatchArgument,
    sides: SidesArgument,
    dossier: Annotated[str, typer.Argument(help="Mã hồ sơ.")],
    procedure: ProcedureOption = "",
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Các mặt này thuộc hồ sơ này."""
    from console.batch import assigned

    raise typer.Exit(assigned(batch_id, sides, dossier, procedure, _output(lang, as_json=as_json)))


@batch.command("confirm")
def batch_confirm(
    batch_id: BatchArgument,
    dossiers: Annotated[list[str] | None, typer.Argument(help="Mã hồ sơ; bỏ trống là tất cả.")] = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Gợi ý của phần mềm là đúng."""
    from console.batch import confirmed

    raise typer.Exit(confirmed(batch_id, dossiers or (), _output(lang, as_json=as_json)))


@batch.command("split")
def batch_split(
    batch_id: BatchArgument,
    side: Annotated[int, typer.Argument(help="Mặt đầu tiên của hồ sơ mới.")],
    dossier: Annotated[str, typer.Argument(help="Mã hồ sơ mới.")],
    procedure: ProcedureOption = "",
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Từ mặt này trở đi là hồ sơ khác."""
    from console.batch import split

    raise typer.Exit(split(batch_id, side, dossier, procedure, _output(lang, as_json=as_json)))


@batch.command("merge")
def batch_merge(
    batch_id: BatchArgument,
    dossier: Annotated[str, typer.Argument(help="Hồ sơ được gộp.")],
    into: Annotated[str, typer.Argument(help="Gộp vào hồ sơ này.")],
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Hai hồ sơ là một."""
    from console.batch import merged

    raise typer.Exit(merged(batch_id, dossier, into, _output(lang, as_json=as_json)))


@batch.command("move")
def batch_move(
    batch_id: BatchArgument,
    sides: SidesArgument,
    after: Annotated[int, typer.Option("--after", min=0, help="Sau mặt này; 0 là lên đầu.")],
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Đổi thứ tự các mặt."""
    from console.batch import moved

    raise typer.Exit(moved(batch_id, sides, after, _output(lang, as_json=as_json)))


@batch.command("aside")
def batch_aside(
    batch_id: BatchArgument, sides: SidesArgument, as_json: JsonOption = False, lang: LangOption = ""
) -> None:
    """Các mặt này không thuộc hồ sơ nào; vẫn được giữ trong mẻ."""
    from console.batch import set_aside

    raise typer.Exit(set_aside(batch_id, sides, _output(lang, as_json=as_json)))
