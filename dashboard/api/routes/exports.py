"""Files of many invoices."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field
from ninja.errors import ValidationError

from dashboard.api.app import api, can_view
from dashboard.api.schemas import FeedName, Problem, Search, Text, chosen_feed
from exports.files.download import TooManyExports, download
from exports.files.filters import Filter, UnknownSeries, choose
from exports.files.formats import MEDIA_TYPES, Format
from replays.operations import is_replay
from web.openapi import answers
from web.problems import problem

Day = Annotated[date, Field(description="a day in UTC, of the invoice date")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
KindName = Literal["invoice", "credit_note"]


@api.get(
    "/exports/invoices.{form}",
    response={frozenset({401, 403, 404, 422, 429, 503}): Problem},
    openapi_extra=answers(MEDIA_TYPES.values()),
    auth=can_view,
    tags=["exports"],
)
def export_invoices(
    request: HttpRequest,
    form: Format,
    feed: FeedName | None = None,
    series: Text | None = None,
    q: Search | None = None,
    date_from: Day | None = None,
    date_to: Day | None = None,
    kind: KindName | None = None,
    currency: Currency | None = None,
) -> HttpResponse | Any:
    """All invoices of a filter, in the order of issue, as CSV, JSON lines or Parquet."""
    name = chosen_feed(feed)
    if is_replay(name):
        raise ValidationError(
            [{"loc": ["query", "feed"], "msg": "a replay has no invoices of its own; choose its source"}]
        )
    wanted = Filter(
        feed=name, series=series, q=q or "", date_from=date_from, date_to=date_to, kind=kind, currency=currency
    )  # fmt: skip
    try:
        return download(choose(wanted), form)
    except UnknownSeries as error:
        raise ValidationError([{"loc": ["query", "series"], "msg": str(error)}]) from None
    except TooManyExports as refusal:
        answer = problem(429, str(refusal))
        answer["Retry-After"] = "5"
        return answer
