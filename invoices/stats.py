"""The totals of a feed: exact in PostgreSQL, cached in Redis for at most a second, never behind what was answered.

The cache is written compare-and-set by `as_of`: a reader that fetched before a change, or froze on the way, cannot
overwrite what is newer; and an entry's life counts from the reading, not from the writing.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import connection
from django_redis import get_redis_connection

from invoices import money, present
from streaming import feed as feeds

# Below the contract's second, so that an entry is gone in time even if the two servers' clocks differ a little.
TTL_MS = 800

_TOTALS = """
SELECT coalesce(sum(t.invoice_count), 0)::bigint, coalesce(sum(t.subtotal_amount), 0), coalesce(sum(t.vat_amount), 0),
       coalesce(sum(t.total_amount), 0), greatest(max(t.changed_at), max(s.opened_at)),
       (extract(epoch FROM clock_timestamp()) * 1000)::bigint
FROM invoices_series s LEFT JOIN invoices_totals t ON t.series_id = s.id AND t.currency = %(currency)s
WHERE s.feed_id = %(feed)s AND s.closed_at IS NULL
"""

_SET_IF_NEWER = """
local old = redis.call('GET', KEYS[1])
if old and cjson.decode(old)['as_of'] > ARGV[2] then return 0 end
local now = redis.call('TIME')
local left = math.min(tonumber(ARGV[4]), tonumber(ARGV[4]) - (now[1] * 1000 + now[2] / 1000 - tonumber(ARGV[3])))
if left < 1 then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', math.floor(left))
return 1
"""


def get(feed: str, currency: str | None = None) -> dict[str, Any]:
    """The totals of `feed` in `currency`, from the cache or else from PostgreSQL; `source` says which."""
    currency = currency or settings.INVOICEDASH_CURRENCY
    cached = feeds.redis_attempt(lambda _: get_redis_connection("default").get(_key(feed, currency)))
    if cached:
        found: dict[str, Any] = json.loads(cached)
        return found | {"source": "cache"}
    return refresh(feed, currency)


def refresh(feed: str, currency: str | None = None) -> dict[str, Any]:
    """Read the totals of `feed` in `currency` from PostgreSQL and write them through to the cache."""
    currency = currency or settings.INVOICEDASH_CURRENCY
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, {"feed": feed, "currency": currency})
        count, subtotal, vat, total, as_of, read_ms = cursor.fetchone()
    totals = {
        "feed": feed,
        "currency": currency,
        "invoice_count": count,
        "subtotal_amount": money.text(subtotal),
        "vat_amount": money.text(vat),
        "total_amount": money.text(total),
        "average_amount": money.text(money.average(total, count)),
        "as_of": present.iso(as_of),
        "source": "database",
    }
    _store(totals, read_ms)
    return totals


def _store(totals: dict[str, Any], read_ms: int) -> None:
    key = _key(totals["feed"], totals["currency"])
    arguments = [json.dumps(totals), totals["as_of"], read_ms, TTL_MS]
    feeds.redis_attempt(lambda _: get_redis_connection("default").eval(_SET_IF_NEWER, 1, key, *arguments))


def _key(feed: str, currency: str) -> str:
    return feeds.stats_key(feed, currency)
