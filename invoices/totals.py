"""The totals of a feed, credit notes taken off: exact in PostgreSQL, cached in Redis for a third of a second at most.

The cache is written compare-and-set by `as_of`: a reader that fetched before a change, or froze on the way, cannot
overwrite what is newer; and an entry's life counts from the reading, not from the writing.
"""

from __future__ import annotations

import json
import time
from typing import Any

from django.conf import settings
from django_redis import get_redis_connection

from invoices.models import Totals
from invoices.serialize import figures
from runtime import redis
from runtime.formats import iso
from runtime.prepared import fetch_all

# The contract has a second. As long as this does an operation wait that cannot reach the cache, and it has a second too.
TTL_MS = 300

_FIELDS = {
    "feed", "currency", "invoice_count", "subtotal_amount", "vat_amount", "total_amount", "average_amount", "as_of",
    "source", "currencies",
}  # fmt: skip

# A row for each currency, and one without a currency for series that have issued nothing. Purchases are no sales.
_TOTALS = """
SELECT t.currency, coalesce(sum(t.invoice_count) FILTER (WHERE s.document = 'invoice'), 0)::bigint,
       coalesce(sum(sign * t.subtotal_amount), 0), coalesce(sum(sign * t.vat_amount), 0),
       coalesce(sum(sign * t.total_amount), 0), coalesce(sum(t.invoice_count), 0)::bigint,
       max(t.changed_at), max(s.opened_at), (extract(epoch FROM clock_timestamp()) * 1000)::bigint
FROM invoices_series s LEFT JOIN invoices_totals t ON t.series_id = s.id
CROSS JOIN LATERAL (SELECT CASE s.document WHEN 'credit_note' THEN -1 ELSE 1 END AS sign) AS of_document
WHERE s.feed_id = %(feed)s AND s.closed_at IS NULL AND s.kind <> 'purchase'
GROUP BY t.currency ORDER BY t.currency
"""

_SET_IF_NEWER = """
local is_read, old = pcall(cjson.decode, redis.call('GET', KEYS[1]) or 'null')
if is_read and type(old) == 'table' and type(old.as_of) == 'string' and old.as_of > ARGV[2] then return 0 end
local now = redis.call('TIME')
local left = math.min(tonumber(ARGV[4]), tonumber(ARGV[4]) - (now[1] * 1000 + now[2] / 1000 - tonumber(ARGV[3])))
if left < 1 then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', math.floor(left))
return 1
"""


def get(feed: str, currency: str | None = None) -> dict[str, Any]:
    """The totals of `feed` in `currency`, from the cache or else from PostgreSQL; `source` says which."""
    currency = currency or settings.INVOICEDASH_CURRENCY
    cached = redis.attempt(lambda _: get_redis_connection("default").get(cache_key(feed, currency)))
    return _decode(cached) or refresh(feed, currency)


def write_through(feed: str) -> None:
    """Put the totals of `feed` into the cache as they are now, so that a read after an operation is not behind it.

    What a silent Redis does not take is waited out: it may answer others before, with an entry from before the operation.
    """
    outlived_at = time.monotonic() + TTL_MS / 1000
    currencies = Totals.objects.filter(series__feed_id=feed).values_list("currency", flat=True)
    was_heard = [_store(*_read(feed, currency)) for currency in {settings.INVOICEDASH_CURRENCY, *currencies}]
    if not all(was_heard):
        time.sleep(max(0.0, outlived_at - time.monotonic()))


def read(feed: str, currency: str | None = None) -> dict[str, Any]:
    """The totals of `feed` from PostgreSQL, past the cache: its screens ask five times a second."""
    return _read(feed, currency or settings.INVOICEDASH_CURRENCY)[0]


def refresh(feed: str, currency: str | None = None) -> dict[str, Any]:
    """Read the totals of `feed` in `currency` from PostgreSQL and write them through to the cache."""
    totals, read_ms = _read(feed, currency or settings.INVOICEDASH_CURRENCY)
    _store(totals, read_ms)
    return totals


def _read(feed: str, currency: str) -> tuple[dict[str, Any], int]:
    """The totals, and when they were read (ms)."""
    rows = fetch_all(_TOTALS, {"feed": feed})
    by_currency = {code: figures(code, *sums) for code, *sums, documents, _, _, _ in rows if documents}
    # Of all currencies, because all are in the answer: screens and the cache take what is newer.
    as_of = max(moment for *_, changed, opened, _ in rows for moment in (changed, opened) if moment is not None)
    totals = {
        "feed": feed,
        **(by_currency.get(currency) or figures(currency)),
        "as_of": iso(as_of),
        "source": "database",
        "currencies": list(by_currency.values()),
    }
    return totals, int(rows[0][-1])


def _decode(cached: bytes | None) -> dict[str, Any] | None:
    """The cached totals; None when there are none, or when what is there is nothing that this version has written."""
    try:
        found = json.loads(cached or b"null")
    except ValueError:
        return None
    return found | {"source": "cache"} if isinstance(found, dict) and found.keys() == _FIELDS else None


def _store(totals: dict[str, Any], read_ms: int) -> bool:
    """Offer them to the cache, which takes what is newer than what it has; says whether Redis was there to decide."""
    key = cache_key(totals["feed"], totals["currency"])
    arguments = [json.dumps(totals), totals["as_of"], read_ms, TTL_MS]
    answer = redis.attempt(lambda _: get_redis_connection("default").eval(_SET_IF_NEWER, 1, key, *arguments))
    return answer is not None


def cache_key(feed: str, currency: str) -> str:
    """The Redis key of the cached totals of a feed in a currency."""
    return f"invoicedash:stats:{feed}:{currency}"
