"""What `sohoa client` does: other systems that may call, and what they could not be told."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from console.output import Output
from console.wording_api import CLIENT_TERMS
from dossier.clients import Client, Delivery, DeliveryState, Scope
from dossier.errors import InputRefused
from flows.integration import open_clients, open_outbox
from flows.settings import settings
from flows.wiring import VIETNAM
from storage.clients import ClientOrder
from storage.ledger import SqlLedger

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the operator typed."""

    name: str
    scopes: tuple[str, ...]
    counters: tuple[str, ...]
    """None: all."""
    days: int
    """Until it ends; 0: never."""
    purpose: str


def add(asked: Asked, output: Output) -> None:
    """A new system; its token is told once.

    Raises:
        ClientRefused: its name or a scope cannot be.
    """
    if not _NAME.fullmatch(asked.name):
        raise InputRefused(asked.name, "a name is 2 to 40 letters a-z, digits and dashes")
    until = datetime.now(VIETNAM) + timedelta(days=asked.days) if asked.days else None
    order = ClientOrder(asked.name, _scopes(asked.scopes), asked.counters, asked.purpose.strip(), until)
    clients = open_clients(settings())
    try:
        token = clients.add(order)
    finally:
        clients.close()
    _note("client-added", asked.name, {"scopes": list(order.scopes), "counters": list(order.counters)})
    if output.as_json:
        output.data({"name": asked.name, "token": token})
        return
    output.aside(_word("token_once", output))
    output.text(token)


def list_all(output: Output) -> None:
    """Every system: scopes, counters, until when, when it last called."""
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


def revoke(name: str, output: Output) -> None:
    """Its token is good no more, from now on."""
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


def outbox(redrive: str, discard: str, output: Output) -> None:
    """Events that could not be told; first those that are asked for are told again, or given up."""
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


def _scopes(said: Sequence[str]) -> tuple[Scope, ...]:
    known = {scope.value: scope for scope in Scope}
    for each in said:
        if each not in known:
            named = ", ".join(Scope)
            raise InputRefused(each, f"is no scope; {named}")
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
