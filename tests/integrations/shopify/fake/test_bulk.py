"""Bulk operations of the fake shop refuse, run, fail and end as Shopify documents it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from integrations.fakes.server import Reply
from integrations.shopify.fake.bulk import MOST_AT_A_TIME
from integrations.shopify.fake.bulk_query import BY_EDGES, IN_LIST, NO_CONNECTION, NO_ID, ONLY_QUERIES, TOP_LEVEL_NODE
from integrations.shopify.fake.goods import BOOK, MUG, Item
from tests.integrations.shopify.fake.caller import SCOPES, Caller
from tests.integrations.shopify.fake.receiver import ADDRESS, Receiver
from tests.integrations.woocommerce.clock import ShopClock

RUN = """mutation($query: String!) { bulkOperationRunQuery(query: $query) {
    bulkOperation { id status } userErrors { code message } } }"""
READ = """query($id: ID!) { node(id: $id) { ... on BulkOperation {
    status errorCode objectCount rootObjectCount fileSize url partialDataUrl } } }"""
ORDERS = "{ orders { edges { node { id name refunds { id } lineItems { edges { node { id quantity } } } } } } }"


@pytest.fixture
def filled(caller: Caller) -> Caller:
    """Three orders of two lines."""
    for _ in range(3):
        caller.shop.place(Item(MUG), Item(BOOK, 2))
    return caller


def run(caller: Caller, query: str = ORDERS) -> Any:
    return caller.graphql(RUN, query=query)["data"]["bulkOperationRunQuery"]


def read(caller: Caller, operation: Any) -> Any:
    return caller.graphql(READ, id=operation["bulkOperation"]["id"])["data"]["node"]


def ended(caller: Caller, fault: str = "", query: str = ORDERS) -> Any:
    """The operation once it has ended."""
    caller.shop.bulk.faults = [fault]
    operation = run(caller, query)
    caller.shop.bulk.end()
    return read(caller, operation)


def download(caller: Caller, url: str, **headers: str) -> Reply:
    return caller.ask("GET", url.removeprefix(caller.shop.url), headers=headers)


def lines(reply: Reply) -> list[Any]:
    return [json.loads(line) for line in b"".join(reply.content().chunks).splitlines()]


def test_the_lines_of_orders_name_their_parent(filled: Caller) -> None:
    found = ended(filled)
    assert (found["status"], found["objectCount"], found["rootObjectCount"]) == ("COMPLETED", "9", "3")
    order, mug, book = lines(download(filled, found["url"]))[:3]
    assert (order["refunds"], "lineItems" in order) == ([], False)
    assert [(each["__parentId"], each["quantity"]) for each in (mug, book)] == [(order["id"], 1), (order["id"], 2)]


def test_an_operation_is_seen_running_and_sends_a_webhook_at_its_end(filled: Caller, receiver: Receiver) -> None:
    filled.shop.hooks.add("bulk_operations/finish", ADDRESS)
    operation = run(filled)
    assert operation["bulkOperation"]["status"] == "CREATED"
    assert read(filled, operation)["status"] == "CREATED"
    assert read(filled, operation)["status"] == "RUNNING"
    filled.shop.bulk.end()
    filled.shop.deliver()
    [body] = receiver.bodies()
    assert (body["status"], body["admin_graphql_api_id"]) == ("completed", operation["bulkOperation"]["id"])


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ shop { name } }", NO_CONNECTION),
        ("{ node(id: \"gid://shopify/Order/1\") { id } }", TOP_LEVEL_NODE),
        ("{ orders { nodes { id } } }", BY_EDGES),
        ("{ orders { edges { node { name lineItems { edges { node { id } } } } } } }", NO_ID),
        ("{ orders { edges { node { id refunds { refundLineItems { edges { node { id } } } } } } } }", IN_LIST),
        ("mutation { bulkOperationCancel(id: 1) { userErrors { message } } }", ONLY_QUERIES),
    ],
)  # fmt: skip
def test_queries_that_cannot_run_in_bulk_are_refused(caller: Caller, query: str, message: str) -> None:
    assert run(caller, query) == {"bulkOperation": None, "userErrors": [{"code": "INVALID", "message": message}]}


def test_five_run_at_a_time(filled: Caller) -> None:
    operations = [run(filled) for _ in range(MOST_AT_A_TIME)]
    refused = run(filled)
    assert refused["userErrors"][0]["code"] == "OPERATION_IN_PROGRESS"
    assert operations[0]["bulkOperation"]["id"] in refused["userErrors"][0]["message"]
    filled.shop.bulk.end()
    filled.shop.bulk.faults = ["busy"]
    assert run(filled)["userErrors"]
    assert run(filled)["userErrors"] == []


@pytest.mark.parametrize(("fault", "code"), [("failed", "INTERNAL_SERVER_ERROR"), ("timeout", "TIMEOUT")])
def test_an_operation_that_fails_leaves_a_part(filled: Caller, fault: str, code: str) -> None:
    found = ended(filled, fault)
    assert (found["status"], found["errorCode"], found["url"]) == ("FAILED", code, None)
    part = lines(download(filled, found["partialDataUrl"]))
    # The line of the third order and one line of the second are missing.
    assert ["__parentId" in each for each in part] == [False, True, True, False, True]


def test_without_the_scope_an_operation_is_denied(filled: Caller) -> None:
    filled.shop.grant.granted = ("read_orders",)
    found = ended(filled, query="{ orders { edges { node { id customer { id } } } } }")
    assert (found["status"], found["errorCode"]) == ("FAILED", "ACCESS_DENIED")
    assert (found["url"], found["partialDataUrl"]) == (None, None)


def test_children_come_before_their_parent_on_demand(filled: Caller) -> None:
    shuffled = lines(download(filled, ended(filled, "shuffled")["url"]))
    assert len(shuffled) == 9
    assert "__parentId" in shuffled[0]


def test_a_result_expires_on_demand_and_after_seven_days(filled: Caller, clock: ShopClock) -> None:
    assert download(filled, ended(filled, "expired")["url"]).status == 400
    operation = run(filled)
    filled.shop.bulk.end()
    clock.now += timedelta(days=7)
    filled.token = filled.shop.grant.install(*SCOPES)["access_token"]
    assert read(filled, operation)["url"] is None


def test_a_download_breaks_off_once_and_goes_on_from_a_byte(filled: Caller) -> None:
    url = ended(filled, "cut")["url"]
    assert download(filled, url).is_half
    whole = b"".join(download(filled, url).content().chunks)
    rest = download(filled, url, Range="bytes=10-")
    assert (rest.status, b"".join(rest.content().chunks)) == (206, whole[10:])


def test_a_cancelled_operation_has_a_part(filled: Caller) -> None:
    operation = run(filled)
    cancel = "mutation($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { message } } }"
    found = filled.graphql(cancel, id=operation["bulkOperation"]["id"])["data"]["bulkOperationCancel"]
    assert found == {"bulkOperation": {"status": "CANCELING"}, "userErrors": []}
    filled.shop.bulk.end()
    assert read(filled, operation)["status"] == "CANCELED"


def test_nothing_found_has_no_address(caller: Caller) -> None:
    found = ended(caller)
    assert (found["status"], found["objectCount"], found["url"]) == ("COMPLETED", "0", None)
