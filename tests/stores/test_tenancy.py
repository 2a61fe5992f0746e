"""No address reveals the rows of another account, or that they exist: owner, mate, viewer, stranger, outsider, anonymous.

`tests/accounts/test_addresses.py` has a line for each address; this test visits those that concern one store with its
real names, and compares what a stranger gets with what does not exist.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django_scopes.exceptions import ScopeError
from pytest_django import Settings

from commerce.models import Cart, Customer, Movement, Product, StockLevel, Variant
from commerce.records.models import MODELS as RECORDS
from integrations.pipes.models import Batch, Pipe, Stream, Transaction
from integrations.pipes.pushing import Push, push
from integrations.pipes.working import take_next
from integrations.shopify.models import Connection as ShopifyConnection
from integrations.shopify.models import FinishedOperation, StockItem
from integrations.syncing.models import SyncRun, SyncState
from integrations.webhooks.models import Delivery, Tally
from integrations.webhooks.sealing import seal
from integrations.woocommerce import connections
from integrations.woocommerce.models import Connection
from jobs.models import Job
from jobs.operations import enqueue
from orders.models import Order, OrderDocument, OrderTotal
from orders.recording import record
from quality.record_rules import add_rule
from quality.records import Drift, HeldRecord, RecordRule, SourceDay
from stores.letterheads import set_logo
from stores.members.models import Membership
from stores.members.sockets import is_for_everyone, may_follow
from stores.models import Credential
from stores.queries import read_store
from stores.rows import rows_of
from streaming import feed as feeds
from tests.accounts.test_addresses import RIGHTS as ADDRESSES
from tests.accounts.test_addresses import SIGNED_IN
from tests.orders.samples import order
from tests.stores.conftest import PEOPLE, Two

FEED = "store-nord-shop"
OK, REFUSED, ABSENT, LOGIN = "ok", 403, 404, 401
# Address, body, then the answer to: owner, mate, viewer, stranger, outsider, anonymous.
MEMBERS_READ = (OK, OK, OK, ABSENT, ABSENT, LOGIN)
ADMINS_WRITE = (OK, OK, REFUSED, ABSENT, ABSENT, LOGIN)
# Groups alone open the calls about feeds: without a group and a membership, every feed is refused alike.
FEED_READ = (OK, OK, OK, REFUSED, REFUSED, LOGIN)
FEED_WRITE = (OK, OK, REFUSED, REFUSED, REFUSED, LOGIN)
# A page of the user's own accounts: it says so where there is none.
OWN_PAGE = (OK, OK, OK, OK, OK, 302)
# A page of one store.
STORE_PAGE = (OK, OK, OK, ABSENT, ABSENT, 302)
RULE = {"entity": "suppliers", "kind": "required", "field": "country"}
PUSHED = {"store": "nord-shop", "source_id": "shop", "data_type": "suppliers", "data": [{"supplier_id": "S1"}]}
LINES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("GET /stores/", None, OWN_PAGE),
    ("GET /stores/connect/", None, OWN_PAGE),
    ("GET /stores/connect/shopify/", None, OWN_PAGE),
    ("GET /account/", None, OWN_PAGE),
    ("POST /api/sellers/lint", {"name": "x"}, (OK, OK, OK, OK, OK, LOGIN)),
    ("GET /stores/nord-shop/", None, STORE_PAGE),
    ("GET /stores/nord-shop/inbox/", None, STORE_PAGE),
    ("GET /stores/nord-shop/letterhead/", None, STORE_PAGE),
    ("GET /api/stores/nord-shop/metrics?name=items", None, MEMBERS_READ),
    ("GET /api/account?account=nordwind", None, MEMBERS_READ),
    ("PATCH /api/account?account=nordwind", {"name": "Nordwind"}, ADMINS_WRITE),
    ("GET /api/account/members?account=nordwind", None, MEMBERS_READ),
    ("POST /api/account/members?account=nordwind", {"username": "x"}, ADMINS_WRITE),
    ("PATCH /api/account/members/{member}?account=nordwind", {"role": "viewer"}, ADMINS_WRITE),
    ("DELETE /api/account/members/{member}?account=nordwind", None, MEMBERS_READ),
    ("POST /api/account/invitations?account=nordwind", {"email": "a@b.de"}, ADMINS_WRITE),
    ("GET /api/account/invitations?account=nordwind", None, MEMBERS_READ),
    ("DELETE /api/account/invitations/1?account=nordwind", None, MEMBERS_READ),
    ("GET /api/stores?account=nordwind", None, MEMBERS_READ),
    ("POST /api/stores?account=nordwind", {"name": "New", "currency": "EUR"}, ADMINS_WRITE),
    ("GET /api/stores/nord-shop", None, MEMBERS_READ),
    ("PATCH /api/stores/nord-shop", {"name": "Nord Shop"}, ADMINS_WRITE),
    ("PUT /api/stores/nord-shop/logo", {}, ADMINS_WRITE),
    ("GET /api/stores/nord-shop/logo", None, MEMBERS_READ),
    ("DELETE /api/stores/nord-shop/logo", None, ADMINS_WRITE),
    ("POST /api/stores/nord-shop/pause", None, ADMINS_WRITE),
    ("POST /api/stores/nord-shop/resume", None, ADMINS_WRITE),
    ("POST /api/stores/nord-shop/disconnect", None, ADMINS_WRITE),
    ("DELETE /api/stores/nord-shop", None, ADMINS_WRITE),
    ("GET /api/stores/nord-shop/orders", None, MEMBERS_READ),
    ("GET /api/stores/nord-shop/orders/18", None, MEMBERS_READ),
    ("GET /api/stores/nord-shop/deliveries", None, MEMBERS_READ),
    ("GET /api/stores/nord-shop/deliveries/{delivery}", None, ADMINS_WRITE),
    ("POST /api/stores/nord-shop/deliveries/{delivery}/replay", None, ADMINS_WRITE),
    ("POST /api/stores/nord-shop/deliveries/replay", {}, ADMINS_WRITE),
    ("POST /api/stores/nord-shop/connect", {"url": "https://shop.example.com"}, ADMINS_WRITE),
    ("GET /api/stores/nord-shop/health", None, MEMBERS_READ),
    ("POST /api/stores/nord-shop/sync", {}, ADMINS_WRITE),
    ("GET /api/stores/nord-shop/stock", None, MEMBERS_READ),
    ("GET /api/stores/nord-shop/names?numbers=NORD-SHOP-000001", None, ADMINS_WRITE),
    ("PUT /api/stores/nord-shop/names", {"shown": True}, ADMINS_WRITE),
    ("POST /api/v1/ingest/batch?store=nord-shop", PUSHED, ADMINS_WRITE),
    ("POST /api/v1/ingest/stream?store=nord-shop&source_id=shop&data_type=suppliers", PUSHED, ADMINS_WRITE),
    ("GET /api/v1/ingest/batches?store=nord-shop", None, MEMBERS_READ),
    ("GET /api/v1/ingest/batches/{batch}", None, MEMBERS_READ),
    ("GET /api/v1/rules?store=nord-shop", None, MEMBERS_READ),
    ("POST /api/v1/rules?store=nord-shop", RULE, ADMINS_WRITE),
    ("POST /api/v1/rules/try?store=nord-shop", RULE, ADMINS_WRITE),
    ("PATCH /api/v1/rules/{rule}?store=nord-shop", {"severity": "warn"}, ADMINS_WRITE),
    ("DELETE /api/v1/rules/{rule}?store=nord-shop", None, ADMINS_WRITE),
    ("GET /api/v1/quality?store=nord-shop", None, MEMBERS_READ),
    ("GET /api/v1/quality/held?store=nord-shop", None, MEMBERS_READ),
    ("POST /api/v1/quality/held/replay?store=nord-shop", {}, ADMINS_WRITE),
    ("GET /api/v1/quality/held/{held}?store=nord-shop", None, ADMINS_WRITE),
    ("POST /api/v1/quality/held/{held}?store=nord-shop", {"action": "replay"}, ADMINS_WRITE),
    ("GET /api/jobs/{job}", None, MEMBERS_READ),
    ("POST /api/jobs/{job}/cancel", None, ADMINS_WRITE),
    (f"GET /api/stats?feed={FEED}", None, FEED_READ),
    (f"GET /api/stats/history?feed={FEED}", None, FEED_READ),
    (f"GET /api/system/status?feed={FEED}", None, FEED_READ),
    (f"GET /api/invoices?feed={FEED}", None, FEED_READ),
    (f"GET /api/journal?month=2026-10&feed={FEED}", None, FEED_READ),
    (f"PUT /api/feed?feed={FEED}", {"mode": "every"}, FEED_WRITE),
    (f"POST /api/control/skip?feed={FEED}", None, FEED_WRITE),
    (f"POST /api/control/reset?feed={FEED}", None, FEED_WRITE),
]
# An answer about the values of the call: the caller is let in.
# 400: a redirect that is not one of Shopify.
LET_IN = {200, 201, 202, 204, 400, 409, 422}


@pytest.fixture
def used(two: Two) -> dict[str, int]:
    """The store has a shop, an order, a webhook and a job; ids by their names in `LINES`. The member is the viewer."""
    store = read_store("nord-shop")
    set_logo(store.id, b"a picture")
    connections.save_connection(store.id, url="http://127.0.0.1:1", consumer_key="ck", consumer_secret="cs")
    record(store, order())
    made = rows_of(Delivery, store.id).create(
        store_id=store.id, platform="woocommerce", topic="order.updated", subject="order:18", digest=b"1", event_id="",
        body=seal(b"{}", store_id=store.id, digest=b"1"), size=2, state="new",
    )  # fmt: skip
    push(store, Push(source="shop", data_type="suppliers", lines=["{}"], fingerprint=b"1"))
    take_next()
    rule = add_rule(
        store.id, {"data_type": "suppliers", "kind": "required", "field": "name", "severity": "warn"}, by=""
    )
    job = enqueue("woocommerce-poll", {"store": store.slug}, store_id=store.id)
    batch = rows_of(Batch, store.id).get(pipe__name="shop").pk
    member = Membership.objects.get(account__slug="nordwind", user__username="the viewer")
    held = rows_of(HeldRecord, store.id).get().pk
    return {"delivery": made.pk, "job": job.pk, "batch": batch, "rule": rule.pk, "held": held, "member": member.pk}


def ask(client: Client, line: str, body: Any) -> Any:
    method, path = line.split(" ")
    text = "" if body is None else json.dumps(body)
    return client.generic(method, path, text, content_type="application/json")


def operator(role: str = "admin") -> Client:
    """A user of the groups, who belongs to the default account alone."""
    user = User.objects.create_user(f"group {role}")
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(("line", "body", "answers"), LINES, ids=[line[0] for line in LINES])
def test_each_person_gets_what_the_line_says(
    two: Two, used: dict[str, int], line: str, body: Any, answers: tuple[Any, ...]
) -> None:
    line = line.format(**used)
    # The owner comes last: what the owner does must not change the answers to the others.
    for name, wanted in reversed(list(zip(PEOPLE, answers, strict=True))):
        answer = ask(two.clients[name], line, body)
        is_value = answer.status_code == 404 and any(
            each in line for each in ("/account/members/", "/invitations/1", "/rules/")
        )
        if wanted == OK:
            assert answer.status_code in LET_IN or is_value, f"{name}: {line} answered {answer.status_code}"
        else:
            assert answer.status_code == wanted, f"{name}: {line} answered {answer.status_code}"


def test_every_address_of_accounts_and_stores_has_a_line() -> None:
    wanted = {line for line, right in ADDRESSES.items() if right == SIGNED_IN}
    names = (
        (" /stores/nord-shop", " /stores/<store:slug>"),
        ("nord-shop", "{slug}"), ("{member}", "{member_id}"), ("invitations/1", "invitations/{invitation_id}"),
        ("orders/18", "orders/{external_id}"), ("{delivery}", "{delivery_id}"), ("{job}", "{job_id}"),
        ("{batch}", "{batch_id}"), ("{rule}", "{rule_id}"), ("{held}", "{held_id}"),
    )  # fmt: skip
    visited = {line.partition("?")[0] for line, _, _ in LINES}
    for real, pattern in names:
        visited = {line.replace(real, pattern) for line in visited}
    assert sorted(wanted - visited) == []


@pytest.mark.parametrize(
    ("path", "shown"), [("/stores/", "Nord Shop"), ("/stores/connect/", "nordwind"), ("/account/", "the owner")]
)
def test_a_page_of_own_accounts_has_nothing_of_others(two: Two, path: str, shown: str) -> None:
    assert shown in two.call("owner", "GET", path).content.decode()
    for name in ("stranger", "outsider"):
        assert "nord" not in two.call(name, "GET", path).content.decode().lower(), name


@pytest.mark.parametrize("line", [line[0] for line in LINES if "/nord-shop" in line[0]])
def test_a_stranger_cannot_distinguish_a_store_from_none(two: Two, line: str) -> None:
    body = {"name": "Nord Shop"} if line.startswith("PATCH") else None
    real = ask(two.clients["stranger"], line, body)
    none = ask(two.clients["stranger"], line.replace("nord-shop", "nord-shup"), body)
    assert real.status_code == none.status_code
    assert real.content.decode().replace("nord-shop", "nord-shup") == none.content.decode()


@pytest.mark.parametrize(
    "line",
    [
        f"GET /?feed={FEED}",
        f"GET /wall/?feed={FEED}",
        f"GET /system/?feed={FEED}",
        f"GET /api/stats?feed={FEED}",
        f"GET /api/stats/history?feed={FEED}",
        f"GET /api/system/status?feed={FEED}",
        f"GET /api/invoices?feed={FEED}",
        f"GET /api/exports/invoices.csv?feed={FEED}",
        f"PUT /api/feed?feed={FEED}",
        f"POST /api/control/skip?feed={FEED}",
        f"POST /api/control/reset?feed={FEED}",
        "GET /api/invoices/NORD-SHOP-000001",
        "GET /api/invoices/NORD-SHOP-000001.pdf",
        "GET /api/invoices/NORD-SHOP-000001.xml",
        "PATCH /api/series/NORD-SHOP",
        "GET /api/stores/nord-shop",
        "DELETE /api/stores/nord-shop",
    ],
)
def test_for_an_operator_of_the_default_account_the_store_does_not_exist(two: Two, line: str) -> None:
    record(read_store("nord-shop"), order())
    body = {"name": "x"} if "stores" in line else {"yearly": False} if "series" in line else {}
    assert ask(operator(), line, None if line.startswith(("GET", "DELETE")) else body).status_code == 404


def test_lists_of_an_operator_have_nothing_of_the_store(two: Two) -> None:
    record(read_store("nord-shop"), order())
    client = operator()
    for path in ("/api/series", "/api/stores", "/api/replays", "/api/system/queues", "/api/invoices?feed=live", "/"):
        answer = client.get(path).content.decode()
        assert "NORD" not in answer, path
        assert "nord-shop" not in answer, path


def test_a_document_cannot_be_posted_in_the_series_of_another_account(two: Two) -> None:
    body = {
        "series": "NORD-SHOP", "currency": "EUR", "seller": {"name": "S"}, "buyer": {"name": "B"},
        "lines": [{"description": "Mug", "quantity": 1, "unit_price": 4.15, "vat_rate": 0.15}],
    }  # fmt: skip
    client = operator()
    real = ask(client, "POST /api/invoices", body)
    none = ask(client, "POST /api/invoices", body | {"series": "NORD-SHUP"})
    assert real.status_code == none.status_code == 422
    assert real.json()["errors"][0]["message"].replace("SHOP", "SHUP") == none.json()["errors"][0]["message"]


def test_figures_of_an_operator_name_no_store_of_another_account(two: Two) -> None:
    record(read_store("nord-shop"), order())
    client = operator()
    query = "/api/v1/analytics/metrics?metric=revenue&filter.store="
    assert client.get(f"{query}nord-shop").status_code == 422
    assert "nord-shop" not in client.get(f"{query}x").content.decode()


def test_the_groups_give_a_role_in_the_default_account(two: Two) -> None:
    for role, wanted in (("viewer", "viewer"), ("operator", "admin"), ("admin", "owner")):
        answer = operator(role).get("/api/account").json()
        assert (answer["slug"], answer["role"]) == ("main", wanted)


def test_a_member_has_no_access_to_the_feeds_of_the_installation(two: Two) -> None:
    for feed in ("demo", "live", "store-foreign-shop", ""):
        assert two.clients["owner"].get(f"/api/stats?feed={feed}").status_code in (403, 404)
    assert two.clients["owner"].get("/api/invoices/INV-000001?feed=store-nord-shop").status_code == 403
    assert two.clients["owner"].get("/api/series?feed=store-nord-shop").status_code == 403


def cookie(client: Client) -> dict[str, str]:
    """The headers of a WebSocket that the client opens."""
    return {"cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())}


def test_only_members_follow_the_feed_by_websocket(two: Two) -> None:
    following = {name for name in PEOPLE if may_follow(cookie(two.clients[name]), FEED)}
    assert following == {"owner", "mate", "viewer"}
    assert not may_follow(cookie(operator()), FEED)
    assert not any(may_follow(cookie(two.clients[name]), "demo") for name in PEOPLE)


def test_on_an_open_desk_only_the_default_account_is_open(two: Two, settings: Settings) -> None:
    settings.INVOICEDASH_OPEN = True
    assert is_for_everyone("live")
    assert not is_for_everyone(FEED)
    assert not may_follow({}, FEED)
    for path in (f"/?feed={FEED}", f"/api/stats?feed={FEED}", "/api/stores/nord-shop"):
        assert Client().get(path).status_code == 404
    assert FEED not in feeds.permanent_feeds()


def test_a_file_of_figures_has_only_the_stores_of_the_account(two: Two) -> None:
    record(read_store("nord-shop"), order())
    query: dict[str, Any] = {"metric": "revenue", "time_range": {"start": "2026-01-01", "end": "2026-02-01"}}
    client, line = operator(), "POST /api/v1/analytics/export"
    answer = ask(client, line, {"query": query, "format": "csv"})
    assert answer.status_code == 202, answer.content
    assert Job.objects.get(kind="figures").arguments["query"]["filter.store"] == ["main"]
    named = query | {"filters": {"store": "nord-shop"}}
    assert ask(client, line, {"query": named, "format": "csv"}).status_code == 422


def test_the_public_metrics_name_no_store(two: Two) -> None:
    record(read_store("nord-shop"), order())
    assert "nord-shop" not in Client().get("/metrics").content.decode()


@pytest.mark.parametrize(
    "model",
    [
        Order,
        OrderDocument,
        OrderTotal,
        Delivery,
        Tally,
        Connection,
        ShopifyConnection,
        StockItem,
        FinishedOperation,
        SyncState,
        SyncRun,
        Product,
        Variant,
        StockLevel,
        Movement,
        Customer,
        Cart,
        Credential,
        Pipe,
        Batch,
        Stream,
        Transaction,
        HeldRecord,
        RecordRule,
        SourceDay,
        Drift,
        *RECORDS.values(),
    ],
    ids=lambda model: model.__name__,
)
def test_a_query_that_names_no_store_is_refused(two: Two, model: Any) -> None:
    with pytest.raises(ScopeError):
        model.objects.count()
    assert rows_of(model, two.store.pk).count() == 0
