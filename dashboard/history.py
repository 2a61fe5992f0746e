"""The last seconds of a feed, for charts and sparklines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings

from invoices import money
from invoices.totals_by_second import Amounts, read_amounts
from runtime.formats import iso
from streaming import feed as feeds

NOTHING = Amounts(0, 0, Decimal(0), Decimal(0))


def read_history(feed: str, seconds: int, currency: str | None = None) -> list[dict[str, Any]]:
    """Return a row a second, oldest first, the current second last: issued and shown in it, the backlog at its end.

    Each row also has the number and money of its invoices in `currency` that still count; null for long ago or very many.
    """
    seen = read_amounts(feed, seconds, currency or settings.INVOICEDASH_CURRENCY)
    rows = feeds.read_seconds(feed, seconds)
    return [_present(second, seen.get(second.at, NOTHING)) for second in rows]


def _present(second: feeds.Second, amounts: Amounts) -> dict[str, Any]:
    is_complete = amounts.announced == second.issued
    return {
        "at": iso(second.at),
        "issued": second.issued,
        "shown": second.shown,
        "backlog": second.backlog,
        "invoice_count": amounts.invoice_count if is_complete else None,
        "total_amount": money.text(amounts.total) if is_complete else None,
        "vat_amount": money.text(amounts.vat) if is_complete else None,
    }
