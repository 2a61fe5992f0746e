"""The lines of a bulk operation are put together to orders, wherever they are and however the file is cut."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from integrations.shopify.bulk import BulkFile, chunks_of, lines_of
from integrations.shopify.fetching import snapshot_of_node
from integrations.syncing.errors import ShopBusy
from orders.plan import plan
from tests.integrations.paths import NEEDS_CAPTURED
from tests.integrations.payloads import CAPTURED
from tests.orders.samples import TERMS, apply


def order(number: int) -> bytes:
    return json.dumps({"__typename": "Order", "id": f"gid://shopify/Order/{number}"}).encode()


def line(number: int, parent: int, kind: str = "LineItem") -> bytes:
    record = {"__typename": kind, "id": f"gid://shopify/{kind}/{number}", "__parentId": f"gid://shopify/Order/{parent}"}
    return json.dumps(record).encode()


def read(*lines: bytes, is_partial: bool = False) -> list[tuple[int, list[int], int]]:
    """Each order with the numbers of its lines, and how many shipping lines it has."""

    def number(record: dict[str, Any]) -> int:
        return int(record["id"].rpartition("/")[2])

    with BulkFile() as file:
        file.read(lines, is_partial=is_partial)
        return [
            (number(each), [number(item) for item in each["lineItems"]], len(each["shippingLines"]))
            for each in file.orders(is_partial=is_partial)
        ]


def test_lines_belong_to_their_order_wherever_they_are() -> None:
    expected = [(2, [21, 22], 1), (1, [11], 0)]
    assert read(order(2), line(21, 2), line(22, 2), line(29, 2, "ShippingLine"), order(1), line(11, 1)) == expected
    assert read(line(11, 1), line(21, 2), order(2), line(29, 2, "ShippingLine"), line(22, 2), order(1)) == expected


def test_the_last_order_of_a_partial_result_may_lack_lines_and_is_left_out() -> None:
    lines = [order(1), line(11, 1), order(2), line(21, 2)]
    assert read(*lines, is_partial=True) == [(1, [11], 0)]
    assert read(*lines, line(22, 2)[:20], is_partial=True) == [(1, [11], 0)]
    assert read(is_partial=True) == []


def test_a_broken_line_of_a_whole_result_has_it_read_again() -> None:
    with pytest.raises(ShopBusy, match="broken line"):
        read(order(1), b'{"id": "gid://shopify/Or')


def test_lines_that_are_not_behind_their_order_are_noticed() -> None:
    for lines, is_grouped in (([order(1), line(11, 1), order(2)], True), ([order(1), order(2), line(11, 1)], False)):
        with BulkFile() as file:
            file.read(lines, is_partial=False)
            assert file.is_grouped is is_grouped


def test_only_a_line_feed_ends_a_line() -> None:
    text = '{"title": "a\u2028b\u0085c"}\n{"title": "\u20ac"}'.encode()
    parts = [text[at : at + 3] for at in range(0, len(text), 3)]
    assert [json.loads(each)["title"] for each in lines_of(parts)] == ["a\u2028b\u0085c", "\u20ac"]


def test_orders_that_were_recorded_before_are_skipped() -> None:
    orders = [{"id": number} for number in range(1, 8)]
    found = [(number, [each["id"] for each in chunk]) for number, chunk in chunks_of(iter(orders), 3, skip=2)]
    assert found == [(5, [3, 4, 5]), (7, [6, 7])]


@NEEDS_CAPTURED
def test_a_captured_result_is_invoiced() -> None:
    lines = (Path(CAPTURED) / "shopify_graphql" / "bulk_orders.jsonl").read_bytes().splitlines()
    with BulkFile() as file:
        file.read(lines, is_partial=False)
        plans = [plan(snapshot_of_node(each), [], TERMS) for each in file.orders(is_partial=False)]
    assert [[str(document.total) for document in apply(made)] for made in plans] == [["9.99"], ["32.88"]]
