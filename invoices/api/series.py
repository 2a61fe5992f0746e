"""Series of one's own: list them with their gaps, open one, change what may change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from ninja.errors import ValidationError
from pydantic import BaseModel, ConfigDict

from accounts.access import CONTROL, VIEW
from invoices.audit import gaps
from invoices.models import Series
from invoices.series import WrongSeries
from invoices.series_operations import (
    BadSeries,
    SeriesInUse,
    SeriesTaken,
    UnknownSeries,
    Wanted,
    change_series,
    next_printed,
    open_series,
)
from runtime.formats import iso
from stores.scope import narrow
from web.permissions import requires
from web.schemas import Problem

Kind = Literal["internal", "external", "test", "purchase"]
Holds = Literal["invoice", "credit_note"]
Prefix = Annotated[str, Field(strict=True, min_length=1, max_length=20)]
Pattern = Annotated[str, Field(strict=True, max_length=200, description="such as RE{year}-{n:04}")]
Start = Annotated[int, Field(strict=True, ge=0, lt=10**15, description="the first printed counter")]
Yes = Annotated[bool, Field(strict=True)]
Zone = Annotated[str, Field(strict=True, max_length=63, description="of the IANA list, such as Europe/Berlin")]
FeedText = Annotated[str, Field(strict=True, max_length=200, pattern=r"^[^\u0000]*$")]
# By which status each error is answered.
RESPONSES = {SeriesTaken: 409, SeriesInUse: 409, UnknownSeries: 404}


class SeriesIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    prefix: Prefix
    kind: Kind = "internal"
    document: Holds = "invoice"
    pattern: Pattern = ""
    start: Start = 1
    yearly: Yes = Field(False, description="a new row each year, which counts from 1 again")
    timezone: Zone = Field("", description="of the invoice day; without it, the offset of each date")
    feed: FeedText = "live"
    zero_totals: Yes = False


class SeriesChange(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    pattern: Pattern | None = None
    start: Start | None = None
    yearly: Yes | None = None
    timezone: Zone | None = None
    zero_totals: Yes | None = None


class GapOut(Schema):
    first: int
    last: int


class SeriesOut(Schema):
    prefix: str
    kind: Kind
    document: Holds
    pattern: str
    start: int
    yearly: bool
    year: int | None
    timezone: str
    feed: str
    zero_totals: bool
    issued: int
    next_number: str | None = Field(description="what is printed on the next document; none where sources number")
    gaps: list[GapOut] = Field(description="missing ordinals, the first hundred; none but after damage")
    opened_at: str


class SeriesListOut(Schema):
    items: list[SeriesOut]


router = Router(tags=["series"])
ERRORS = {frozenset({400, 401, 403, 404, 409, 422, 503}): Problem}


@router.get("", response={200: SeriesListOut, **ERRORS}, auth=requires(VIEW))
def list_series(request: HttpRequest) -> Any:
    """All open series, the newest last, each with its gaps."""
    missing = gaps()
    rows = narrow(Series.objects.filter(closed_at=None).order_by("id"), "store_id")
    return {"items": [_written(series, missing.get(series.prefix, [])) for series in rows]}


@router.post("", response={201: SeriesOut, **ERRORS}, auth=requires(CONTROL))
def post_series(request: HttpRequest, body: SeriesIn) -> Any:
    """Open a series that numbers from `start` on; 409 where there is one of that prefix."""
    with _bad_values_named():
        return Status(201, _written(open_series(Wanted(**body.model_dump())), []))


@router.patch("/{prefix}", response={200: SeriesOut, **ERRORS}, auth=requires(CONTROL))
def patch_series(request: HttpRequest, prefix: FeedText, body: SeriesChange) -> Any:
    """Change a series; pattern, start and yearly only while nothing was issued in it."""
    with _bad_values_named():
        changed = change_series(prefix, body.model_dump(exclude_none=True))
    return _written(changed, gaps().get(prefix, []))


@contextmanager
def _bad_values_named() -> Iterator[None]:
    """Bad values become a 422 with the field's name."""
    try:
        yield
    except (BadSeries, WrongSeries) as error:
        field = getattr(error, "field", "prefix")
        raise ValidationError([{"loc": [field], "msg": str(error).removesuffix(".")}]) from error


def _written(series: Series, missing: list[tuple[int, int]]) -> dict[str, Any]:
    return {
        "prefix": series.prefix,
        "kind": series.kind,
        "document": series.document,
        "pattern": series.pattern,
        "start": series.start,
        "yearly": series.is_yearly,
        "year": series.year,
        "timezone": series.timezone,
        "feed": series.feed_id,
        "zero_totals": series.allows_zero_totals,
        "issued": series.last_ordinal,
        "next_number": next_printed(series, series.day_of(datetime.now(UTC))),
        "gaps": [{"first": first, "last": last} for first, last in missing],
        "opened_at": iso(series.opened_at),
    }
