"""Files of many invoices."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router
from ninja.errors import ValidationError

from accounts.access import VIEW_FEED
from exports.files.download import TooManyExports, download
from exports.files.filters import Filter, UnknownSeries, choose, zone_of
from exports.files.formats import MEDIA_TYPES, Format, NotOfThisFormat, check_style
from exports.files.style import DecimalMark, Rows, Separator, Style
from invoices.api.schemas import Search
from streaming import feed as feeds
from streaming.schemas import FeedName, chosen_feed
from web.exact import Day
from web.openapi import answers
from web.permissions import requires
from web.problems import problem
from web.schemas import Problem, Text

router = Router(tags=["exports"])
InvoiceDay = Annotated[Day, Field(description="a day in UTC, of the invoice date")]
SeparatorName = Annotated[Separator, Field(description="CSV: between the cells")]
DecimalMarkName = Annotated[DecimalMark, Field(description="CSV: of numbers")]
Bom = Annotated[bool, Field(description="CSV: a byte order mark, by which Excel reads umlauts")]
RowsName = Annotated[Rows, Field(description="CSV: a row for each document, or for each VAT rate of it, signed")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
KindName = Literal["invoice", "credit_note"]


@router.get(
    "/exports/invoices.{form}",
    response={frozenset({401, 403, 404, 422, 429, 503}): Problem},
    openapi_extra=answers(MEDIA_TYPES.values()),
    auth=requires(VIEW_FEED),
)
def export_invoices(
    request: HttpRequest,
    form: Format,
    feed: FeedName | None = None,
    series: Text | None = None,
    q: Search | None = None,
    date_from: InvoiceDay | None = None,
    date_to: InvoiceDay | None = None,
    kind: KindName | None = None,
    currency: Currency | None = None,
    rows: RowsName = Rows.DOCUMENTS,
    separator: SeparatorName = Separator.COMMA,
    decimal_mark: DecimalMarkName = DecimalMark.POINT,
    bom: Bom = False,
) -> HttpResponse | Any:
    """All invoices of a filter, in the order of issue, as CSV, JSON lines or Parquet."""
    wanted = Filter(
        feed=read_feed(feed, "query"), series=series, q=q or "", date_from=date_from, date_to=date_to, kind=kind,
        currency=currency,
    )  # fmt: skip
    style = make_style(form, wanted.feed, rows, separator, decimal_mark, bom)
    try:
        return download(choose(wanted), form, style)
    except UnknownSeries as error:
        raise ValidationError([{"loc": ["query", "series"], "msg": str(error)}]) from None
    except TooManyExports as refusal:
        return refuse(refusal)


def read_feed(feed: str | None, where: str) -> str:
    """The feed whose invoices are asked for; `where` is the part of the request that named it."""
    name = chosen_feed(feed)
    if not feeds.kind_of(name).owns_rows:
        raise ValidationError(
            [{"loc": [where, "feed"], "msg": f"feed {name} has no invoices of its own; choose its source"}]
        )
    return name


def make_style(
    form: Format, feed: str, rows: Rows, separator: Separator, decimal_mark: DecimalMark, bom: bool
) -> Style:
    """How a file of the feed is written, with the days of its store."""
    style = Style(rows=rows, separator=separator, decimal_mark=decimal_mark, bom=bom, zone=zone_of(feed))
    try:
        check_style(form, style)
    except NotOfThisFormat as wrong:
        raise ValidationError([{"loc": ["query", "format"], "msg": str(wrong).removesuffix(".")}]) from wrong
    return style


def refuse(refusal: Exception) -> HttpResponse:
    """429 with the seconds to wait."""
    answer = problem(429, str(refusal))
    answer["Retry-After"] = "5"
    return answer
