"""Formats numbers and times for the first page content.

The browser formats them again in the reader's language and zone as soon as its scripts run; until then they are in
plain English and UTC. Money stays a decimal string.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import json_script
from django.utils.safestring import SafeString

from invoices.money import printed
from stores.queries import find_store_of_feed
from streaming import feed as feeds

register = template.Library()

STATE_WORDS = {"idle": "Idle", "running": "Running", "stopping": "Stopping", "draining": "Processing backlog"}
DEMO_STORE = ("Demonstration", "Counts in no figure unless this store is chosen")


@register.filter
def grouped(count: int | None) -> str:
    """`1234567` as `1,234,567`."""
    return f"{count or 0:,}"


@register.filter
def amount(figures: dict[str, str], name: str) -> str:
    """An amount with the decimals of its currency: `1,234.50`, or `1,234` in yen."""
    return f"{Decimal(printed(Decimal(figures[name]), figures['currency'])):,}"


@register.filter
def money_of(figures: dict[str, str], currency: str) -> str:
    """The gross sales of a day with the decimals of `currency`."""
    return f"{Decimal(printed(Decimal(figures['gross']), currency)):,}"


@register.filter
def signed(invoice: dict[str, str], name: str) -> str:
    """An amount of an invoice with its sign: the amount of a credit note is negative."""
    return f"{'-' if invoice.get('kind') == 'credit_note' else ''}{amount(invoice, name)}"


@register.filter
def state_word(name: str, state: str) -> str:
    """The text shown for a state of the feed. A feed without runs is never idle: sales may arrive at any time."""
    has_runs = feeds.kind_of(name).stop is not None
    return STATE_WORDS[state] if has_runs or state != "idle" else "Live"


@register.filter
def feed_label(name: str) -> str:
    """The label of a feed: `Replay 2` for `replay-2`."""
    return name.capitalize().replace("-", " ")


@register.filter
def dimension_label(name: str) -> str:
    """The label of a dimension, as `dimensionText` in static/analytics/labels.js writes it: `Customer segment`."""
    return name.capitalize().replace("_", " ")


@register.filter
def feed_title(name: str) -> str:
    """The name of the store that a feed shows, or the label of the feed."""
    store = None if feeds.kind_of(name).is_permanent else find_store_of_feed(name)
    return store.name if store else feed_label(name)


@register.filter
def feed_mark(name: str) -> tuple[str, str] | None:
    """The mark of a feed without live revenue, and its reason; None for all others."""
    kind = feeds.kind_of(name)
    store = None if kind.is_permanent else find_store_of_feed(name)
    return DEMO_STORE if store and store.is_demo else kind.mark


@register.filter
def window_days(replay: dict[str, str]) -> str:
    """The days of a replay's window: `2010-12-06`, or `2010-12-06 to 2010-12-08`; the end is exclusive."""
    last = datetime.fromisoformat(replay["to"]) - timedelta(microseconds=1)
    first, last_day = replay["from"][:10], f"{last:%Y-%m-%d}"
    return first if first == last_day else f"{first} to {last_day}"


@register.filter
def utc_time(instant: str) -> str:
    """An ISO 8601 instant as `21 Nov 03:54:10`, in UTC."""
    return datetime.fromisoformat(instant).strftime("%d %b %H:%M:%S")


@register.filter
def exact(instant: str) -> str:
    """An ISO 8601 instant in full, for a screen reader."""
    return instant.replace("T", " ").removesuffix("Z").removesuffix("+00:00") + " UTC"


@register.filter
def conserved(display: dict[str, int]) -> bool:
    """Whether announced = shown + skipped + queued."""
    return display["announced_count"] == display["shown_count"] + display["skipped_count"] + display["backlog"]


@register.filter
def island(data: Any, element_id: str) -> SafeString:
    """`data` as the JSON from which scripts start."""
    return json_script(data, element_id)


@register.simple_tag
def optional_static(path: str) -> str:
    """The address of a static file; empty where the file is not installed."""
    try:
        return static(path)
    except ValueError:
        return ""
