"""The page of an accountant: the journal of a month, and files of its documents. Plain links and forms, without a script."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import viewer_required
from exports.files.filters import zone_of
from exports.files.style import DecimalMark, Separator
from exports.journal.read import BadMonth, Item, Month, read_items, read_month, sums_of
from invoices import money
from invoices.serialize import rate
from streaming import feed as feeds
from streaming.feed import UnknownFeed

SEPARATORS = {Separator.SEMICOLON: "Semicolon", Separator.COMMA: "Comma", Separator.TAB: "Tab"}
DECIMAL_MARKS = {DecimalMark.COMMA: "Comma, 1234,50", DecimalMark.POINT: "Point, 1234.50"}


@require_safe
@never_cache
@viewer_required
def show_exports(request: HttpRequest) -> HttpResponse:
    """The sums of `?month=` of `?feed=`, and its files; without a month, the last one that is over."""
    feed = _feed(request.GET.get("feed", settings.INVOICEDASH_FEED))
    zone = zone_of(feed)
    month = _month(request.GET.get("month", ""), zone)
    items = read_items(feed, month, zone)
    return render(request, "exports/index.html", {
        "feed": feed, "month": month, "title": f"{month.first:%B %Y}", "last_day": month.end - timedelta(days=1),
        "zone": zone, "sums": [_present(item) for item in sums_of(items)], "day_count": len({item.day for item in items}),
        "separators": SEPARATORS.items(), "decimal_marks": DECIMAL_MARKS.items(), "feeds": _feeds(feed),
    })  # fmt: skip


def _feed(name: str) -> str:
    try:
        kind = feeds.kind_of(feeds.check_feed(name))
    except UnknownFeed as unknown:
        raise Http404(str(unknown)) from unknown
    if not kind.owns_rows:
        raise Http404(f"Feed {name} has no invoices of its own; choose its source.")
    return name


def _feeds(chosen: str) -> list[str]:
    return list(dict.fromkeys([*feeds.feeds_with_rows(), chosen]))


def _month(text: str, zone: str) -> Month:
    if not text:
        today = datetime.now(ZoneInfo(zone)).date()
        return Month(first=(today.replace(day=1) - timedelta(days=1)).replace(day=1))
    try:
        return read_month(text)
    except BadMonth as bad:
        raise Http404(str(bad)) from bad


def _present(item: Item) -> dict[str, Any]:
    amounts = {name: money.printed(getattr(item, name), item.currency) for name in ("net", "vat", "total")}
    percent = f"{(item.rate * 100).normalize():f}"
    return {
        "country": item.country, "currency": item.currency, "rate": percent, "exact_rate": rate(item.rate),
        "category": item.category, "documents": item.documents, **amounts,
    }  # fmt: skip
