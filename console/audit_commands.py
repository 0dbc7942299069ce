"""`sohoa audit`: commands for those who have to prove the archive."""

from __future__ import annotations

from typing import Annotated

import typer

from console.options import JsonOption, LangOption, output_of

audit = typer.Typer(no_args_is_help=True, help="Kiểm tra kho lưu trữ (audits of the archive).")


@audit.command("ledger")
def audit_ledger(
    lock: Annotated[
        bool, typer.Option("--lock", help="Khóa ngay phần mới của sổ vào kho (lock the newest entries now).")
    ] = False,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Chứng minh toàn bộ sổ nhật ký: chuỗi băm, các đầu sổ đã khóa, dấu thời gian."""
    from console.audit import prove_ledger

    raise typer.Exit(prove_ledger(output_of(lang, as_json=as_json), lock=lock))


@audit.command("fixity")
def audit_fixity(
    share: Annotated[
        float, typer.Option("--share", min=0.01, max=1.0, help="Phần thời gian được đọc kho (share of time).")
    ] = 1.0,
    report: Annotated[
        bool, typer.Option("--report", help="Chỉ xem báo cáo gần nhất (the last report only).")
    ] = False,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Đọc lại mọi đối tượng trong kho và so với những gì đã lưu; chạy tiếp lượt đang dở."""
    from console.audit import check_fixity, show_last

    output = output_of(lang, as_json=as_json)
    raise typer.Exit(show_last(output) if report else check_fixity(share, output))
