"""Which source answers a question exactly: a table of facts, else the documents themselves. Imports no framework."""

from __future__ import annotations

from datetime import timedelta

from analytics.metrics import registry
from analytics.metrics.errors import BadQuery
from analytics.metrics.question import Query
from analytics.metrics.registry import HOUR, Metric, Source

# What the process `loops` folds at once; the other tables follow within a minute.
_LIVE = {registry.SALES, registry.DAYS, registry.CATEGORIES}


def source_of(query: Query, part: Metric) -> tuple[Source, str]:
    """The source that answers a sum, and its SQL expression; raises `BadQuery` where there is none."""
    if part.name == "refunds" and query.dated == "sale":
        return _refunds_by_sale(query), "sum(f.subtotal)"
    if not part.expressions:
        raise BadQuery(
            "metric", f"{part.name} is not a figure of documents: ask for it by store, or for another metric."
        )
    wanted = {*query.by, *(each.dimension for each in query.filters)} - {"currency"}
    able = [pair for pair in part.expressions if wanted <= {*pair[0].dimensions}]
    if not able:
        unknown = sorted(wanted - {*registry.dimensions(part)})
        raise BadQuery(unknown[0], f"{part.name} has no dimension {unknown[0]!r}: see /api/v1/analytics/catalogue.")
    for source, expression in able:
        if _is_exact(source, query):
            return source, expression
    raise _inexact(part, able[0][0], query)


def needs_minute(query: Query) -> bool:
    """Whether a figure stands on facts that are folded once a minute."""
    # Of the documents, segments alone need facts.
    return any(
        query.asks("customer_segment") if source.is_direct else source not in _LIVE for source in _sources(query)
    )


def may_be_kept(query: Query) -> bool:
    """Whether an answer changes only when documents are folded. Categories that are read from products may change too."""
    return not query.asks("category") or registry.LINES not in _sources(query)


def _sources(query: Query) -> set[Source]:
    return {source_of(query, part)[0] for metric in query.metrics for part in registry.parts(metric)}


def _is_exact(source: Source, query: Query) -> bool:
    """Whether the buckets of the source add up to those of the question."""
    if query.grain not in source.grains:
        return False
    # Parts of days, and days of other zones, are sums of hours.
    if source.finest != HOUR and (query.has_parts_of_days or query.timezone != "store"):
        return False
    # Products are kept by month, and rates are by day.
    return source is not registry.PRODUCTS or (_is_of_months(query) and not query.convert)


def _is_of_months(query: Query) -> bool:
    return query.first.day == 1 and (query.last + timedelta(days=1)).day == 1


def _refunds_by_sale(query: Query) -> Source:
    source = registry.REFUNDS_BY_SALE
    for name in (*query.by, *(each.dimension for each in query.filters)):
        if name not in source.dimensions:
            raise BadQuery(name, f"Refunds by the date of the sale have no dimension {name!r}: use dated=refund.")
    if not _is_exact(source, query):
        raise _inexact(registry.find("refunds"), source, query)
    return source


def _inexact(part: Metric, source: Source, query: Query) -> BadQuery:
    """Why the figures of the source do not answer the question."""
    if query.grain not in source.grains:
        return BadQuery("grain", f"{part.name} is kept by {source.finest}: use {source.finest} or a longer grain.")
    if query.timezone != "store":
        return BadQuery("tz", f"{part.name} is kept by days of the store: use tz=store.")
    return BadQuery("from", f"{part.name} is kept by days of the store: use whole days, such as from=2026-03-01.")
