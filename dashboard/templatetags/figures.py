"""Figures and times of the first paint.

The browser writes them anew in the reader's language and zone as soon as it runs; until then they are plain
English and UTC. Money stays a decimal string, digit by digit.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import json_script
from django.utils.safestring import SafeString

from streaming import feed as feeds

register = template.Library()

STATE_WORDS = {"idle": "Idle", "running": "Running", "stopping": "Stopping", "draining": "Processing backlog"}


@register.filter
def grouped(count: int | None) -> str:
    """`1234567` as `1,234,567`."""
    return f"{count or 0:,}"


@register.filter
def money(amount: str) -> str:
    """The decimal string `"1234.50"` as `1,234.50`."""
    whole, _, cents = amount.removeprefix("-").partition(".")
    return f"{'-' if amount.startswith('-') else ''}{int(whole):,}.{cents:0<2}"


@register.filter
def signed(invoice: dict[str, str], name: str) -> str:
    """An amount of an invoice as it counts: that of a credit note is less."""
    return f"{'-' if invoice.get('kind') == 'credit_note' else ''}{money(invoice[name])}"


@register.filter
def state_word(state: str) -> str:
    """The word people read for a state of the feed."""
    return STATE_WORDS[state]


@register.filter
def feed_label(name: str) -> str:
    """A feed as people read it: `replay-2` as `Replay 2`."""
    return name.capitalize().replace("-", " ")


@register.filter
def feed_mark(name: str) -> tuple[str, str] | None:
    """What a feed that shows no live revenue is marked as, and why; None for all others."""
    return feeds.kind_of(name).mark


@register.filter
def window_days(replay: dict[str, str]) -> str:
    """The days of a replay's window: `2010-12-06`, or `2010-12-06 to 2010-12-08`; its end is not in it."""
    last = datetime.fromisoformat(replay["to"]) - timedelta(microseconds=1)
    first, last_day = replay["from"][:10], f"{last:%Y-%m-%d}"
    return first if first == last_day else f"{first} to {last_day}"


@register.filter
def utc_time(instant: str) -> str:
    """An ISO 8601 instant as `21 Nov 03:54:10`, in UTC."""
    return datetime.fromisoformat(instant).strftime("%d %b %H:%M:%S")


@register.filter
def exact(instant: str) -> str:
    """An ISO 8601 instant in full, as a reader says it."""
    return instant.replace("T", " ").removesuffix("Z").removesuffix("+00:00") + " UTC"


@register.filter
def conserved(display: dict[str, int]) -> bool:
    """Whether everything announced was shown, skipped or is queued."""
    return display["announced_count"] == display["shown_count"] + display["skipped_count"] + display["backlog"]


@register.filter
def island(data: Any, element_id: str) -> SafeString:
    """`data` as the JSON that scripts start from."""
    return json_script(data, element_id)


@register.simple_tag
def optional_static(path: str) -> str:
    """The address of a static file, or nothing where it was not installed."""
    try:
        return static(path)
    except ValueError:
        return ""
