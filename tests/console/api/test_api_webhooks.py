"""A client's subscription, from the door to the receiver: told in order, signed, over an end of ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest

from dossier.clients import DeliveryState, DepositOrder
from flows.outbox import Teller
from storage.webhook_signature import SignatureCheck
from tests.api_house import FORM, House, make_house, open_house, opened, picture, uploaded
from tests.receivers import receiver, wait_for


@pytest.fixture
def province(house: House) -> Iterator[httpx.Client]:
    with house.caller("subscriber") as client:
        yield client


def test_a_dossier_is_told_from_its_opening_to_its_verdict(tmp_path: Path) -> None:
    with (
        receiver("500", "cut", "200") as there,
        open_house(tmp_path / "state") as house,
        house.caller() as client,
    ):
        made = client.post("/webhooks", json={"url": there.url}).json()
        opened(client, "TOLD-1")
        uploaded(client, "TOLD-1", house.says(picture(1), *FORM))
        client.post("/dossiers/TOLD-1/begin", json={})
        house.wait()
        box = house.integration.outbox
        for attempt in range(12):
            for delivery in box.deliveries(state=DeliveryState.DUE):
                box.failed(delivery, delivery.trouble, 0.0, given_up=False)
            box.settle("", DeliveryState.DUE)
            box.rest(box.webhooks("province")[0], 0.0)
            Teller(box, house.integration.line).step(2e9 + attempt)
        kinds = [each["kind"] for each in client.get(f"/webhooks/{made['id']}/deliveries").json()["items"]]
        assert kinds[::-1] == ["dossier.opened", "dossier.reading", "dossier.needs_attention"]
    assert there.told == [("TOLD-1", 1)] * 3 + [("TOLD-1", 2), ("TOLD-1", 3)]
    assert len(set(there.ids)) == 3
    check = SignatureCheck([made["secret"]])
    for headers, body in there.calls[2:]:
        check.check(headers, body, float(headers["webhook-timestamp"]))
    assert not any(b"MAU" in body or b"jpg" in body for _, body in there.calls)


def test_the_thread_of_the_service_tells_and_goes_on_after_a_restart(tmp_path: Path) -> None:
    with receiver() as there:
        first = make_house(tmp_path / "state")
        first.token("province")
        first.integration.outbox.subscribe("province", there.url, [])
        found = first.integration.clients.named("province")
        assert found is not None
        first.integration.deposits.open(found, DepositOrder("R-1", "1.001193", "", date(2026, 11, 20)))
        first.integration.close()  # nothing was told yet
        assert there.calls == []
        second = make_house(tmp_path / "state")
        second.integration.go_on()
        wait_for(lambda: there.told == [("R-1", 1)])
        second.integration.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00::1]/",
        "https://192.168.1.1/",
        "http://example.com/",
        "ftp://127.0.0.1/",
        "https://127.0.0.1.nip.invalid/",
        "javascript:alert(1)",
        "x",
    ],
)
def test_addresses_within_are_refused_at_the_door(province: httpx.Client, url: str) -> None:
    reply = province.post("/webhooks", json={"url": url})
    assert (reply.status_code, reply.json()["code"]) == (422, "address_refused")


def test_subscriptions_are_their_clients_own(house: House, province: httpx.Client) -> None:
    with receiver() as there:
        made = province.post("/webhooks", json={"url": there.url, "kinds": ["dossier.archived"]}).json()
    assert made["secret"].startswith("whsec_")
    listed = province.get("/webhooks").json()["items"]
    assert [each["id"] for each in listed] == [made["id"]]
    assert "secret" not in listed[0]
    rotated = province.post(f"/webhooks/{made['id']}/secret").json()
    assert rotated["secret"] != made["secret"]
    ping = province.post(f"/webhooks/{made['id']}/ping")
    assert ping.status_code == 202
    told = province.get(f"/webhooks/{made['id']}/deliveries").json()["items"]
    assert [(each["event"], each["kind"], each["state"]) for each in told] == [
        (ping.json()["event"], "webhook.ping", "due")
    ]
    with house.caller("other-subscriber") as other:
        for method, path in (("DELETE", ""), ("POST", "/secret"), ("POST", "/ping"), ("GET", "/deliveries")):
            assert other.request(method, f"/webhooks/{made['id']}{path}").status_code == 404
    assert province.delete(f"/webhooks/{made['id']}").status_code == 204
    assert province.get("/webhooks").json()["items"] == []
    assert province.post("/webhooks", json={"url": there.url, "kinds": ["dossier.eaten"]}).status_code == 422


def test_a_client_has_so_many_subscriptions_and_no_more(house: House) -> None:
    with house.caller("greedy") as greedy:
        codes = [greedy.post("/webhooks", json={"url": "http://127.0.0.1:9/"}).status_code for _ in range(11)]
    assert codes == [201] * 10 + [409]
