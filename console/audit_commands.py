"""`sohoa audit`: commands for those who have to prove the archive."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.options import JsonOption, LangOption, WhyOption, output_of

audit = typer.Typer(no_args_is_help=True, help="Kiểm tra kho lưu trữ (audits of the archive).")

sample = typer.Typer(no_args_is_help=True, help="Kiểm tra mẫu theo lô (sampling, ISO 2859-1).")
audit.add_typer(sample, name="sample")
ByOption = Annotated[str, typer.Option("--by", help="Người kiểm tra (who inspects).")]
CodeArgument = Annotated[str, typer.Argument(help="Mã lô (code of the lot).")]


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


@sample.command("draw")
def sample_draw(
    begin: Annotated[str, typer.Option("--from", help="Từ ngày tiếp nhận, YYYY-MM-DD.")],
    end: Annotated[str, typer.Option("--to", help="Đến ngày tiếp nhận, YYYY-MM-DD.")],
    procedure: Annotated[str, typer.Option("--procedure", help="Chỉ một thủ tục (one procedure).")] = "",
    level: Annotated[str, typer.Option("--level", help="Mức kiểm tra: I, II, III, S-1…S-4.")] = "II",
    aql: Annotated[str, typer.Option("--aql", help="Giới hạn chất lượng chấp nhận AQL, %.")] = "1.0",
    seed: Annotated[str, typer.Option("--seed", help="Hạt giống; bỏ trống để rút ngẫu nhiên.")] = "",
    reduced: Annotated[
        bool, typer.Option("--reduced-agreed", help="Đồng ý kiểm tra giảm nếu đủ điều kiện.")
    ] = False,
    resumed: Annotated[
        bool, typer.Option("--resumed", help="Chất lượng đã được khắc phục, kiểm tra trở lại.")
    ] = False,
    resubmits: Annotated[str, typer.Option("--resubmits", help="Mã lô bị trả lại, kiểm tra lần nữa.")] = "",
    by: ByOption = "",
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Lập lô các trang đã lưu, xác định cỡ mẫu và rút mẫu; mỗi lô chỉ rút một lần."""
    from console.audit_sample import draw

    asked = {"begin": begin, "end": end, "procedure": procedure, "level": level, "aql": aql, "seed": seed}
    asked |= {"resubmits": resubmits, "by": by}
    flags = {"reduced_agreed": reduced, "resumed": resumed}
    raise typer.Exit(draw({**asked, **flags}, output_of(lang, as_json=as_json)))


@sample.command("list")
def sample_list(as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Liệt kê các lô."""
    from console.audit_sample import list_lots

    raise typer.Exit(list_lots(output_of(lang, as_json=as_json)))


@sample.command("show")
def sample_show(code: CodeArgument, as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Cho xem một lô: phương án, trang đã rút, kết luận."""
    from console.audit_sample import show

    raise typer.Exit(show(code, output_of(lang, as_json=as_json)))


@sample.command("papers")
def sample_papers(
    code: CodeArgument,
    to: Annotated[Path, typer.Option("--to", help="Thư mục ghi giấy tờ đã rút (a folder).")],
    why: WhyOption = "",
    by: ByOption = "",
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Ghi ra giấy tờ của từng trang đã rút để người kiểm tra xem."""
    from console.audit_sample import papers

    raise typer.Exit(
        papers(code, {"to": str(to.absolute()), "why": why, "by": by}, output_of(lang, as_json=as_json))
    )


@sample.command("judge")
def sample_judge(
    code: CodeArgument,
    number: Annotated[int, typer.Argument(help="Số thứ tự trang đã rút (place in the draw).")],
    good: Annotated[bool, typer.Option("--good/--bad", help="Đạt hay không đạt.")],
    reason: Annotated[str, typer.Option("--reason", help="Lý do không đạt (why not).")] = "",
    by: ByOption = "",
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Ghi kết luận cho một trang đã rút."""
    from console.audit_sample import judge

    said = {"draw": number, "is_good": good, "reason": reason, "by": by}
    raise typer.Exit(judge(code, said, output_of(lang, as_json=as_json)))


@sample.command("close")
def sample_close(
    code: CodeArgument, by: ByOption = "", as_json: JsonOption = False, lang: LangOption = ""
) -> None:
    """Kết luận lô: chấp nhận, hoặc trả lại để quét lại."""
    from console.audit_sample import close

    raise typer.Exit(close(code, by, output_of(lang, as_json=as_json)))
