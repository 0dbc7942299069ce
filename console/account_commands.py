"""`sohoa account`, `sohoa console`: accounts from this machine's own keyboard, and where the console is."""

from __future__ import annotations

import json
import webbrowser
from typing import TYPE_CHECKING, Annotated

import typer

from console.client import find_resident, start_resident
from console.options import JsonOption, LangOption, output_of
from console.output import Output
from dossier.accounts import Account, Role
from dossier.errors import ServiceUnreachable
from flows.settings import settings
from flows.settings_check import make_state

if TYPE_CHECKING:
    from flows.accounts import Accounts

account = typer.Typer(
    no_args_is_help=True, help="Tài khoản của bảng điều khiển web (accounts of the console)."
)

NameArgument = Annotated[str, typer.Argument(help="Tên tài khoản (account name).")]


@account.command("add")
def add(
    name: NameArgument,
    role: Annotated[Role, typer.Option("--role", help="clerk | archivist | controller | administrator")],
    display_name: Annotated[str, typer.Option("--name", help="Họ tên (the person's name).")] = "",
    counter: Annotated[str, typer.Option("--counter", help="Quầy của công chức (a clerk's counter).")] = "",
    as_json: JsonOption = False,
    lang: LangOption = "",
) -> None:
    """Thêm tài khoản; in mật khẩu dùng một lần, chỉ hiện lần này."""
    output, accounts = output_of(lang, as_json=as_json), _open()
    made = Account(name, display_name or name, role, counter, output.language)
    _tell_password(output, name, accounts.add(made, "sohoa"))


@account.command("list")
def list_accounts(as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Liệt kê tài khoản và tình trạng."""
    from console.web.words import words_of

    output = output_of(lang, as_json=as_json)
    t = words_of(output.language)
    states = _open().states()
    if as_json:
        output.data(
            [
                {
                    "name": s.account.name,
                    "display_name": s.account.display_name,
                    "role": s.account.role,
                    "counter": s.account.counter,
                    "disabled": s.disabled_why,
                    "used_at": s.used_at.isoformat() if s.used_at else None,
                    "second_factor": s.has_second_factor,
                }
                for s in states
            ]
        )
        return
    for s in states:
        how = t(f"disabled_{s.disabled_why}") if s.disabled_why else t("in_use")
        output.text(f"{s.account.name}\t{s.account.display_name}\t{t('role_' + s.account.role)}\t{how}")


@account.command("disable")
def disable(name: NameArgument, lang: LangOption = "") -> None:
    """Vô hiệu tài khoản và đăng xuất mọi nơi."""
    from console.web.words import words_of

    _open().disable(name, "sohoa")
    output = output_of(lang, as_json=False)
    output.text(f"{name}: {words_of(output.language)('disabled_by-hand')}")


@account.command("reset")
def reset(name: NameArgument, as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Cấp lại mật khẩu dùng một lần; mở khóa, bật lại, bỏ xác thực hai lớp."""
    _tell_password(output_of(lang, as_json=as_json), name, _open().reset(name, "sohoa"))


def console(
    opens: Annotated[bool, typer.Option("--open", help="Mở trong trình duyệt (open it).")] = False,
    lang: LangOption = "",
) -> None:
    """Cho biết địa chỉ của bảng điều khiển web; chạy dịch vụ nếu chưa chạy."""
    from console.web.serving import console_file

    state = settings().state
    if find_resident(state) is None:
        start_resident(settings())
    try:
        told = json.loads(console_file(state).read_text("utf-8"))
    except (OSError, ValueError) as e:
        raise ServiceUnreachable("console", "SOHOA_CONSOLE_HOST is empty: it is switched off") from e
    if not told["url"]:
        raise ServiceUnreachable("console", told["trouble"])
    output_of(lang, as_json=False).text(told["url"])
    if opens:
        webbrowser.open(told["url"])


def _open() -> Accounts:
    from flows.accounts import Accounts
    from flows.wiring import open_keys

    here = settings()
    make_state(here)
    return Accounts.open(here, open_keys(here))


def _tell_password(output: Output, name: str, password: str) -> None:
    from console.web.words import words_of
    from flows.accounts import ONE_TIME_HOURS

    if output.as_json:
        output.data({"name": name, "one_time_password": password, "hours": ONE_TIME_HOURS})
        return
    output.text(f"{words_of(output.language)('one_time_password', name=name)} {password}")
