"""The totals of a replay: what it has announced so far, per currency. Those of the invoices themselves are not touched."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import F

from invoices.serialize import figures
from replays.models import Replay, ReplayTotals
from replays.operations import find
from replays.window import Found
from runtime.clock import ClockTimestamp
from runtime.formats import iso
from streaming import feed as feeds


def add(replay: Replay, found: Sequence[Found]) -> None:
    """Count what was announced, in the transaction that announces it."""
    for currency in sorted({each.currency for each in found}):
        of_it = [(each, -1 if each.kind == "credit_note" else 1) for each in found if each.currency == currency]
        ReplayTotals.objects.get_or_create(replay=replay, currency=currency)
        ReplayTotals.objects.filter(replay=replay, currency=currency).update(
            invoice_count=F("invoice_count") + sum(sign > 0 for _, sign in of_it),
            subtotal_amount=F("subtotal_amount") + sum(sign * each.subtotal for each, sign in of_it),
            vat_amount=F("vat_amount") + sum(sign * each.vat_amount for each, sign in of_it),
            total_amount=F("total_amount") + sum(sign * each.total_amount for each, sign in of_it),
            changed_at=ClockTimestamp(),
        )


def read_stats(feed: str, currency: str | None = None) -> dict[str, Any]:
    """The totals of replay `feed`, from PostgreSQL, in the shape of any feed's.

    Without `currency`, in the usual one, or when nothing of that was announced in the one that most was. Raises
    `UnknownFeed`.
    """
    replay = find(feed)
    if replay is None:
        raise feeds.UnknownFeed(feed)
    totals = _choose(replay, currency)
    return {
        "feed": feed,
        **_figures(totals),
        "as_of": iso(totals.changed_at),
        "source": "database",
        "currencies": [_figures(each) for each in replay.replaytotals_set.order_by("currency")],
    }


def _figures(of: ReplayTotals) -> dict[str, Any]:
    return figures(of.currency, of.invoice_count, of.subtotal_amount, of.vat_amount, of.total_amount)


def _choose(replay: Replay, currency: str | None) -> ReplayTotals:
    known = {each.currency: each for each in replay.replaytotals_set.order_by("invoice_count")}
    wanted = currency or settings.INVOICEDASH_CURRENCY
    if currency is None and wanted not in known and known:
        wanted = list(known)[-1]
    nothing = ReplayTotals(currency=wanted, changed_at=replay.started_at, total_amount=Decimal(0))
    return known.get(wanted, nothing)
