"""The read side on a streaming replica: figures, lists and exports have what it has, and the primary stands in for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import psycopg
import pytest

from bench.product import post
from tests.stack import Stack
from tests.system.live.replica import Replica, primary_and_replica
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(900)

# The processes that read and fold.
PROCFILE = "web: python -m runtime.serve\nloops: python -m invoicedash.loops\n"
# Makes two accounts, each with a store and a member, and a secret of the first store; prints the tokens of the members.
_PREPARE = """
import json
from django.contrib.auth.models import Group, User
from accounts.models import ApiToken
from stores import credentials
from stores.members.models import Membership
from stores.models import Account
from stores.opening import Wanted, open_store

found = {}
for name in ("nord", "sued"):
    account = Account.objects.create(name=name, slug=name)
    store = open_store(account, Wanted(name=name, currency="EUR"))
    credentials.write_credential(store.pk, "key", "secret")
    user = User.objects.create_user(name)
    user.groups.add(Group.objects.get(name="operator"))
    Membership.objects.create(account=account, user=user, role="owner")
    token = ApiToken(user=user, name=name)
    found[name] = token.make()
    token.save()
print(json.dumps(found))
"""


class Product:
    """The product with its replica, and the tokens of the members of its two accounts."""

    def __init__(self, stack: Stack, replica: Replica) -> None:
        self.stack, self.replica = stack, replica
        done = stack.manage("shell", "-v", "0", "-c", _PREPARE)
        assert done.returncode == 0, done.stderr
        self.tokens: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
        self.act_as("nord")

    def act_as(self, name: str) -> None:
        self.stack.headers = {"Authorization": f"Bearer {self.tokens[name]}"}

    def sell(self, total: str) -> str:
        """Issue an invoice; returns its number."""
        line = {"description": "Mug", "quantity": 1, "unit_price": total, "vat_rate": 0}
        buyer = {"name": "Ocean & Sons"}
        body = {"series": "NORD", "seller": {"name": "Nordwind"}, "buyer": buyer, "currency": "EUR", "lines": [line]}
        return str(post(self.stack, "/api/invoices", body)["invoice_number"])

    def numbers(self) -> list[str]:
        items = self.stack.get_json("/api/invoices?feed=store-nord")["items"]
        return [item["invoice_number"] for item in items]

    def figures(self) -> dict[str, Any]:
        return dict(self.stack.get_json("/api/v1/analytics/metrics?metric=revenue&filter.store=nord"))

    def exported(self) -> str:
        return self.stack.get("/api/exports/invoices.csv?feed=store-nord")[1].decode()

    def conditions(self) -> list[str]:
        return [each["name"] for each in self.stack.get_json("/api/system/status")["conditions"]]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    place = tmp_path_factory.mktemp("replica")
    (place / "Procfile").write_text(PROCFILE)
    with primary_and_replica() as (primary, replica):
        env = {
            "DATABASE_URL": primary.url,
            "ANALYTICS_DATABASE_URL": replica.server.url,
            "INVOICEDASH_OPEN": "0",
        }
        with Stack(data_dir=place / "data", procfile=place / "Procfile", env=env) as stack:
            wait_for(lambda: is_answering(stack), "the web process")
            yield Product(stack, replica)


def is_answering(stack: Stack) -> bool:
    try:
        return stack.get("/healthz")[0] == 200
    except OSError:
        return False


def test_figures_lists_and_exports_have_what_the_replica_has(product: Product) -> None:
    first = product.sell("10.00")
    wait_for(lambda: product.numbers() == [first], "the invoice on the replica")
    wait_for(lambda: product.figures()["metadata"]["folded_to"].get("NORD") == 1, "its figures on the replica")
    product.replica.run("SELECT pg_wal_replay_pause()")
    try:
        state = "SELECT pg_get_wal_replay_pause_state()"
        wait_for(lambda: product.replica.run(state) == [("paused",)], "the replica to pause")
        second = product.sell("20.00")
        assert product.stack.get(f"/api/invoices/{second}")[0] == 200, "one invoice is read from the primary"
        assert product.numbers() == [first]
        assert second not in product.exported()
        assert first in product.exported()
        found = product.figures()
        assert [each["revenue"] for each in found["totals"]] == ["10.00"]
        assert found["metadata"]["folded_to"]["NORD"] == 1
        [(replayed_at,)] = product.replica.run("SELECT pg_last_xact_replay_timestamp()")
        assert datetime.fromisoformat(found["metadata"]["as_of"]) == replayed_at
    finally:
        product.replica.run("SELECT pg_wal_replay_resume()")
    wait_for(lambda: product.numbers() == [second, first], "both invoices on the replica")
    wait_for(lambda: [each["revenue"] for each in product.figures()["totals"]] == ["30.00"], "both in the figures")


def test_the_replica_shows_no_rows_of_another_account(product: Product) -> None:
    product.sell("10.00")
    wait_for(product.numbers, "an invoice on the replica")
    product.act_as("sued")
    try:
        assert product.stack.get("/api/invoices?feed=store-nord")[0] == 404
        assert product.stack.get("/api/exports/invoices.csv?feed=store-nord")[0] == 404
        assert product.stack.get("/api/v1/analytics/metrics?metric=revenue&filter.store=nord")[0] == 422
        mine = product.stack.get_json("/api/v1/analytics/metrics?metric=revenue")
        assert {"SUED", "SUED-CN"} <= mine["metadata"]["folded_to"].keys()
        assert not [prefix for prefix in mine["metadata"]["folded_to"] if prefix.startswith("NORD")]
    finally:
        product.act_as("nord")


def test_the_policy_for_secrets_holds_on_the_replica(product: Product) -> None:
    count = "SELECT count(*) FROM stores_credential"
    wait_for(lambda: product.replica.run(count) == [(2,)], "the secrets on the replica, for its administrator")
    [(store,)] = product.replica.run("SELECT id FROM stores_store WHERE slug = 'nord'")
    with psycopg.connect(product.replica.server.url, autocommit=True) as connection:
        assert connection.execute(count.encode()).fetchone() == (0,)
        connection.execute("SELECT set_config('invoicedash.stores', %s, false)", [str(store)])
        assert connection.execute(count.encode()).fetchone() == (1,)


def test_the_primary_stands_in_for_a_replica_that_is_away(product: Product) -> None:
    product.sell("10.00")
    product.replica.stop()
    try:
        last = product.sell("40.00")
        wait_for(lambda: last in product.numbers(), "the list of the primary")
        assert last in product.exported()
        wait_for(lambda: "replica-away" in product.conditions(), "the condition")
    finally:
        product.replica.start()
    wait_for(lambda: "replica-away" not in product.conditions(), "the condition to end")
    assert last in product.numbers()
