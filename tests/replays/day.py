"""Invoices of one past hour, and a replay of it whose clock the test controls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db.models import F

from invoices.issue import Draft, issue
from invoices.models import Invoice, Series
from replays import operations
from replays.models import Replay
from runtime.clock import ClockTimestamp
from streaming.models import Entry

BEGIN = datetime(2010, 12, 6, 9, tzinfo=UTC)
END = BEGIN + timedelta(hours=1)
# Minutes of the hour, by series and in the order of issue. Two are dated the same, two lie outside of the window.
OURS = [5, 10, 15, 15, 50, 65]
SHOPS = [-1, 3, 12, 40, 59, 60]
INSIDE = sorted(minute for minute in OURS + SHOPS if 0 <= minute < 60)


def issue_day(shop: Series) -> None:
    ours = Series.objects.get(prefix="INV")
    issue(series_id=ours.pk, drafts=[draft(minute) for minute in OURS], announce=False)
    drafts = [draft(minute, currency="EUR", number=f"s{minute}") for minute in SHOPS]
    issue(series_id=shop.pk, drafts=drafts, announce=False)


def draft(minute: float, *, currency: str = "SAR", number: str | None = None) -> Draft:
    return Draft(
        invoice_date=BEGIN + timedelta(minutes=minute), seller_name="Nordwind", buyer_name=f"Ocean {minute}",
        subtotal=Decimal(100 + int(minute)), vat_rate=Decimal("0.15"), currency=currency, number=number,
    )  # fmt: skip


def start(begin: datetime, end: datetime, *, speed: str = "60", source: str = "live") -> Replay:
    return operations.start(source=source, begins_at=begin, ends_at=end, speed=Decimal(speed))


def let_pass(replay: Replay, own_minutes: float) -> None:
    """Make the replay as old as it is when its own clock has gone so far."""
    seconds = timedelta(seconds=own_minutes * 60 / float(replay.speed))
    Replay.objects.filter(pk=replay.pk).update(started_at=ClockTimestamp() - seconds)


def announced(replay: Replay) -> list[Invoice]:
    """The invoices that `replay` has announced on its feed, in their order there."""
    found: list[Invoice] = []
    for entry in Entry.objects.filter(feed_id=replay.feed_name).order_by("first_position"):
        assert entry.first_position == len(found) + 1
        ordinals = range(entry.first_ordinal, entry.first_ordinal + entry.count)
        found += [Invoice.objects.get(series_id=entry.origin_id, ordinal=ordinal) for ordinal in ordinals]
    return found


def in_window(begin: datetime, end: datetime) -> list[Invoice]:
    """The invoices that a replay from `begin` until before `end` must announce, in the right order."""
    of_live = Invoice.objects.filter(series__feed_id="live", invoice_date__gte=begin, invoice_date__lt=end)
    return list(of_live.order_by(F("invoice_date"), F("id")))


def minutes(invoices: list[Invoice]) -> list[int]:
    return [int((invoice.invoice_date - BEGIN).total_seconds() // 60) for invoice in invoices]
