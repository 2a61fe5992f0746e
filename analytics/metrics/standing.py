"""Which series a figure is of, and how far their facts are: read first, in the snapshot of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from psycopg import IsolationLevel

from analytics.metrics.query import BadQuery
from quality.held import HELD
from runtime import replica
from runtime.prepared import fetch_all
from stores.queries import read_stores
from stores.scope import hides_stores, visible_account_ids

_AUDIT = """(
    SELECT json_build_object('at', a.audited_at, 'equal', a.is_equal, 'buckets_compared', a.bucket_count,
        'differences', a.difference_count)
    FROM facts_audit a ORDER BY a.id DESC LIMIT 1
)"""
# Audit and held rows are the same in all rows: once is enough, as there may be thousands of series.
_READ = f"""
SELECT s.id, s.prefix, s.feed_id, s.kind = 'test' AS is_test, st.id, st.account_id, st.slug, st.is_demo, st.currency,
    coalesce(z.timezone, nullif(st.timezone, ''), %(zone)s::text), coalesce(w.folded_to, 0), coalesce(m.folded_to, 0),
    s.last_ordinal, coalesce(extract(epoch FROM w.folded_at), 0)::float, g.number,
    (SELECT coalesce(max(id), 0) FROM facts_restatement), (SELECT count(*) FROM metrics_rate), clock_timestamp(),
    CASE row_number() OVER (ORDER BY s.id) WHEN 1 THEN {_AUDIT} END,
    CASE row_number() OVER (ORDER BY s.id) WHEN 1 THEN {HELD} END
FROM facts_generation g CROSS JOIN invoices_series s JOIN stores_store st ON st.id = s.store_id
LEFT JOIN facts_zone z ON z.generation = g.number AND z.store_id = st.id
LEFT JOIN facts_watermark w ON w.generation = g.number AND w."group" = 'live' AND w.series_id = s.id
LEFT JOIN facts_watermark m ON m.generation = g.number AND m."group" = 'minute' AND m.series_id = s.id
WHERE g.is_current AND s.closed_at IS NULL AND s.kind <> 'purchase'
"""
_OF_ACCOUNTS = "AND st.account_id = ANY(%(accounts)s::bigint[])"
# By the name of a filter: the same for the series of those that it names.
_NAMED = {"store": "AND st.slug = ANY(%(names)s::text[])", "feed": "AND s.feed_id = ANY(%(names)s::text[])"}
_COMPLETE = """
SELECT min(i.created_at) FROM unnest(%s::bigint[], %s::bigint[]) AS next(series, ordinal)
JOIN invoices_invoice i ON i.series_id = next.series AND i.ordinal = next.ordinal
"""


class SeriesStanding(NamedTuple):
    """A series that a figure is of: its store, and up to which ordinals its documents are folded, by group."""

    id: int
    prefix: str
    feed: str
    is_test: bool
    store: int
    account: int
    store_slug: str
    is_demo: bool
    currency: str
    timezone: str
    live: int
    minute: int
    last: int
    # Seconds since 1970. Other documents may have the same ordinals in a database that was restored.
    folded_at: float

    def folded_to(self, *, with_minute: bool) -> int:
        """The last ordinal that a figure counts; `with_minute` for facts that are folded once a minute."""
        return min(self.live, self.minute) if with_minute else self.live


_COLUMNS = {"store": SeriesStanding._fields.index("store_slug"), "feed": SeriesStanding._fields.index("feed")}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The chosen series and the state of the facts at `as_of`."""

    series: tuple[SeriesStanding, ...]
    generation: int
    last_restatement: int
    rate_count: int
    as_of: datetime
    last_audit: dict[str, Any] | None
    held: dict[str, Any]

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the stores; of the first one where they differ."""
        return ZoneInfo(self.series[0].timezone if self.series else settings.INVOICEDASH_TIMEZONE)

    @property
    def today(self) -> date:
        """The day in that zone."""
        return self.as_of.astimezone(self.zone).date()

    @property
    def timezones(self) -> list[str]:
        return sorted({each.timezone for each in self.series})

    @property
    def stores(self) -> list[int]:
        return sorted({each.store for each in self.series})

    @property
    def currencies(self) -> list[str]:
        """The currencies of the stores."""
        return sorted({each.currency for each in self.series})

    def fingerprint(self, *, with_minute: bool) -> tuple[Any, ...]:
        """What a figure depends on: it is the same as long as this is."""
        folded = tuple((each.id, each.live, each.folded_at, each.minute if with_minute else 0) for each in self.series)
        return (self.generation, self.last_restatement, self.rate_count, folded)


@contextmanager
def snapshot() -> Iterator[None]:
    """One state of the database for all that is read within; inside a transaction, that of the transaction."""
    if connection.in_atomic_block:
        yield
        return
    database: Any = connection
    database.ensure_connection()
    session = database.connection
    # With the BEGIN; a SET TRANSACTION would be a statement more.
    session.isolation_level, session.read_only = IsolationLevel.REPEATABLE_READ, True
    try:
        with transaction.atomic():
            yield
    finally:
        if not session.closed:
            session.isolation_level = session.read_only = None


def read_standing(asked: Mapping[str, Sequence[str]]) -> Standing:
    """The state of the facts for the series that the filters of `asked` choose; raises `BadQuery`.

    Only stores that the request may see are chosen from. Test series and demonstration stores count only when their
    feed or store is named.
    """
    visible = visible_account_ids()
    rows = _read_rows(asked, visible)
    found = (SeriesStanding._make(row[: len(SeriesStanding._fields)]) for row in rows)
    every = [each for each in found if visible is None or each.account in visible]
    *_, generation, restatement, rates, now, last_audit, held = rows[0]
    return Standing(
        series=tuple(_chosen(every, asked)), generation=generation, last_restatement=restatement,
        rate_count=rates, as_of=replica.as_of() or now, last_audit=last_audit, held=held,
    )  # fmt: skip


def _read_rows(asked: Mapping[str, Sequence[str]], visible: frozenset[int] | None) -> list[tuple[Any, ...]]:
    """At least one row, and those of all series that may be chosen: of a thousand stores, those of the named one."""
    given: dict[str, Any] = {"zone": settings.INVOICEDASH_TIMEZONE, "accounts": sorted(visible or ())}
    scope = "" if visible is None else _OF_ACCOUNTS
    named = {name: {*asked.get(f"filter.{name}", ()), *asked.get(f"not.{name}", ())} for name in _NAMED}
    for name, condition in _NAMED.items():
        if asked.get(f"filter.{name}") and not any(named[other] for other in _NAMED if other != name):
            rows = _fetch(f"{scope} {condition}", {**given, "names": sorted(named[name])})
            if {row[_COLUMNS[name]] for row in rows} == named[name]:
                return rows
    # What is not there is refused with the names of all that are.
    return _fetch(scope, given) or _fetch("", given)


def _fetch(condition: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return fetch_all(f"{_READ} {condition} ORDER BY s.id", given)


def within_scope(asked: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """`asked`, narrowed down to the stores that the request may see, for a job, which sees all. Raises `BadQuery`."""
    if not hides_stores():
        return dict(asked)
    visible = read_stores()
    if unknown := sorted({*asked.get("filter.store", ())} - {store.slug for store in visible}):
        raise BadQuery("filter.store", f"{unknown[0][:60]!r} is not a store.")
    if asked.get("filter.store"):
        return dict(asked)
    return {**asked, "filter.store": [store.slug for store in visible if not store.is_demo]}


def _chosen(every: Sequence[SeriesStanding], asked: Mapping[str, Sequence[str]]) -> Iterator[SeriesStanding]:
    stores, feeds = ({*asked.get(f"filter.{name}", ())} for name in ("store", "feed"))
    not_stores, not_feeds = ({*asked.get(f"not.{name}", ())} for name in ("store", "feed"))
    for name, wanted, known in (
        ("store", stores | not_stores, {each.store_slug for each in every}),
        ("feed", feeds | not_feeds, {each.feed for each in every}),
    ):
        if unknown := sorted(wanted - known):
            raise BadQuery(
                f"filter.{name}", f"{unknown[0][:60]!r} is not a {name}: use one of {', '.join(sorted(known))}."
            )
    for each in every:
        is_real = not each.is_test and not each.is_demo
        is_named = each.feed in feeds or (each.store_slug in stores and each.is_demo)
        is_wanted = (not stores or each.store_slug in stores) and (not feeds or each.feed in feeds)
        if is_wanted and (is_real or is_named) and each.store_slug not in not_stores and each.feed not in not_feeds:
            yield each


def read_complete_until(standing: Standing, *, with_minute: bool) -> datetime:
    """The instant up to which all documents that were issued are in the figures."""
    folded = [(each.id, each.folded_to(with_minute=with_minute), each.last) for each in standing.series]
    waiting = [(series, to + 1) for series, to, last in folded if to < last]
    if not waiting:
        return standing.as_of
    with connection.cursor() as cursor:
        cursor.execute(_COMPLETE, [[series for series, _ in waiting], [ordinal for _, ordinal in waiting]])
        (first,) = cursor.fetchone()
    return first or standing.as_of
