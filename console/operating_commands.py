"""`sohoa backup`, `restore`, `migrate`, `disposal`, `prune`: what an operator does to a whole machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.options import JsonOption, LangOption, output_of

backup = typer.Typer(no_args_is_help=True, help="Sao lưu máy này (backups of this machine).")

disposal = typer.Typer(no_args_is_help=True, help="Tiêu hủy hồ sơ hết thời hạn lưu trữ (disposal).")

FolderArgument = Annotated[Path, typer.Argument(help="Thư mục trên ổ đĩa khác (a folder on another disk).")]
PassphraseOption = Annotated[
    Path | None, typer.Option("--passphrase-file", help="Tệp mật khẩu, chmod 600 (else it is asked for).")
]


@backup.command("make")
def backup_make(folder: FolderArgument, as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Sao lưu mục lục, sổ nhật ký, tệp và kho kèm theo khi máy vẫn chạy; mã hóa; chỉ ghi phần mới."""
    from console.operating import make

    raise typer.Exit(make(folder, output_of(lang, as_json=as_json)))


@backup.command("check")
def backup_check(
    folder: FolderArgument,
    name: Annotated[str, typer.Argument(help="Tên bản sao lưu; bỏ trống: tất cả (all).")] = "",
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Đọc lại từng phần của bản sao lưu và đối chiếu sổ nhật ký."""
    from console.operating import check

    raise typer.Exit(check(folder, name, output_of(lang, as_json=as_json)))


@backup.command("list")
def backup_list(folder: FolderArgument, as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Các bản sao lưu trong thư mục."""
    from console.operating import show

    raise typer.Exit(show(folder, output_of(lang, as_json=as_json)))


@backup.command("forget")
def backup_forget(
    folder: FolderArgument,
    keep: Annotated[int, typer.Option("--keep", min=1, help="Giữ bao nhiêu bản mới nhất (newest to keep).")],
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Bỏ các bản sao lưu cũ và những phần chỉ chúng cần."""
    from console.operating import forget

    raise typer.Exit(forget(folder, keep, output_of(lang, as_json=as_json)))


@backup.command("keys")
def backup_keys(
    file: Annotated[Path, typer.Argument(help="Tệp, cất riêng với bản sao lưu (apart from backups).")],
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Chép mọi khóa của máy vào một tệp có mật khẩu để cất vào két."""
    from console.operating import copy_keys

    raise typer.Exit(copy_keys(file, passphrase_file, output_of(lang, as_json=as_json)))


def restore(
    folder: FolderArgument,
    keys: Annotated[Path, typer.Option("--keys", help="Tệp bản sao khóa (the copy of keys).")],
    name: Annotated[str, typer.Argument(help="Tên bản sao lưu; bỏ trống: mới nhất (the newest).")] = "",
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Khôi phục máy từ bản sao lưu vào thư mục, cơ sở dữ liệu và kho trống; dừng giữa chừng thì chạy lại."""
    from console.operating import restore as begin

    raise typer.Exit(begin(folder, name, keys, passphrase_file, output_of(lang, as_json=as_json)))


def migrate(
    target: Annotated[Path, typer.Argument(help="Tệp các dòng SOHOA_STORE_...=... của kho mới (new store).")],
    switch: Annotated[
        bool, typer.Option("--switch", help="Chuyển hẳn sang kho mới; phải dừng dịch vụ (move over).")
    ] = False,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Chép kho lưu trữ sang kho khác, đối chiếu từng byte, khóa và lệnh giữ; chạy lại được nhiều lần."""
    from console.operating import migrate as move

    raise typer.Exit(move(target, output_of(lang, as_json=as_json), switch=switch))


@disposal.command("list")
def disposal_list(
    file: Annotated[Path, typer.Argument(help="Tệp danh mục sẽ ghi (the list to write).")],
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Lập danh mục hồ sơ đã hết thời hạn lưu trữ, không bị giữ, không còn việc dở, để trình quyết định."""
    from console.disposing import draw

    raise typer.Exit(draw(file, output_of(lang, as_json=as_json)))


@disposal.command("run")
def disposal_run(
    file: Annotated[Path, typer.Argument(help="Danh mục đã được quyết định (the decided list).")],
    decision: Annotated[str, typer.Option("--decision", help="Số, ngày quyết định (the decision).")],
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Tiêu hủy đúng những hồ sơ trong danh mục đã quyết định; ghi từng hồ sơ vào sổ nhật ký."""
    from console.disposing import carry_out

    raise typer.Exit(carry_out(file, decision, output_of(lang, as_json=as_json)))


def prune(
    days: Annotated[int, typer.Option("--older-than", min=1, help="Số ngày sau khi lưu trữ (days).")] = 30,
    only_tell: Annotated[bool, typer.Option("--dry-run", help="Chỉ cho biết (only tell).")] = False,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Dọn ảnh quét và kết quả đọc của hồ sơ đã nằm đủ trong kho; kho được hỏi lại từng đối tượng trước."""
    from console.disposing import tidy

    raise typer.Exit(tidy(days, output_of(lang, as_json=as_json), only_tell=only_tell))
