"""`sohoa client`: other systems that may call, and what they could not be told."""

from __future__ import annotations

from typing import Annotated

import typer

from console.options import JsonOption, LangOption, output_of

client = typer.Typer(no_args_is_help=True, help="Hệ thống khác gọi vào (other systems that call).")


@client.command()
def add(
    name: Annotated[str, typer.Argument(help="Tên ngắn, ví dụ mot-cua-tinh.")],
    scopes: Annotated[list[str], typer.Option("--scope", help="Quyền; lặp lại cho nhiều quyền.")],
    counters: Annotated[
        list[str] | None, typer.Option("--counter", help="Chỉ hồ sơ của quầy này (its counters only).")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=0, max=3650, help="Hết hạn sau; 0: không hết.")] = 365,
    purpose: Annotated[str, typer.Option("--purpose", help="Mục đích xem dữ liệu cá nhân.")] = "",
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Thêm một hệ thống; mã truy cập chỉ hiện một lần."""
    from console.clients import Asked
    from console.clients import add as add_client

    asked = Asked(name, tuple(scopes), tuple(counters or ()), days, purpose)
    add_client(asked, output_of(lang, as_json=as_json))


@client.command("list")
def list_all(as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Liệt kê: quyền, quầy, hạn, lần gọi gần nhất."""
    from console.clients import list_all as list_clients

    list_clients(output_of(lang, as_json=as_json))


@client.command()
def revoke(name: str, as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Thu hồi mã truy cập của một hệ thống, có hiệu lực ngay."""
    from console.clients import revoke as revoke_client

    revoke_client(name, output_of(lang, as_json=as_json))


@client.command()
def outbox(
    redrive: Annotated[
        str, typer.Option("--redrive", help="Mã sự kiện, hoặc all: gửi lại (tell again).")
    ] = "",
    discard: Annotated[str, typer.Option("--discard", help="Mã sự kiện, hoặc all: bỏ (give up).")] = "",
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Sự kiện không gửi được: xem, gửi lại, hoặc bỏ."""
    from console.clients import outbox as settle

    settle(redrive, discard, output_of(lang, as_json=as_json))
