"""`sohoa hold`, `sohoa keys`, `sohoa person`: what is kept, how long, for whom and under which key."""

from __future__ import annotations

from typing import Annotated

import typer

from console.options import JsonOption, LangOption, output_of

keys = typer.Typer(no_args_is_help=True, help="Khóa dữ liệu cá nhân (keys of personal data).")
person = typer.Typer(no_args_is_help=True, help="Dữ liệu của một người (a person's data).")

ReasonOption = Annotated[str, typer.Option("--reason", help="Căn cứ: số, ngày văn bản (the decision).")]


def hold(
    dossier: Annotated[str, typer.Argument(help="Mã hồ sơ; bỏ trống để xem (none to list).")] = "",
    reason: ReasonOption = "",
    release: Annotated[bool, typer.Option("--release", help="Bỏ giữ (end the hold).")] = False,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Giữ hồ sơ theo yêu cầu pháp lý: không xóa được dù hết thời hạn lưu trữ; --release để bỏ giữ."""
    from console.keeping import hold as order
    from console.keeping import show_holds

    output = output_of(lang, as_json=as_json)
    if not dossier:
        raise typer.Exit(show_holds(output))
    raise typer.Exit(order(dossier, reason, output, release=release))


@keys.command("list")
def keys_list(as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Các khóa đang dùng và số mục chưa chuyển sang khóa mới nhất."""
    from console.keeping import show_keys

    raise typer.Exit(show_keys(output_of(lang, as_json=as_json)))


@keys.command("rotate")
def keys_rotate(
    goes_on: Annotated[
        bool, typer.Option("--continue", help="Chạy tiếp lượt dở, không tạo khóa mới (no new key).")
    ] = False,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Tạo khóa mới và niêm phong lại mọi dữ liệu cá nhân; dịch vụ vẫn chạy, khóa cũ vẫn đọc được."""
    from console.keeping import rotate_keys

    raise typer.Exit(rotate_keys(output_of(lang, as_json=as_json), goes_on=goes_on))


@keys.command("retire")
def keys_retire(
    name: Annotated[str, typer.Argument(help="Tên khóa (name of the key).")],
    is_lost: Annotated[
        bool, typer.Option("--lost", help="Khóa đã mất hẳn; dữ liệu của nó không đọc được nữa.")
    ] = False,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Bỏ một khóa cũ khi không còn gì cần đến nó."""
    from console.keeping import retire_key

    raise typer.Exit(retire_key(name, output_of(lang, as_json=as_json), is_lost=is_lost))


@person.command("list")
def person_list(
    number: Annotated[str, typer.Argument(help="Số định danh cá nhân; - để gõ kín (- asks for it).")],
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Mọi dữ liệu đang giữ về một người, để trả lời yêu cầu của người đó (2 ngày làm việc)."""
    from console.keeping import show_person

    raise typer.Exit(show_person(_asked(number), output_of(lang, as_json=as_json)))


@person.command("erase")
def person_erase(
    number: Annotated[str, typer.Argument(help="Số định danh cá nhân; - để gõ kín (- asks for it).")],
    reason: ReasonOption,
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Xóa dữ liệu của một người ở nơi pháp luật cho phép; nêu rõ phần còn phải giữ và căn cứ."""
    from console.keeping import erase_person

    raise typer.Exit(erase_person(_asked(number), reason, output_of(lang, as_json=as_json)))


def _asked(number: str) -> str:
    """A number typed where nobody sees it, and no history of commands keeps it."""
    return typer.prompt("Số định danh cá nhân", hide_input=True) if number == "-" else number
