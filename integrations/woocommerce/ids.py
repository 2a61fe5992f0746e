"""Reads the ids of the orders of a shop."""

from __future__ import annotations

from datetime import UTC, datetime

from integrations.syncing.errors import ShopBusy
from integrations.woocommerce.client import ShopClient
from integrations.woocommerce.values import moment

PER_PAGE = 100


def read_ids(client: ShopClient, after: datetime) -> dict[str, datetime]:
    """The ids of the orders that were placed after that, with their times. Raises `ShopError`.

    They are read by page number: one that shifts over the edge of a page is asked for itself.
    """
    found: dict[str, datetime] = {}
    page = 1
    while True:
        more = client.get(
            "/orders", _fields="id,date_created_gmt", after=after.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            dates_are_gmt="true", orderby="id", order="asc", per_page=PER_PAGE, page=page, status="any",
        )  # fmt: skip
        if not isinstance(more, list):
            raise ShopBusy("The shop sent no list of orders.")
        found |= {str(each["id"]): moment(each["date_created_gmt"]) or after for each in more}
        if len(more) < PER_PAGE:
            return found
        page += 1
