"""Opening series of one's own, and changing what may change of them: pattern, start, yearly, time zone, zero totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import IntegrityError, transaction
from django.utils import timezone as clock

from invoices import numbering
from invoices.documents import characters
from invoices.models import Series
from invoices.series import WrongSeries, check_prefix
from stores.scope import narrow
from streaming import feed as feeds

LONGEST_YEARLY_PREFIX = 15
DEFAULT_PATTERN = "{prefix}-{{n:06}}"
CHANGEABLE = frozenset({"pattern", "start", "yearly", "timezone", "zero_totals"})


class BadSeries(ValueError):
    """A field of the series is wrong; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class SeriesTaken(RuntimeError):
    """A series with this prefix exists already."""


class UnknownSeries(LookupError):
    """No series has this prefix."""


class SeriesInUse(RuntimeError):
    """The series has documents, so the field cannot be changed."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A series as callers describe it. An empty `pattern` prints the invoice number, or counts from `start`."""

    prefix: str
    kind: str = Series.Kind.INTERNAL
    document: str = "invoice"
    pattern: str = ""
    start: int = 1
    yearly: bool = False
    timezone: str = ""
    feed: str = "live"
    zero_totals: bool = False


def open_series(wanted: Wanted) -> Series:
    """Open it; raises `BadSeries` for a bad value and `SeriesTaken` where the prefix or the place of a test series is."""
    check_prefix(wanted.prefix)
    feeds.check_feed(wanted.feed)
    _check(wanted)
    if Series.objects.filter(prefix=wanted.prefix).exists():
        raise SeriesTaken(f"There is a series {wanted.prefix} already; use another prefix.")
    try:
        with transaction.atomic():
            return Series.objects.create(
                prefix=wanted.prefix, feed_id=wanted.feed, **_fixed(wanted), **_columns(wanted)
            )
    except IntegrityError as error:
        if "one_open_test_series" in str(error):
            message = (
                f"Feed {wanted.feed} has an open test series for {wanted.document.replace('_', ' ')}s; use that one."
            )
            raise SeriesTaken(message) from error
        raise SeriesTaken(f"There is a series {wanted.prefix} already; use another prefix.") from error


@transaction.atomic
def change_series(prefix: str, changes: Mapping[str, Any]) -> Series:
    """Change the named fields of `CHANGEABLE`; raises `UnknownSeries`, `BadSeries` and `SeriesInUse`."""
    mine = narrow(Series.objects.filter(prefix=prefix, closed_at=None), "store_id")
    series = mine.select_for_update(no_key=True).first()
    if series is None:
        raise UnknownSeries(f"There is no series {prefix[:40]!r}.")
    wanted = Wanted(**asdict(described(series)) | dict(changes))
    _check(wanted)
    columns = _columns(wanted, year=series.year)
    fixed = [name for name in ("pattern", "start", "is_yearly") if columns[name] != getattr(series, name)]
    if fixed and series.last_ordinal:
        raise SeriesInUse(
            f"Series {prefix} has issued {series.last_ordinal:,} documents, so its pattern, start and yearly stay; "
            "open another series."
        )
    for name, value in columns.items():
        setattr(series, name, value)
    series.save(update_fields=list(columns))
    return series


def described(series: Series) -> Wanted:
    """The series as callers describe it."""
    return Wanted(
        prefix=series.prefix,
        kind=series.kind,
        document=series.document,
        pattern=series.pattern,
        start=series.start,
        yearly=series.is_yearly,
        timezone=series.timezone,
        feed=series.feed_id,
        zero_totals=series.allows_zero_totals,
    )


def next_printed(series: Series, today: date) -> str | None:
    """The printed number of the next document; None where the sources give the numbers."""
    if series.kind == Series.Kind.EXTERNAL:
        return None
    ordinal = series.last_ordinal + 1
    return series.printed_number(ordinal, today) or series.number(ordinal)


def _check(wanted: Wanted) -> None:
    if wanted.kind not in Series.Kind.values:
        raise BadSeries("kind", f"{wanted.kind[:20]!r} is not a valid kind: use {', '.join(Series.Kind.values)}.")
    if wanted.document not in ("invoice", "credit_note"):
        raise BadSeries("document", f"{wanted.document[:20]!r} is not valid: use invoice or credit_note.")
    if wanted.kind == Series.Kind.TEST and wanted.feed in feeds.permanent_feeds():
        message = "A test series needs a feed of its own: demo has the generated invoices, and live has real ones."
        raise BadSeries("feed", message)
    if wanted.feed == "demo":
        raise BadSeries("feed", "demo has the generated invoices alone; use another feed, such as live.")
    _check_numbers(wanted)
    if wanted.timezone:
        _check_zone(wanted.timezone)


def _check_numbers(wanted: Wanted) -> None:
    if wanted.kind == Series.Kind.EXTERNAL and (wanted.pattern or wanted.start != 1 or wanted.yearly):
        raise BadSeries(
            "pattern", "An external series prints its source's own numbers; leave pattern, start and yearly out."
        )
    if not 0 <= wanted.start < 10**15:
        raise BadSeries("start", f"{wanted.start} is not between 0 and {10**15 - 1:,}.")
    if wanted.yearly and not wanted.pattern:
        raise BadSeries("pattern", "A yearly series needs a pattern with {year}, for example RE{year}-{n:04}.")
    if wanted.yearly and len(wanted.prefix) > LONGEST_YEARLY_PREFIX:
        message = f"{wanted.prefix} is too long: a yearly series adds the year, so use at most {LONGEST_YEARLY_PREFIX}."
        raise BadSeries("prefix", message)
    if hidden := characters.find_hidden(wanted.pattern, is_identifier=True):
        raise BadSeries("pattern", f"The pattern has the invisible character {characters.name(hidden)}; remove it.")
    if wanted.pattern:
        try:
            numbering.check_pattern(wanted.pattern, is_yearly=wanted.yearly)
        except numbering.BadPattern as bad:
            raise BadSeries("pattern", str(bad)) from bad


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"{name[:40]!r} is not a valid time zone: use one of the IANA list, for example Europe/Berlin."
        raise BadSeries("timezone", message) from None


def _fixed(wanted: Wanted) -> dict[str, Any]:
    return {"kind": wanted.kind, "document": wanted.document}


def _columns(wanted: Wanted, *, year: int | None = None) -> dict[str, Any]:
    pattern = characters.normalize(wanted.pattern)
    if not pattern and wanted.start != 1:
        pattern = DEFAULT_PATTERN.format(prefix=wanted.prefix)
    zone = ZoneInfo(wanted.timezone or "UTC")
    return {
        "pattern": pattern,
        "start": wanted.start,
        "is_yearly": wanted.yearly,
        "year": (year or clock.now().astimezone(zone).year) if wanted.yearly else None,
        "root": wanted.prefix if wanted.yearly else "",
        "timezone": wanted.timezone,
        "allows_zero_totals": wanted.zero_totals,
    }


__all__ = [
    "BadSeries",
    "SeriesInUse",
    "SeriesTaken",
    "UnknownSeries",
    "Wanted",
    "WrongSeries",
    "change_series",
    "open_series",
]
