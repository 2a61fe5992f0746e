"""Compares the ids of the orders of the last 60 days with those of the shop: the only way to find a deleted order.

WooCommerce sends no webhook for an order that is deleted for good, and lists no order of its trash. Each difference is
confirmed by asking for the order itself. Orders from before the shop was connected are imported on request only
(history.py): they may have an invoice already.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from integrations.woocommerce import reconciling
from integrations.woocommerce.client import ShopClient
from integrations.woocommerce.connections import ShopConnection, read_connected_at
from integrations.woocommerce.errors import ShopBusy
from integrations.woocommerce.models import SyncRun
from integrations.woocommerce.taking import Found, take_order
from jobs.registry import Report
from jobs.work import Work
from orders.deletion import record_deletion
from orders.queries import read_external_ids
from orders.reading import NotAnOrder
from runtime.clock import read_clock
from stores.queries import read_store

DAYS = 60
PER_PAGE = 100


def compare_ids(work: Work) -> Report:
    """The job: see `compare`."""
    found = reconciling.run_reading(read_store(work.arguments["store"]).id, SyncRun.Kind.IDS, compare)
    return {"seen": found.seen, "healed": found.missed, "gone": found.gone}


def compare(connection: ShopConnection, client: ShopClient, found: Found) -> None:
    """Ask for each order that only one side has, and record the answer. Raises `ShopError`."""
    after = read_clock() - timedelta(days=DAYS)
    theirs = _read_ids(client, _gmt(after))
    ours = read_external_ids(connection.store, placed_after=after)
    found.seen = len(theirs)
    vanished = {name for name, is_trashed in ours.items() if not is_trashed} - theirs.keys()
    since = _gmt(read_connected_at(connection.store.id))
    missed = {name for name, placed_at in theirs.items() if name not in ours and placed_at >= since}
    for name in sorted(vanished | missed):
        _settle(connection, client, name, found)


def _settle(connection: ShopConnection, client: ShopClient, name: str, found: Found) -> None:
    with suppress(NotAnOrder):
        if not take_order(connection, client, name, found, is_missed=True):
            found.gone += record_deletion(connection.store, name)


def _read_ids(client: ShopClient, after: str) -> dict[str, str]:
    """The ids with the moments of their orders, by page number: one that shifts over an edge is asked for itself."""
    found: dict[str, str] = {}
    page = 1
    while True:
        more = client.get(
            "/orders", _fields="id,date_created_gmt", after=after, dates_are_gmt="true", orderby="id", order="asc",
            per_page=PER_PAGE, page=page, status="any",
        )  # fmt: skip
        if not isinstance(more, list):
            raise ShopBusy("The shop sent no list of orders.")
        found |= {str(each["id"]): str(each["date_created_gmt"]) for each in more}
        if len(more) < PER_PAGE:
            return found
        page += 1


def _gmt(moment: datetime) -> str:
    """As WooCommerce writes a moment. These texts have the order of the moments."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
