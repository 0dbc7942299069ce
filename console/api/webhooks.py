"""Subscriptions to events."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path

from console.api.access import Caller, caller
from console.api.problems import ProblemCode, Refused, told_problems
from console.api.shapes_webhooks import (
    DeliveriesOut,
    DeliveryOut,
    NewWebhookOut,
    PingOut,
    SecretOut,
    WebhookIn,
    WebhookOut,
    WebhooksOut,
)
from dossier.clients import Scope, Webhook
from flows.wiring import VIETNAM
from storage.outbox import SECRET_LIVES_ON
from storage.webhook_line import target_of

MOST_WEBHOOKS: Final = 10
"""Of one client."""
router: Final = APIRouter(tags=["webhooks"])
_MANAGES = caller(Scope.WEBHOOKS_MANAGE)
_KNOWN = (ProblemCode.SCOPE_MISSING, ProblemCode.NOT_FOUND)
Id = Annotated[str, Path(pattern=r"^wh_[0-9a-f]{32}$")]


@router.post(
    "/webhooks",
    status_code=201,
    responses=told_problems(ProblemCode.SCOPE_MISSING, ProblemCode.ADDRESS_REFUSED, ProblemCode.CONFLICT),
)
def subscribe(said: WebhookIn, who: Caller = _MANAGES) -> NewWebhookOut:
    """Be told of changes of the caller's dossiers. The secret is told this once."""
    integration = who.room.integration
    target_of(said.url, integration.line)
    if len(integration.outbox.webhooks(who.client.name)) >= MOST_WEBHOOKS:
        raise Refused(ProblemCode.CONFLICT, f"at most {MOST_WEBHOOKS} webhooks")
    webhook, secret = integration.outbox.subscribe(who.client.name, said.url, sorted(set(said.kinds)))
    _say(who, "webhook-subscribed", webhook)
    return NewWebhookOut(**_shape(webhook).model_dump(), secret=secret)


@router.get("/webhooks", responses=told_problems(ProblemCode.SCOPE_MISSING))
def list_webhooks(who: Caller = _MANAGES) -> WebhooksOut:
    """The caller's subscriptions."""
    return WebhooksOut(items=[_shape(w) for w in who.room.integration.outbox.webhooks(who.client.name)])


@router.delete("/webhooks/{webhook}", status_code=204, responses=told_problems(*_KNOWN))
def unsubscribe(webhook: Id, who: Caller = _MANAGES) -> None:
    """End a subscription; what was not told yet is not told any more."""
    found = _found(who, webhook)
    who.room.integration.outbox.unsubscribe(found)
    _say(who, "webhook-ended", found)


@router.post("/webhooks/{webhook}/secret", responses=told_problems(*_KNOWN))
def rotate(webhook: Id, who: Caller = _MANAGES) -> SecretOut:
    """A new secret. The one before it signs beside it for a day."""
    found = _found(who, webhook)
    secret = who.room.integration.outbox.rotate(found)
    _say(who, "webhook-secret", found)
    return SecretOut(secret=secret, former_until=datetime.now(VIETNAM) + SECRET_LIVES_ON)


@router.post("/webhooks/{webhook}/ping", status_code=202, responses=told_problems(*_KNOWN))
def ping(webhook: Id, who: Caller = _MANAGES) -> PingOut:
    """Tell an event about nothing, to try the line."""
    return PingOut(event=who.room.integration.outbox.ping(_found(who, webhook)))


@router.get("/webhooks/{webhook}/deliveries", responses=told_problems(*_KNOWN))
def deliveries(webhook: Id, who: Caller = _MANAGES) -> DeliveriesOut:
    """How the telling of the newest events stands."""
    found = _found(who, webhook)
    told = who.room.integration.outbox.deliveries(who.client.name)
    return DeliveriesOut(
        items=[
            DeliveryOut(
                event=each.event.id,
                kind=each.event.kind,
                dossier=each.event.dossier,
                at=each.event.at,
                state=each.state,
                attempts=each.attempts,
                trouble=each.trouble,
            )
            for each in told
            if each.webhook.id == found.id
        ]
    )


def _found(who: Caller, webhook: str) -> Webhook:
    return who.room.integration.outbox.webhook(webhook, who.client.name)


def _say(who: Caller, action: str, webhook: Webhook) -> None:
    said = json.dumps({"url": webhook.url, "kinds": list(webhook.kinds)})
    who.room.workshop.ledger.append(who.client.actor, action, webhook.id, said)


def _shape(webhook: Webhook) -> WebhookOut:
    return WebhookOut(
        id=webhook.id, url=webhook.url, kinds=list(webhook.kinds), created_at=webhook.created_at
    )
