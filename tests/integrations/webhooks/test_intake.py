"""A webhook is answered with 200 when it is committed, and only then; each one is a row once."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from integrations.webhooks.models import Delivery, Tally
from integrations.webhooks.sealing import open_sealed
from integrations.webhooks.signatures import sign
from integrations.woocommerce import connections
from integrations.woocommerce.connections import ShopConnection
from stores.encryption import Undecipherable, make_key
from stores.keys import read_keyring
from stores.rows import rows_of_all_stores
from tests.integrations.desk import Answered, Desk, Headers
from tests.waiting import wait_for

BODY = json.dumps({"id": 18, "status": "processing"}).encode()


def headers(body: bytes, secret: str, *, topic: str = "order.created", delivery: str = "d1") -> Headers:
    return [
        (b"content-type", b"application/json"), (b"x-wc-webhook-topic", topic.encode()),
        (b"x-wc-webhook-delivery-id", delivery.encode()), (b"x-wc-webhook-signature", sign(body, secret)),
    ]  # fmt: skip


def body_of(row: Delivery) -> bytes:
    return open_sealed(bytes(row.body), store_id=row.store_id, digest=bytes(row.digest))


def path(connected: ShopConnection) -> str:
    return f"/in/woocommerce/{connected.intake_key}/"


def post(desk: Desk, connected: ShopConnection, body: bytes = BODY, **more: Any) -> Answered:
    answer = desk.post(path(connected), body, headers=headers(body, connected.webhook_secrets[0], **more))
    assert answer is not None
    return answer


def test_a_signed_webhook_is_stored_as_it_came(desk: Desk, connected: ShopConnection) -> None:
    answer = post(desk, connected)
    assert (answer.status, answer.body) == (200, b"{}")
    row = rows_of_all_stores(Delivery).get()
    assert BODY not in bytes(row.body)
    assert (body_of(row), row.topic, row.subject, row.event_id) == (BODY, "order.created", "order:18", "d1")
    assert (row.state, row.store_id, row.attempts, row.size) == ("new", connected.store.id, 0, len(BODY))
    assert rows_of_all_stores(Tally).get().accepted == 1


def test_the_signature_is_that_of_the_raw_bytes_however_they_are_cut(desk: Desk, connected: ShopConnection) -> None:
    body = '{"id":7,"a":"\u2028\\/\\u0026 \u20ac"}'.encode()
    cut = body.index(b"\xe2\x82") + 1
    answer = desk.post(path(connected), body[:cut], body[cut:], headers=headers(body, connected.webhook_secrets[0]))
    assert answer is not None
    assert answer.status == 200
    assert body_of(rows_of_all_stores(Delivery).get()) == body


def test_a_ping_is_answered_with_200_and_not_kept(desk: Desk, connected: ShopConnection) -> None:
    form = [(b"content-type", b"application/x-www-form-urlencoded")]
    answer = desk.post(path(connected), b"webhook_id=1", headers=form)
    assert answer is not None
    assert answer.status == 200
    assert rows_of_all_stores(Delivery).count() == 0


def hexadecimal(body: bytes, secret: str) -> bytes:
    return hmac.new(secret.encode(), body, "sha256").hexdigest().encode()


@pytest.mark.parametrize(
    "kind", ["none", "empty", "hex", "other secret", "other body", "two headers", "ping with a body"]
)
def test_a_bad_signature_is_refused_counted_and_not_kept(desk: Desk, connected: ShopConnection, kind: str) -> None:
    secret = connected.webhook_secrets[0]
    name = b"x-wc-webhook-signature"
    good = sign(BODY, secret)
    given: dict[str, Headers] = {
        "none": [], "empty": [(name, b"")], "hex": [(name, hexadecimal(BODY, secret))],
        "other secret": [(name, sign(BODY, "x" * 32))], "other body": [(name, sign(b"{}", secret))],
        "two headers": [(name, good), (name, good)],
        "ping with a body": [(b"content-type", b"application/x-www-form-urlencoded")],
    }  # fmt: skip
    assert base64.b64decode(good) != b""
    answer = desk.post(path(connected), BODY, headers=given[kind])
    assert answer is not None
    assert answer.status == 401
    assert rows_of_all_stores(Delivery).count() == 0
    wait_for(lambda: rows_of_all_stores(Tally).filter(rejected=1).exists(), "the count of refused requests")


def test_the_old_secret_is_accepted_while_it_is_replaced(desk: Desk, connected: ShopConnection) -> None:
    connections.rotate_secret(connected.store.id)
    assert post(desk, connected).status == 200
    renewed = connections.read_connection(connected.store.id)
    assert renewed.webhook_secrets[1] == connected.webhook_secrets[0]
    other = b'{"id":19}'
    answer = desk.post(path(connected), other, headers=headers(other, renewed.webhook_secrets[0]))
    assert answer is not None
    assert answer.status == 200


def test_unknown_addresses_and_methods_are_refused(desk: Desk, connected: ShopConnection) -> None:
    def status(path: str, method: str = "POST") -> int:
        answer = desk.post(path, BODY, method=method)
        assert answer is not None
        return answer.status

    assert status("/in/woocommerce/" + "k" * 32 + "/") == 404
    assert status(path(connected), "GET") == 405
    assert status("/in/woocommerce/auth/") == 299, "Django's"
    assert status("/api/stats") == 299


def test_a_body_above_the_limit_is_refused_declared_or_not(
    desk: Desk, connected: ShopConnection, settings: Any
) -> None:
    settings.INTAKE_MAX_BODY = 100
    declared = desk.post(path(connected), headers=[(b"content-length", b"101")])
    streamed = desk.post(path(connected), b"x" * 60, b"x" * 60)
    assert declared is not None
    assert streamed is not None
    assert (declared.status, streamed.status) == (413, 413)


def test_half_a_body_is_not_kept(desk: Desk, connected: ShopConnection) -> None:
    half = desk.post(path(connected), BODY[:9], headers=headers(BODY, connected.webhook_secrets[0]), leaves=True)
    assert half is None
    assert rows_of_all_stores(Delivery).count() == 0


def test_one_webhook_sent_on_many_connections_at_once_is_one_row(desk: Desk, connected: ShopConnection) -> None:
    signed = headers(BODY, connected.webhook_secrets[0])
    assert desk.post_at_once(path(connected), [BODY] * 20, [signed] * 20) == [200] * 20
    assert rows_of_all_stores(Delivery).get().duplicates == 19
    tally = rows_of_all_stores(Tally).get()
    assert (tally.accepted, tally.duplicates) == (1, 19)


def test_webhooks_with_one_delivery_id_are_rows_of_their_own(desk: Desk, connected: ShopConnection) -> None:
    """WooCommerce gives the same delivery id to all deliveries of a webhook within a second."""
    for number in (11, 12, 13):
        assert post(desk, connected, b'{"id":%d}' % number, topic="product.created").status == 200
    assert post(desk, connected, b'{"id":13}', topic="product.updated").status == 200
    assert rows_of_all_stores(Delivery).count() == 4


def test_all_that_wait_are_stored_together(desk: Desk, connected: ShopConnection) -> None:
    bodies = [b'{"id":%d}' % number for number in range(1, 301)]
    signed = [headers(body, connected.webhook_secrets[0]) for body in bodies]
    assert desk.post_at_once(path(connected), bodies, signed) == [200] * 300
    # A transaction has one number, which is in each of its rows.
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text), count(*) FROM webhooks_delivery")
        transactions, rows = cursor.fetchone()
    assert rows == 300
    assert transactions < 10


def test_a_database_that_does_not_answer_is_said_in_time_and_nothing_is_lost_after_200(
    desk: Desk, connected: ShopConnection
) -> None:
    assert post(desk, connected, b'{"id":1}').status == 200
    parameters = {name: value for name, value in connection.get_connection_params().items() if name != "cursor_factory"}
    with psycopg.connect(**parameters) as other:
        other.execute("LOCK TABLE webhooks_delivery IN ACCESS EXCLUSIVE MODE")
        refused = post(desk, connected, b'{"id":2}')
        other.rollback()
    assert (refused.status, refused.headers[b"retry-after"]) == (503, b"10")
    assert post(desk, connected, b'{"id":2}').status == 200
    assert rows_of_all_stores(Delivery).count() == 2
    # The refused one may have been stored all the same.
    assert rows_of_all_stores(Delivery).filter(subject="order:2").count() == 1


def test_500_webhooks_that_meet_a_silent_database_are_all_refused_and_stored_once_when_sent_again(
    desk: Desk, connected: ShopConnection
) -> None:
    bodies = [b'{"id":%d}' % number for number in range(1, 501)]
    signed = [headers(body, connected.webhook_secrets[0]) for body in bodies]
    parameters = {name: value for name, value in connection.get_connection_params().items() if name != "cursor_factory"}
    # Opened before, so that only its statements wait.
    assert post(desk, connected, b'{"id":501}').status == 200
    with psycopg.connect(**parameters) as other:
        other.execute("LOCK TABLE webhooks_delivery IN ACCESS EXCLUSIVE MODE")
        assert set(desk.post_at_once(path(connected), bodies, signed)) == {503}
        other.rollback()
    assert set(desk.post_at_once(path(connected), bodies, signed)) == {200}
    subjects = rows_of_all_stores(Delivery).values_list("subject", flat=True)
    assert sorted(subjects) == sorted(f"order:{number}" for number in range(1, 502))


def test_a_body_opens_in_its_own_row_only_and_gets_the_new_key(desk: Desk, connected: ShopConnection) -> None:
    post(desk, connected)
    row = rows_of_all_stores(Delivery).get()
    with pytest.raises(Undecipherable):
        open_sealed(bytes(row.body), store_id=connected.store.id + 1, digest=bytes(row.digest))
    call_command("rotate_keys")
    rotated = rows_of_all_stores(Delivery).get()
    assert read_keyring().is_current(bytes(rotated.body))
    assert not read_keyring().is_current(bytes(row.body))
    assert body_of(rotated) == BODY


def test_a_body_whose_key_is_missing_is_tried_again_and_said(
    desk: Desk, connected: ShopConnection, settings: Settings
) -> None:
    post(desk, connected)
    settings.STORES_ENCRYPTION_KEYS = make_key("other")
    desk.work()
    row = rows_of_all_stores(Delivery).get()
    assert (row.state, "STORES_ENCRYPTION_KEYS" in row.message) == ("new", True)
