"""Reads the orders that changed since a time, oldest change first, and misses none that changes meanwhile.

The next page is asked for by a later time, not by its number: an order that is edited moves to the end, and the pages by
number shift one order over their edge. Only orders of the same second are paged by number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from integrations.syncing.errors import ShopBusy
from integrations.woocommerce.client import ShopClient
from integrations.woocommerce.values import Json, moment
from runtime.clock import read_clock

PER_PAGE = 100
# Times of WooCommerce are whole seconds, and `modified_after` excludes its own.
SECOND = timedelta(seconds=1)
MOST_PAGES_OF_A_SECOND = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """Orders as they were when the shop was asked, or later."""

    orders: Sequence[Json]
    asked_at: datetime


def changed_orders(client: ShopClient, since: datetime) -> Iterator[Page]:
    """Pages of the orders that changed at `since` or later; no state of an order comes twice. Raises `ShopError`."""
    after, page = since.astimezone(UTC).replace(microsecond=0) - SECOND, 1
    seen: dict[int, datetime] = {}
    while True:
        asked_at = read_clock()
        found = _ask(client, after, page)
        fresh = [order for order in found if seen.get(int(order["id"])) != modified_at(order)]
        if fresh:
            yield Page(fresh, asked_at)
        if len(found) < PER_PAGE:
            return
        last = modified_at(found[-1])
        seen = {int(order["id"]): modified_at(order) for order in found} | {
            name: at for name, at in seen.items() if at >= last - SECOND
        }
        after, page = _next(after, page, last)


def modified_at(order: Json) -> datetime:
    """When the order changed, by the clock of the shop; raises `ShopBusy` where it does not say so."""
    try:
        found = moment(order["date_modified_gmt"])
    except (KeyError, TypeError, ValueError):
        found = None
    if found is None:
        raise ShopBusy("The shop sent an order without the time of its change.")
    return found


def _next(after: datetime, page: int, last: datetime) -> tuple[datetime, int]:
    """The next request after a full page that ends with an order of the time `last`."""
    if last - SECOND > after:
        return last - SECOND, 1
    if page >= MOST_PAGES_OF_A_SECOND:
        raise ShopBusy("The shop has too many orders of one second.")
    return after, page + 1


def _ask(client: ShopClient, after: datetime, page: int) -> list[Json]:
    found = client.get(
        "/orders", modified_after=after.strftime("%Y-%m-%dT%H:%M:%S"), dates_are_gmt="true", orderby="modified",
        order="asc", per_page=PER_PAGE, page=page, status="any",
    )  # fmt: skip
    if not isinstance(found, list) or not all(isinstance(each, dict) and "id" in each for each in found):
        raise ShopBusy("The shop sent no list of orders.")
    return found
