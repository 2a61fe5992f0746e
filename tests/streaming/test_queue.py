"""The window of coming rows in Redis may be lost or corrupted at any moment; the shown rows stay right."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from runtime import redis
from streaming import names, pacer, queue
from streaming.display import display
from streaming.layers import notification_layer
from streaming.names import queue_key
from streaming.rows import Row
from tests.streaming.ledger import numbers, shown_positions
from tests.waiting import HANG_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 30


@pytest.fixture
def key(announce: Callable[[int], None]) -> str:
    """The demo feed's window, with thirty rows announced."""
    announce(COUNT)
    return queue_key(display("demo").epoch, "demo")


def number_at(position: int) -> str:
    row = queue.next_row(display("demo").epoch, "demo", position, COUNT)
    assert row is not None
    return number_in(row)


def number_in(row: Row) -> str:
    assert row.item is not None
    return str(json.loads(row.item)["invoice_number"])


def test_a_window_is_filled_once_for_many_rows(
    key: str, django_assert_num_queries: Callable[..., CaptureQueriesContext]
) -> None:
    expected = numbers()
    epoch = display("demo").epoch
    with django_assert_num_queries(2):
        found = [queue.next_row(epoch, "demo", position, COUNT) for position in range(1, COUNT + 1)]
    assert [number_in(row) for row in found if row] == expected


def test_a_window_is_bounded_and_forgotten_by_itself(
    key: str, announce: Callable[[int], None], redis_client: Any
) -> None:
    announce(3000)
    epoch = display("demo").epoch
    for position in range(1, 2000, 150):
        queue.next_row(epoch, "demo", position, 3000 + COUNT)
    assert redis_client.zcard(key) == queue.WINDOW
    assert 0 < redis_client.ttl(key) <= queue.EXPIRE_SECONDS


def wipe(client: Any, key: str) -> None:
    client.flushall()


def shift(client: Any, key: str) -> None:
    """Every row at the place of another."""
    for member, score in client.zrange(key, 0, -1, withscores=True):
        client.zadd(key, {member: score + 1})


def swap_texts(client: Any, key: str) -> None:
    """Rows that name their own position, with another's text."""
    found = client.zrange(key, 0, -1, withscores=True)
    for (member, score), (other, _) in zip(found, reversed(found), strict=True):
        client.zrem(key, member)
        client.zadd(key, {member.partition(b" ")[0] + b" " + other.partition(b" ")[2]: score})


def scribble(client: Any, key: str) -> None:
    """Unreadable members, below and above every row."""
    for position in range(COUNT + 1):
        client.zadd(
            key, {f" {position}": position, f"{position} null": position, b"\xff\xfe " + bytes([position]): position}
        )


def crowd_out(client: Any, key: str) -> None:
    client.zadd(key, {f"noise {index}": -index for index in range(1200)})


def take_its_place(client: Any, key: str) -> None:
    """A key that is not a window."""
    client.set(key, "not a window")


def borrow_from_another_database(client: Any, key: str) -> None:
    for position in range(1, COUNT + 1):
        client.zadd(key, {queue._seal(b'{"invoice_number":"OTHER"}', queue_key("other", "demo"), position): position})


SPOILERS = [wipe, shift, swap_texts, scribble, crowd_out, take_its_place, borrow_from_another_database]


@pytest.mark.parametrize("spoil", SPOILERS)
def test_a_corrupt_window_is_not_trusted(key: str, redis_client: Any, spoil: Callable[[Any, str], None]) -> None:
    expected = numbers()
    assert number_at(1) == expected[0]
    spoil(redis_client, key)
    assert [number_at(position) for position in range(1, COUNT + 1)] == expected


def test_spoilt_between_steps_a_window_never_shows_a_wrong_row(
    key: str, rate: Callable[[float], None], redis_client: Any
) -> None:
    """The notifications to the screens name the invoices in their order, without one missing."""
    rate(1000)
    random = Random(7)
    listener = redis_client.pubsub(ignore_subscribe_messages=True)
    listener.subscribe(f"invoicedash__group__{names.GROUP}")
    listener.get_message(timeout=HANG_SECONDS)
    while display("demo").queued_count:
        random.choice(SPOILERS)(redis_client, key)
        pacer.step("demo")
    redis_client.publish(f"invoicedash__group__{names.GROUP}", b"until here")
    received = []
    while (message := listener.get_message(timeout=HANG_SECONDS)) is None or message["data"] != b"until here":
        received += [notification_layer().deserialize(message["data"])] if message else []
    listener.close()
    shown = [message for message in received if message["type"] == "feed.shown"]
    assert [(message["seq"], json.loads(message["item"])["invoice_number"]) for message in shown] == list(
        enumerate(numbers(), start=1)
    )
    assert shown_positions() == list(range(1, COUNT + 1))


def test_rows_come_from_postgresql_while_redis_is_away(key: str, without_redis: None) -> None:
    assert [number_at(position) for position in (1, 2, COUNT)] == [numbers()[index] for index in (0, 1, COUNT - 1)]


def test_a_refusal_of_redis_does_not_prevent_the_next_attempt(redis_client: Any) -> None:
    """An answer that says no is an answer: only silence makes the next calls do without."""
    redis_client.set("text", "x")
    assert redis.attempt(lambda client: client.zcard("text")) is None
    assert redis.attempt(lambda client: client.get("text")) == b"x"


def test_an_absent_redis_costs_one_attempt_and_then_nothing_for_a_while(without_redis: None) -> None:
    tries = 0

    def ping(client: Any) -> Any:
        nonlocal tries
        tries += 1
        return client.ping()

    assert [redis.attempt(ping) for _ in range(5)] == [None] * 5
    assert tries == 1
    assert not redis.is_up()
