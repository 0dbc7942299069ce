"""The command line: `sohoa`."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from console import commands
from console.account_commands import account
from console.account_commands import console as tell_console
from console.audit_commands import audit
from console.bench_commands import bench
from console.chaos_commands import chaos
from console.client import UnexpectedFault
from console.client_commands import client
from console.copying import copy
from console.desk_commands import desk
from console.keeping_commands import hold, keys, person
from console.machine_commands import register as register_machines
from console.metrics_commands import health, metrics
from console.operating_commands import backup, disposal, migrate, prune, restore
from console.options import JsonOption, LangOption, WhyOption, one_of
from console.options import output_of as _output
from console.quality_commands import register as register_quality
from console.quarantine_commands import quarantine
from console.scan_commands import register as register_scanning
from console.simulate_commands import simulate
from console.truth_commands import truth
from console.usage import language_of_arguments, speak, tell_usage
from console.wording import Language, error_message, term
from dossier.errors import SohoaError
from flows.settings import settings

BUG: Final = 99
"""Exit code of a fault of the product itself; every error of `dossier.errors` has another one."""
app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Số Hóa: số hóa hồ sơ tại Trung tâm Phục vụ hành chính công cấp xã.",
)


@app.callback()
def root(lang: LangOption = "") -> None:
    """Số Hóa: số hóa hồ sơ tại Trung tâm Phục vụ hành chính công cấp xã."""


catalogue = typer.Typer(no_args_is_help=True, help="Danh mục thủ tục (catalogue of procedures).")
app.add_typer(catalogue, name="catalogue")
app.add_typer(bench, name="bench")
register_scanning(app)
control = typer.Typer(no_args_is_help=True, help="Kiểm soát thủ tục hành chính (control of procedures).")
app.add_typer(control, name="control")
register_quality(app, bench)
register_machines(app)

app.add_typer(audit, name="audit")
app.add_typer(desk, name="desk")
app.add_typer(account, name="account")
app.command(name="console")(tell_console)
app.add_typer(keys, name="keys")
app.add_typer(person, name="person")
app.add_typer(client, name="client")
app.add_typer(truth, name="truth")
app.command()(hold)
app.command(name="chaos")(chaos)
app.command()(simulate)
app.command()(metrics)
app.command()(health)
app.add_typer(backup, name="backup")
app.command()(restore)
app.command()(migrate)
app.add_typer(disposal, name="disposal")
app.add_typer(quarantine, name="quarantine")
app.command()(prune)


@app.command()
def digitise(
    paths: Annotated[list[Path], typer.Argument(help="Tệp hoặc thư mục ảnh quét (scans).")],
    procedure: Annotated[str, typer.Option("--procedure", help="Mã thủ tục, ví dụ 1.001193.")],
    dossier: Annotated[str, typer.Option("--dossier", help="Mã hồ sơ.")] = "",
    received_on: Annotated[str, typer.Option("--received-on", help="Ngày tiếp nhận, YYYY-MM-DD.")] = "",
    due_on: Annotated[str, typer.Option("--due-on", help="Ngày hẹn trả, YYYY-MM-DD (promised).")] = "",
    cases: Annotated[
        list[str] | None, typer.Option("--case", help="Trường hợp của thủ tục (a case of it).")
    ] = None,
    kinds: Annotated[
        list[str] | None, typer.Option("--kind", help="Loại giấy tờ do cán bộ xác định, FILE#N=CODE.")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Số hóa một hồ sơ: đọc, kiểm tra, ký số, lưu trữ."""
    if kinds:
        from console.answer import keep

        keep(dossier, kinds)
    order = commands.Order(tuple(paths), procedure, dossier, received_on, tuple(cases or ()), due_on)
    raise typer.Exit(commands.digitise(order, _output(lang, as_json=as_json)))


@app.command()
def read(
    file: Path,
    page: Annotated[int, typer.Option("--page", min=0, help="Chỉ một trang (one page).")] = 0,
    as_format: Annotated[
        str, typer.Option("--format", help="text | json", callback=one_of("text", "json"))
    ] = "text",
    why: WhyOption = "",
    lang: LangOption = "",
) -> None:
    """Đọc chữ trong một tệp theo thứ tự đọc."""
    raise typer.Exit(commands.read(file, page, _output(lang, as_json=as_format == "json"), why))


@app.command()
def classify(
    files: Annotated[list[Path], typer.Argument(help="Tệp ảnh quét (scans).")],
    why: WhyOption = "",
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Cho biết loại giấy tờ, số/ký hiệu, ngày, cơ quan, trích yếu, con dấu, chữ ký của từng trang."""
    from console.classify import classify as tell

    raise typer.Exit(tell(files, _output(lang, as_json=as_json), why))


@app.command()
def identify(
    files: Annotated[list[Path], typer.Argument(help="Tệp ảnh quét (scans).")],
    why: WhyOption = "",
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Cho biết giấy tờ là của ai: số định danh, từng nguồn đọc được và kết luận."""
    from console.identify import identify as tell

    raise typer.Exit(tell(files, _output(lang, as_json=as_json), why))


@app.command()
def answer(
    dossier: Annotated[str, typer.Argument(help="Mã hồ sơ.")],
    page: Annotated[str, typer.Option("--page", help="Trang, FILE#N.")],
    kind: Annotated[str, typer.Option("--kind", help="Mã loại giấy tờ, ví dụ ct07.")],
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Ghi nhận loại giấy tờ của một trang theo cán bộ; dùng cho lần chạy sau."""
    from console.answer import answer as keep_answer

    raise typer.Exit(keep_answer(dossier, page, kind, _output(lang, as_json=as_json)))


@app.command()
def verify(
    file: Annotated[Path | None, typer.Argument()] = None,
    dossier: Annotated[str, typer.Option("--dossier", help="Kiểm tra hồ sơ trong kho.")] = "",
    why: WhyOption = "",
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Kiểm tra chữ ký số, PDF/A, lớp chữ; với --dossier cả tính toàn vẹn trong kho."""
    output = _output(lang, as_json=as_json)
    if dossier:
        raise typer.Exit(commands.verify_dossier(dossier, output, why))
    if file is None:
        raise typer.BadParameter("FILE | --dossier CODE")
    raise typer.Exit(commands.verify_file(file, output, why))


@app.command()
def samples(
    out: Annotated[Path, typer.Option("--out", help="Thư mục ghi hồ sơ mẫu.")],
    seed: Annotated[int, typer.Option("--seed")] = 1,
    lang: LangOption = "",
) -> None:
    """Tạo hồ sơ mẫu hư cấu, kèm đáp án."""
    raise typer.Exit(commands.samples(out, seed, _output(lang, as_json=False)))


@app.command()
def serve(
    quiet: Annotated[bool, typer.Option("--quiet", hidden=True)] = False,
    lang: LangOption = "",
) -> None:
    """Chạy dịch vụ thường trú: kho, Prefect, thư mục nóng, luồng số hóa."""
    from console.serving import serve_until_stopped

    raise typer.Exit(serve_until_stopped(settings(), _output(lang, as_json=False), quiet=quiet))


@app.command()
def stop(lang: LangOption = "") -> None:
    """Dừng dịch vụ thường trú và chờ nó kết thúc."""
    raise typer.Exit(commands.stop(_output(lang, as_json=False)))


@app.command()
def export(
    dossier: str,
    to: Annotated[Path, typer.Option("--to", help="Thư mục mới (a new folder).")],
    why: WhyOption = "",
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Xuất gói lưu trữ của một hồ sơ ra thư mục."""
    raise typer.Exit(commands.export(dossier, to, _output(lang, as_json=as_json), why))


@app.command(name="import")
def take_back(folder: Path, as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Đưa một gói đã xuất trở lại kho lưu trữ, giữ nguyên từng byte."""
    raise typer.Exit(commands.take_back(folder, _output(lang, as_json=as_json)))


app.command()(copy)


@app.command()
def doctor(
    store: Annotated[
        bool, typer.Option("--store", help="Thử từng cam kết của kho lưu trữ (what the store holds).")
    ] = False,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Cho biết máy có gì, thiếu gì và cách cài; với --store: kho giữ được những gì."""
    if store:
        from console.keeping import examine_store

        raise typer.Exit(examine_store(_output(lang, as_json=as_json)))
    from console.doctor import examine

    raise typer.Exit(examine(_output(lang, as_json=as_json)))


@catalogue.command("list")
def catalogue_list(as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Liệt kê các thủ tục."""
    raise typer.Exit(commands.catalogue_list(_output(lang, as_json=as_json)))


@catalogue.command("show")
def catalogue_show(code: str, as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Cho xem một thủ tục và thành phần hồ sơ."""
    raise typer.Exit(commands.catalogue_show(code, _output(lang, as_json=as_json)))


@catalogue.command("import")
def catalogue_import(
    record: Annotated[Path, typer.Argument(help="JSON của Cổng Dịch vụ công (a published record).")],
    out: Annotated[Path, typer.Option("--out", help="Bản nháp YAML (the draft).")],
    code: Annotated[str, typer.Option("--code", help="Mã thủ tục, nếu tệp có nhiều (which record).")] = "",
    lang: LangOption = "",
) -> None:
    """Từ bản ghi đã công bố tạo bản nháp để người đối chiếu."""
    from console.catalogue import import_record

    raise typer.Exit(import_record(record, out, code, _output(lang, as_json=False)))


@catalogue.command("diff")
def catalogue_diff(
    old: Annotated[Path, typer.Argument(help="JSON hoặc thư mục danh mục (record or folder).")],
    new: Annotated[
        Path | None, typer.Argument(help="Công bố mới; bỏ trống để so với danh mục đang dùng.")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Công bố mới thay đổi những gì."""
    from console.catalogue import show_difference

    raise typer.Exit(show_difference(old, new, _output(lang, as_json=as_json)))


@catalogue.command("check")
def catalogue_check(
    folder: Annotated[Path | None, typer.Argument(help="Thư mục danh mục (folder).")] = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Đọc thử mọi tệp danh mục; mỗi tệp hỏng một dòng."""
    from console.catalogue import check_folder

    raise typer.Exit(check_folder(folder, _output(lang, as_json=as_json)))


@control.command("report")
def control_report(
    begin: Annotated[str, typer.Option("--from", help="Từ ngày tiếp nhận, YYYY-MM-DD.")],
    end: Annotated[str, typer.Option("--to", help="Đến ngày tiếp nhận, YYYY-MM-DD.")],
    html: Annotated[Path | None, typer.Option("--html", help="Trang có biểu đồ (page with charts).")] = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Theo trung tâm, thủ tục và tháng: CSV ra màn hình, hoặc trang HTML có biểu đồ."""
    from console.control import report

    raise typer.Exit(report(begin, end, html, _output(lang, as_json=as_json)))


def run() -> None:
    """The program: errors become one line and their own exit code; bugs are said plainly and logged."""
    asked = language_of_arguments(sys.argv)
    language: Language = asked or "vi"
    as_json = "--json" in sys.argv
    try:
        language = asked or settings().language
        speak(app)
        code = app(standalone_mode=False)
        raise SystemExit(code if isinstance(code, int) else 0)
    except typer.TyperException as error:
        raise SystemExit(tell_usage(error, language)) from None
    except typer.Abort:
        print(term("aborted", language), file=sys.stderr)
        raise SystemExit(1) from None
    except SohoaError as error:
        _tell(error_message(error, language), type(error).__name__, error.exit_code, as_json=as_json)
    except UnexpectedFault as fault:
        _tell(f"{term('bug', language)} ({fault})", "bug", BUG, as_json=as_json)
    except Exception as fault:
        logging.getLogger(__name__).exception("unexpected fault")
        _tell(f"{term('bug', language)} ({type(fault).__name__})", "bug", BUG, as_json=as_json)


def _tell(sentence: str, kind: str, exit_code: int, *, as_json: bool) -> None:
    print(sentence, file=sys.stderr)
    if as_json:
        print(
            json.dumps(
                {"error": {"kind": kind, "message": sentence, "exit_code": exit_code}}, ensure_ascii=False
            )
        )
    raise SystemExit(exit_code)


if __name__ == "__main__":
    run()
