"""A webhook of Shopify is stored once when the app's secret signed it, for the store that has its shop, or as an orphan."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.utils.dateparse import parse_datetime

from integrations.shopify import connections
from integrations.shopify.connections import ShopConnection
from integrations.shopify.fake.app import App
from integrations.shopify.tokens import Granted
from integrations.webhooks.models import Delivery, Tally
from integrations.webhooks.sealing import open_sealed
from integrations.webhooks.signatures import sign
from stores import connecting
from stores.models import Account, Store
from stores.opening import Wanted, open_store
from stores.rows import rows_of_all_stores
from tests.integrations.desk import Answered, Desk, Headers
from tests.integrations.shopify.conftest import DOMAIN, SECRET
from tests.waiting import wait_for

PATH = "/in/shopify/"
BODY = json.dumps({"id": 2001, "updated_at": "2026-11-29T10:00:02+01:00"}).encode()


def headers(body: bytes = BODY, **changes: Any) -> Headers:
    """Those of a webhook; a value of None leaves one out."""
    values = {
        "topic": "orders/create", "hmac-sha256": sign(body, SECRET).decode(), "shop-domain": DOMAIN, "event-id": "e1",
        "webhook-id": "w1", "triggered-at": "2026-11-29T09:00:02.123456789Z", "api-version": "2026-10",
    } | {name.replace("_", "-"): value for name, value in changes.items()}  # fmt: skip
    return [(f"x-shopify-{name}".encode(), str(value).encode()) for name, value in values.items() if value is not None]


def post(desk: Desk, body: bytes = BODY, **changes: Any) -> Answered:
    answer = desk.post(PATH, body, headers=headers(body, **changes))
    assert answer is not None
    return answer


def row() -> Delivery:
    return rows_of_all_stores(Delivery).get()


def test_a_signed_webhook_is_stored_as_it_came(desk: Desk, connected: ShopConnection) -> None:
    answer = post(desk)
    assert (answer.status, answer.body) == (200, b"{}")
    found = row()
    assert (found.topic, found.subject, found.event_id, found.state) == ("orders/create", "order:2001", "e1", "new")
    assert (found.store_id, found.triggered_at) == (connected.store.id, parse_datetime("2026-11-29T09:00:02.123456Z"))
    assert open_sealed(bytes(found.body), store_id=found.store_id, digest=bytes(found.digest)) == BODY


@pytest.mark.parametrize(
    ("topic", "body", "subject"),
    [
        ("orders/edited", {"order_edit": {"id": 7, "order_id": 2001}}, "order:2001"),
        ("refunds/create", {"id": 3001, "order_id": 2001}, "order:2001"),
        ("orders/delete", {"id": 2001}, "order:2001"),
        ("inventory_levels/update", {"inventory_item_id": 808950810, "location_id": 1}, "inventory:808950810"),
        ("carts/create", {"id": "eeafa272", "token": "eeafa272"}, ""),
    ],
)
def test_webhooks_of_one_order_have_one_subject(
    desk: Desk, connected: ShopConnection, topic: str, body: dict[str, Any], subject: str
) -> None:
    assert post(desk, json.dumps(body).encode(), topic=topic).status == 200
    assert row().subject == subject


def test_both_secrets_are_accepted_while_one_replaces_the_other(
    desk: Desk, connected: ShopConnection, settings: Any
) -> None:
    settings.SHOPIFY_CLIENT_SECRETS = ("shpss_newer", SECRET)
    assert post(desk).status == 200
    assert post(desk, hmac_sha256=sign(BODY, "shpss_newer").decode(), event_id="e2").status == 200
    settings.SHOPIFY_CLIENT_SECRETS = ("shpss_newer",)
    assert post(desk, event_id="e3").status == 401
    assert rows_of_all_stores(Delivery).count() == 2


@pytest.mark.parametrize("kind", ["missing", "empty", "hex", "other secret", "other body", "twice", "without an app"])
def test_a_bad_signature_is_refused_counted_and_not_kept(
    desk: Desk, connected: ShopConnection, settings: Any, kind: str
) -> None:
    good = sign(BODY, SECRET).decode()
    given: dict[str, Any] = {
        "missing": headers(hmac_sha256=None), "empty": headers(hmac_sha256=""),
        "hex": headers(hmac_sha256=base64.b64decode(good).hex()),
        "other secret": headers(hmac_sha256=sign(BODY, "hush").decode()),
        "other body": headers(hmac_sha256=sign(b"{}", SECRET).decode()),
        "twice": [*headers(), (b"x-shopify-hmac-sha256", good.encode())], "without an app": headers(),
    }  # fmt: skip
    if kind == "without an app":
        settings.SHOPIFY_CLIENT_SECRETS = ()
    answer = desk.post(PATH, BODY, headers=given[kind])
    assert answer is not None
    assert answer.status == 401
    assert rows_of_all_stores(Delivery).count() == 0
    wait_for(lambda: rows_of_all_stores(Tally).filter(rejected=1).exists(), "the count of refused requests")


def test_the_signature_is_that_of_the_raw_bytes_however_they_are_cut(desk: Desk, connected: ShopConnection) -> None:
    body = '{"id":2001,"note":"a\u2028b \\/ \\u0026 \u00e9"}'.encode()
    cut = body.index("\u00e9".encode()) + 1
    answer = desk.post(PATH, body[:5], body[5:cut], body[cut:], headers=headers(body))
    assert answer is not None
    assert answer.status == 200
    assert open_sealed(bytes(row().body), store_id=row().store_id, digest=bytes(row().digest)) == body


def test_an_empty_body_is_refused(desk: Desk, connected: ShopConnection) -> None:
    assert post(desk, b"").status == 401


def test_other_methods_and_addresses_are_refused(desk: Desk, connected: ShopConnection) -> None:
    for path, method, status in ((PATH, "GET", 405), ("/in/shopify/more/", "POST", 299)):
        answer = desk.post(path, BODY, headers=headers(), method=method)
        assert answer is not None
        assert answer.status == status


def test_the_same_webhook_on_several_connections_is_one_row(desk: Desk, connected: ShopConnection) -> None:
    assert desk.post_at_once(PATH, [BODY] * 2, [headers()] * 2) == [200, 200]
    assert row().duplicates == 1


def test_a_webhook_is_another_one_by_its_event_its_topic_or_its_own_id(desk: Desk, connected: ShopConnection) -> None:
    changes: list[dict[str, Any]] = [{}, {"event_id": "e2"}, {"topic": "orders/updated"}, {"webhook_id": "w2"}]
    for each in changes:
        assert post(desk, **each).status == 200
    assert rows_of_all_stores(Delivery).count() == 4


def test_a_webhook_without_ids_is_known_by_its_body(desk: Desk, connected: ShopConnection) -> None:
    for body in (BODY, BODY, b'{"id":2002}'):
        assert post(desk, body, event_id=None, webhook_id=None, triggered_at="yesterday").status == 200
    assert rows_of_all_stores(Delivery).count() == 2


@pytest.mark.parametrize("domain", ["other.myshopify.com", "example.com", None])
def test_a_webhook_of_an_unknown_shop_is_an_orphan(desk: Desk, connected: ShopConnection, domain: str | None) -> None:
    assert post(desk, shop_domain=domain).status == 200
    desk.work()
    assert (row().state, row().store_id) == ("orphan", None)


def test_a_webhook_is_never_that_of_another_store(desk: Desk, connected: ShopConnection, app: App) -> None:
    """The header that names the shop is not signed: where the body names the shop as well, both must agree."""
    other = open_store(Account.objects.get(slug="main"), Wanted(name="Other", currency="EUR", platform="shopify"))
    granted = Granted(access="a", refresh="", expires_in=None, scopes=())
    connections.save_connection(other.pk, shop="other.myshopify.com", granted=granted)
    body = json.dumps({"id": 1, "myshopify_domain": "other.myshopify.com"}).encode()
    assert post(desk, body, topic="app/uninstalled").status == 200
    assert (row().state, row().store_id) == ("orphan", None)
    assert post(desk, body, topic="app/uninstalled", shop_domain="other.myshopify.com").status == 200
    assert rows_of_all_stores(Delivery).get(state="new").store_id == other.pk


def test_webhooks_of_a_disconnected_store_are_orphans(desk: Desk, connected: ShopConnection) -> None:
    connecting.disconnect(connected.store.id)
    assert post(desk).status == 200
    assert row().state == "orphan"


def test_a_request_to_erase_the_shop_of_an_erased_store_is_an_orphan(desk: Desk, connected: ShopConnection) -> None:
    Store.objects.filter(pk=connected.store.id).update(status="erased")
    body = json.dumps({"shop_id": 954889, "shop_domain": DOMAIN}).encode()
    assert post(desk, body, topic="shop/redact").status == 200
    assert (row().state, row().store_id) == ("orphan", None)
