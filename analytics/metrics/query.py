"""Parses a question for figures from the parameters of a call, and checks it against the registry. Imports no framework."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.facts.zones import day_start
from analytics.metrics import registry
from analytics.metrics.errors import BadQuery as BadQuery
from analytics.metrics.grains import WEEK_STARTS
from analytics.metrics.question import Filter as Filter
from analytics.metrics.question import Query as Query
from analytics.metrics.registry import DAY, GRAINS, HOUR, Metric
from analytics.metrics.sources import source_of
from runtime.timezones import is_timezone

MOST_BUCKETS = 10_000
MOST_DAYS = 36_600
_YEARS = range(1900, 3000)
# The names of the paper, beside ours.
GRAINS_OF_THE_PAPER = {
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
}
_SYNONYMS = {
    "metric_type": "metric", "start": "from", "end": "to", "granularity": "grain", "product_category": "filter.category",
    "customer_segment": "filter.customer_segment",
}  # fmt: skip
_KNOWN = {
    "metric",
    "from",
    "to",
    "grain",
    "by",
    "currency",
    "tz",
    "compare",
    "convert",
    "week_start",
    "dated",
    "rate_policy",
}
_PAGING = {"cursor", "limit"}
COMPARISONS = ("previous", "year")
DATED = ("refund", "sale")
RATE_POLICIES = ("exact", "previous")


def parse(given: Mapping[str, Sequence[str]], *, zone: ZoneInfo, today: date, timezones: Sequence[str] = ()) -> Query:
    """The question that these parameters ask; `zone` is that of the first store, `timezones` those of all stores.

    Raises `BadQuery`.
    """
    asked = _with_synonyms(given)
    first, last, instants = _range(asked, zone, today)
    query = Query(
        metrics=_metrics(asked), first=first, last=last, instants=instants,
        has_parts_of_days=bool(instants) and (len(timezones) > 1 or instants != _days(first, last, zone)),
        grain=_one_of(asked, "grain", GRAINS, DAY), by=tuple(_words(asked, "by")), filters=_filters(asked),
        timezone=_timezone(asked, timezones), compare=_one_of(asked, "compare", ("", *COMPARISONS), ""),
        convert=_currency(asked, "convert"), week_start=_one_of(asked, "week_start", tuple(WEEK_STARTS), "mon"),
        dated=_one_of(asked, "dated", DATED, "refund"),
        rate_policy=_one_of(asked, "rate_policy", RATE_POLICIES, "exact"), asked=asked,
    )  # fmt: skip
    _check(query)
    return query


def with_companions(query: Query) -> Query:
    """The same question; to one for revenue alone, with the number of invoices and the average, where they are kept."""
    companions = registry.COMPANIONS.get(query.metrics[0].name, ())
    if len(query.metrics) > 1 or not companions:
        return query
    extended = replace(query, metrics=(*query.metrics, *map(registry.find, companions)))
    try:
        _check(extended)
    except BadQuery:
        return query
    return extended


def _with_synonyms(given: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    asked: dict[str, tuple[str, ...]] = {}
    for name, values in given.items():
        own = _SYNONYMS.get(name, name)
        if own not in _KNOWN | _PAGING and not re.fullmatch(r"(filter|not)\.[a-z_]{1,40}", own):
            raise BadQuery(name[:60], f"{name[:60]!r} is not a parameter of this call.")
        asked[own] = (*asked.get(own, ()), *(value for value in values if value))
    if asked.get("grain"):
        asked["grain"] = tuple(GRAINS_OF_THE_PAPER.get(value, value) for value in asked["grain"])
    return asked


def _metrics(asked: Mapping[str, tuple[str, ...]]) -> tuple[Metric, ...]:
    names = [name.strip() for value in asked.get("metric", ()) for name in value.split(",") if name.strip()]
    if not names:
        raise BadQuery("metric", "No metric is named: use for example metric=revenue.")
    try:
        return tuple(dict.fromkeys(registry.find(name) for name in names))
    except registry.UnknownMetric as error:
        raise BadQuery("metric", str(error)) from error


def _one_of(asked: Mapping[str, tuple[str, ...]], name: str, known: Sequence[str], default: str) -> str:
    value = (asked.get(name) or (default,))[-1]
    if value not in known:
        raise BadQuery(name, f"{value[:40]!r} is not a valid {name}: use {', '.join(filter(None, known))}.")
    return value


def _words(asked: Mapping[str, tuple[str, ...]], name: str) -> list[str]:
    return list(
        dict.fromkeys(word.strip() for value in asked.get(name, ()) for word in value.split(",") if word.strip())
    )


def _currency(asked: Mapping[str, tuple[str, ...]], name: str) -> str:
    value = (asked.get(name) or ("",))[-1]
    if value and not re.fullmatch("[A-Z]{3}", value):
        raise BadQuery(name, f"{value[:40]!r} is not a currency: use a code such as EUR.")
    return value


def _timezone(asked: Mapping[str, tuple[str, ...]], timezones: Sequence[str]) -> str:
    """The zone of all stores is `store` by another name: then everything can be answered."""
    value = (asked.get("tz") or ("store",))[-1]
    if [value] == [*timezones]:
        return "store"
    if value != "store" and not is_timezone(value):
        raise BadQuery("tz", f"{value[:40]!r} is not a time zone: use store, or a name such as Europe/Berlin.")
    return value


def _filters(asked: Mapping[str, tuple[str, ...]]) -> tuple[Filter, ...]:
    found = [
        Filter(dimension=name.partition(".")[2], members=tuple(values), is_not=name.startswith("not."))
        for name, values in asked.items()
        if name.startswith(("filter.", "not.")) and values
    ]
    if currency := _currency(asked, "currency"):
        found.append(Filter(dimension="currency", members=(currency,)))
    return tuple(sorted(found, key=lambda each: (each.dimension, each.is_not, each.members)))


def _range(
    asked: Mapping[str, tuple[str, ...]], zone: ZoneInfo, today: date
) -> tuple[date, date, tuple[datetime, datetime] | None]:
    """First day, last day and, where instants are asked for, these widened to whole hours of the zone."""
    begin, end = (_moment(asked, name, zone) for name in ("from", "to"))
    begin = begin or today - timedelta(days=27)
    end = end or today
    if not isinstance(begin, datetime) and not isinstance(end, datetime):
        first, last, instants = begin, end, None
    else:
        instants = (_floor(_instant(begin, zone)), _ceiling(_instant(end, zone, is_end=True)))
        first = instants[0].astimezone(zone).date()
        last = (instants[1] - timedelta(microseconds=1)).astimezone(zone).date()
    # Of two times in one zone, Python compares what the clocks show.
    if last < first or (instants and instants[1].timestamp() <= instants[0].timestamp()):
        raise BadQuery("to", f"The end {end} is before the beginning {begin}.")
    return first, last, instants


def _days(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return day_start(first, zone), day_start(last + timedelta(days=1), zone)


def _moment(asked: Mapping[str, tuple[str, ...]], name: str, zone: ZoneInfo) -> date | datetime | None:
    text = (asked.get(name) or ("",))[-1]
    if not text:
        return None
    try:
        moment = _parse(text, zone)
    except ValueError:
        raise BadQuery(
            name, f"{text[:40]!r} is not a day or an instant: use 2026-03-01 or 2026-03-01T10:00Z."
        ) from None
    if moment.year not in _YEARS:
        raise BadQuery(name, f"{text[:40]!r} is out of range: use a year from {_YEARS[0]} to {_YEARS[-1]}.")
    return moment


def _parse(text: str, zone: ZoneInfo) -> date | datetime:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return date.fromisoformat(text)
    # In a query string, the plus sign of an offset is a space unless it is encoded.
    moment = datetime.fromisoformat(text.replace(" ", "+") if " " in text[10:] else text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _instant(moment: date | datetime, zone: ZoneInfo, *, is_end: bool = False) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(zone)
    return datetime(moment.year, moment.month, moment.day, tzinfo=zone) + timedelta(days=int(is_end))


def _floor(moment: datetime) -> datetime:
    """The hour of its zone that `moment` is in: the first or the second one when the clock is put back."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _ceiling(moment: datetime) -> datetime:
    """The next hour, counted in UTC: clocks may be put back by then."""
    floor = _floor(moment)
    return floor if floor == moment else (floor.astimezone(UTC) + timedelta(hours=1)).astimezone(moment.tzinfo)


def _check(query: Query) -> None:
    """Raises `BadQuery` for what the metrics cannot be asked."""
    _check_size(query)
    for metric in query.metrics:
        for name in (*query.by, *(each.dimension for each in query.filters)):
            if name not in registry.dimensions(metric):
                raise BadQuery(name, f"{metric.name} has no dimension {name!r}: see /api/v1/analytics/catalogue.")
        for part in registry.parts(metric):
            source, _ = source_of(query, part)
            if query.convert and source.finest == registry.MONTH:
                raise BadQuery(
                    "convert", f"{metric.name} is kept by months here and rates are by day: leave out convert."
                )


def _check_size(query: Query) -> None:
    if (query.last - query.first).days > MOST_DAYS:
        raise BadQuery("to", f"The range has over {MOST_DAYS:,} days: use a shorter one.")
    # A longer grain has at most as many buckets as there are days, which are limited above.
    count = {HOUR: 24, DAY: 1}.get(query.grain, 0) * ((query.last - query.first).days + 1)
    if count > MOST_BUCKETS:
        raise BadQuery("grain", f"The range has over {MOST_BUCKETS:,} buckets: use a longer grain.")
