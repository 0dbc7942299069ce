"""`sohoa client`: other systems that may call, and what they could not be told."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import typer

from console.options import JsonOption, LangOption, output_of
from console.output import Output
from console.wording_api import CLIENT_TERMS, SCOPES
from dossier.clients import Client, Delivery, DeliveryState, Scope
from dossier.errors import ClientRefused
from flows.integration import open_clients, open_outbox
from flows.settings import settings
from flows.wiring import VIETNAM
from storage.clients import ClientOrder
from storage.ledger import SqlLedger

client = typer.Typer(no_args_is_help=True, help="Hệ thống khác gọi vào (other systems that call).")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


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
    output = output_of(lang, as_json=as_json)
    if not _NAME.fullmatch(name):
        raise ClientRefused(name, "a name is 2 to 40 letters a-z, digits and dashes")
    until = datetime.now(VIETNAM) + timedelta(days=days) if days else None
    order = ClientOrder(name, _scopes(scopes), tuple(counters or ()), purpose.strip(), until)
    clients = open_clients(settings())
    try:
        token = clients.add(order)
    finally:
        clients.close()
    _note("client-added", name, {"scopes": list(order.scopes), "counters": list(order.counters)})
    if output.as_json:
        output.data({"name": name, "token": token})
        return
    output.aside(_word("token_once", output))
    output.text(token)


@client.command("list")
def list_all(as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Liệt kê: quyền, quầy, hạn, lần gọi gần nhất."""
    output = output_of(lang, as_json=as_json)
    clients = open_clients(settings())
    try:
        found = clients.all()
    finally:
        clients.close()
    if output.as_json:
        output.data([_data(each) for each in found])
    elif not found:
        output.text(_word("no_clients", output))
    for each in found if not output.as_json else ():
        counters = ", ".join(each.counters) or "*"
        used = each.last_used_at.isoformat(timespec="minutes") if each.last_used_at else ""
        output.text(
            f"{each.name}  {_state(each, output)}  {' '.join(each.scopes)}  [{counters}]  "
            f"{used or _word('never_used', output)}"
        )


@client.command()
def revoke(name: str, as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Thu hồi mã truy cập của một hệ thống, có hiệu lực ngay."""
    output = output_of(lang, as_json=as_json)
    clients = open_clients(settings())
    try:
        revoked = clients.revoke(name)
    finally:
        clients.close()
    _note("client-revoked", name, {})
    if output.as_json:
        output.data(_data(revoked))
    else:
        output.text(_word("revoked", output).format(name=name))


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
    output = output_of(lang, as_json=as_json)
    box = open_outbox(settings())
    counts = {"redriven": 0, "discarded": 0}
    try:
        for name, said, state in (
            ("redriven", redrive, DeliveryState.DUE),
            ("discarded", discard, DeliveryState.DISCARDED),
        ):
            if said:
                counts[name] = box.settle("" if said == "all" else said, state)
                _note(f"outbox-{name}", said, {"count": counts[name]})
        dead = box.deliveries(state=DeliveryState.DEAD)
    finally:
        box.close()
    if output.as_json:
        output.data({**counts, "dead": [_told(each) for each in dead]})
        return
    for name, said in (("redriven", redrive), ("discarded", discard)):
        if said:
            output.text(_word(name, output).format(count=counts[name]))
    for each in dead:
        output.text("  ".join(str(value) for value in _told(each).values()))
    if not dead:
        output.text(_word("no_dead", output))


def _scopes(said: list[str]) -> tuple[Scope, ...]:
    known = {scope.value: scope for scope in Scope}
    for each in said:
        if each not in known:
            named = "; ".join(f"{scope}: {SCOPES[scope]['en']}" for scope in Scope)
            raise ClientRefused(each, f"is no scope; {named}")
    return tuple(dict.fromkeys(known[each] for each in said))


def _note(action: str, subject: str, detail: dict[str, object]) -> None:
    made = settings()
    ledger = SqlLedger(made.database)
    try:
        ledger.append(made.officer, action, subject, json.dumps(detail, ensure_ascii=False))
    finally:
        ledger.close()


def _state(each: Client, output: Output) -> str:
    if each.revoked_at is not None:
        return _word("ended", output)
    return _word("good" if each.is_good_at(datetime.now(VIETNAM)) else "expired", output)


def _data(each: Client) -> dict[str, Any]:
    def written(at: datetime | None) -> str | None:
        return at.isoformat(timespec="seconds") if at else None

    return {
        "name": each.name,
        "scopes": list(each.scopes),
        "counters": list(each.counters),
        "purpose": each.purpose,
        "created_at": written(each.created_at),
        "expires_at": written(each.expires_at),
        "revoked_at": written(each.revoked_at),
        "last_used_at": written(each.last_used_at),
    }


def _told(each: Delivery) -> dict[str, Any]:
    return {
        "event": each.event.id,
        "kind": each.event.kind,
        "dossier": each.event.dossier,
        "client": each.webhook.client,
        "url": each.webhook.url,
        "at": each.event.at,
        "attempts": each.attempts,
        "trouble": each.trouble,
    }


def _word(name: str, output: Output) -> str:
    return CLIENT_TERMS[name][output.language]
