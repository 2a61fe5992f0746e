"""The GraphQL API of the fake shop checks, prices and answers queries as Shopify documents it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from integrations.shopify.fake.bucket import MOST_POINTS, POINTS_PER_SECOND
from integrations.shopify.fake.goods import BOOK, MUG, STOCKED, Item
from integrations.shopify.fake.shop import FakeShopify
from tests.integrations.shopify.fake.caller import SCOPES, Caller
from tests.integrations.shopify.fake.receiver import ADDRESS
from tests.integrations.woocommerce.clock import ShopClock

CHANGED = """query($query: String!, $after: String) {
    orders(first: 2, after: $after, query: $query, sortKey: UPDATED_AT) {
        nodes { id legacyResourceId } pageInfo { hasNextPage endCursor } } }"""
SUBSCRIBE = """mutation($topic: WebhookSubscriptionTopic!, $uri: String!) {
    webhookSubscriptionCreate(topic: $topic, webhookSubscription: {uri: $uri, format: JSON}) {
        webhookSubscription { id topic uri } userErrors { message } } }"""
SUBSCRIPTIONS = "{ webhookSubscriptions(first: 50) { nodes { id topic uri } } }"


def ids(answer: Any) -> list[int]:
    return [int(node["legacyResourceId"]) for node in answer["data"]["orders"]["nodes"]]


def test_the_shop_says_who_it_is_and_what_it_grants(caller: Caller) -> None:
    query = "{ shop { myshopifyDomain currencyCode ianaTimezone } currentAppInstallation { accessScopes { handle } } }"
    data = caller.graphql(query)["data"]
    assert data["shop"] == {
        "myshopifyDomain": "example.myshopify.com", "currencyCode": "EUR", "ianaTimezone": "Europe/Berlin"
    }  # fmt: skip
    assert tuple(each["handle"] for each in data["currentAppInstallation"]["accessScopes"]) == SCOPES


def test_subscriptions_are_made_once_listed_and_deleted(caller: Caller) -> None:
    made = caller.graphql(SUBSCRIBE, topic="INVENTORY_LEVELS_UPDATE", uri=ADDRESS)["data"]["webhookSubscriptionCreate"]
    again = caller.graphql(SUBSCRIBE, topic="INVENTORY_LEVELS_UPDATE", uri=ADDRESS)["data"]["webhookSubscriptionCreate"]
    assert again["userErrors"] == [{"message": "Address for this topic has already been taken"}]
    assert caller.graphql(SUBSCRIPTIONS)["data"]["webhookSubscriptions"]["nodes"] == [made["webhookSubscription"]]
    assert [each.topic for each in caller.shop.hooks.all.values()] == ["inventory_levels/update"]
    delete = "mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId } }"
    caller.graphql(delete, id=made["webhookSubscription"]["id"])
    assert caller.shop.hooks.all == {}


def test_an_order_that_moves_between_two_pages_is_still_seen(caller: Caller, clock: ShopClock) -> None:
    orders = []
    for _ in range(5):
        orders.append(caller.shop.place(is_paid=False))
        clock.move()
    since = f"updated_at:>='{orders[1].changed_at.isoformat()}'"
    first = caller.graphql(CHANGED, query=since)
    caller.shop.pay(orders[1])
    second = caller.graphql(CHANGED, query=since, after=first["data"]["orders"]["pageInfo"]["endCursor"])
    third = caller.graphql(CHANGED, query=since, after=second["data"]["orders"]["pageInfo"]["endCursor"])
    seen = [ids(each) for each in (first, second, third)]
    assert seen == [[orders[n].id for n in page] for page in ((1, 2), (3, 4), (1,))]
    assert third["data"]["orders"]["pageInfo"]["hasNextPage"] is False


def test_what_the_schema_does_not_have_is_refused(caller: Caller) -> None:
    assert "orderz" in caller.graphql("{ orderz { id } }")["errors"][0]["message"]
    answer = caller.graphql(CHANGED, query="colour:red")
    assert answer["data"] is None
    assert "colour" in answer["errors"][0]["message"]
    assert "provide one of first" in caller.graphql("{ orders { nodes { id } } }")["errors"][0]["message"]


def test_fields_need_their_scope(shop: FakeShopify) -> None:
    caller = Caller(shop, "read_orders")
    shop.place()
    answer = caller.graphql(
        "{ orders(first: 1) { nodes { name customer { id } } } locations(first: 1) { nodes { id } } }"
    )
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["ACCESS_DENIED", "ACCESS_DENIED"]
    # `locations` may not be null, so nothing else is answered either; an order without its customer is.
    assert answer["data"] is None
    answer = caller.graphql("{ orders(first: 1) { nodes { name customer { id } } } }")
    assert answer["data"]["orders"]["nodes"][0]["customer"] is None


def test_orders_of_more_than_60_days_ago_need_a_scope(shop: FakeShopify, clock: ShopClock) -> None:
    old = shop.place()
    clock.now += timedelta(days=61)
    new = shop.place()
    count = "{ ordersCount { count } }"
    recent, all_of_them = Caller(shop, "read_orders"), Caller(shop, "read_orders", "read_all_orders")
    assert ids(all_of_them.graphql(CHANGED, query="")) == [old.id, new.id]
    assert all_of_them.graphql(count)["data"]["ordersCount"]["count"] == 2
    shop.grant.granted = ("read_orders",)
    assert ids(recent.graphql(CHANGED, query="")) == [new.id]
    assert (
        recent.graphql("query($id: ID!) { order(id: $id) { id } }", id=f"gid://shopify/Order/{old.id}")["data"]["order"]
        is None
    )


def test_nodes_are_read_by_their_ids(caller: Caller) -> None:
    order = caller.shop.place(Item(MUG, 2), Item(BOOK))
    refund = caller.shop.refund(order, (order.lines[0], 1))
    ids = [f"gid://shopify/Order/{order.id}", f"gid://shopify/Refund/{refund.id}", "gid://shopify/Order/1"]
    query = """query($ids: [ID!]!) { nodes(ids: $ids) {
        ... on Order { name lineItems(first: 5) { nodes { title } } }
        ... on Refund { totalRefundedSet { shopMoney { amount } } refundLineItems(first: 5) { nodes { quantity } } } } }"""
    assert caller.graphql(query, ids=ids)["data"]["nodes"] == [
        {"name": f"#{order.number}", "lineItems": {"nodes": [{"title": "Mug"}, {"title": "Book"}]}},
        {"totalRefundedSet": {"shopMoney": {"amount": "9.99"}}, "refundLineItems": {"nodes": [{"quantity": 1}]}},
        None,
    ]


def test_amounts_have_no_more_decimals_than_needed(caller: Caller) -> None:
    order = caller.shop.place(Item(BOOK))
    query = "query($id: ID!) { order(id: $id) { totalPriceSet { shopMoney { amount } } totalTaxSet { shopMoney { amount } } } }"
    found = caller.graphql(query, id=f"gid://shopify/Order/{order.id}")["data"]["order"]
    assert (order.total, found["totalPriceSet"]["shopMoney"]["amount"]) == (Decimal("12.90"), "12.9")


def test_stock_is_read_by_item_and_level(caller: Caller) -> None:
    caller.shop.set_stock(MUG, 3)
    query = """{ inventoryItems(first: 10) { nodes { id sku tracked variant { displayName } inventoryLevels(first: 5) {
        nodes { location { name } quantities(names: ["available"]) { quantity } } } } } }"""
    found = caller.graphql(query)["data"]["inventoryItems"]["nodes"]
    assert [each["sku"] for each in found] == [each.sku for each in STOCKED]
    assert found[0]["inventoryLevels"]["nodes"] == [
        {"location": {"name": "Warehouse"}, "quantities": [{"quantity": 3}]}
    ]


def test_a_query_costs_what_it_may_find_and_gets_back_what_it_did_not(caller: Caller) -> None:
    caller.shop.place()
    cost = caller.graphql("{ orders(first: 10) { nodes { id lineItems(first: 5) { nodes { id } } } } }")["extensions"][
        "cost"
    ]
    # 2 for the connection, and ten times an order with a connection of five lines.
    assert cost["requestedQueryCost"] == 2 + 10 * (1 + 2 + 5)
    assert cost["actualQueryCost"] < cost["requestedQueryCost"]
    assert cost["throttleStatus"]["currentlyAvailable"] == MOST_POINTS - cost["actualQueryCost"]


def test_one_query_may_not_cost_more_than_a_thousand(caller: Caller) -> None:
    answer = caller.graphql("{ orders(first: 250) { nodes { lineItems(first: 10) { nodes { id } } } } }")
    assert answer["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"


def test_an_empty_bucket_throttles_and_fills_with_time(caller: Caller, clock: ShopClock) -> None:
    assert caller.shop.bucket.take(MOST_POINTS)
    answer = caller.graphql("{ shop { name } }")
    assert answer["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert answer["extensions"]["cost"]["actualQueryCost"] is None
    clock.move(1)
    assert caller.shop.bucket.available == POINTS_PER_SECOND
    assert caller.graphql("{ shop { name } }")["data"]


def test_answers_have_faults_on_demand(caller: Caller) -> None:
    caller.shop.faults.answers = ["throttled", 429, 500, "half"]
    assert caller.graphql("{ shop { name } }")["errors"][0]["message"] == "Throttled"
    limited = caller.send("{ shop { name } }")
    assert (limited.status, limited.headers["Retry-After"]) == (429, "2.0")
    assert caller.send("{ shop { name } }").status == 500
    assert caller.send("{ shop { name } }").is_half
    assert caller.graphql("{ shop { name } }")["data"]
