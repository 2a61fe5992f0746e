"""The journal of a month."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Field, Router, Schema

from accounts.access import VIEW_FEED
from exports.api.files import Bom, DecimalMarkName, SeparatorName, read_feed
from exports.files.filters import zone_of
from exports.files.style import DecimalMark, Separator, Style
from exports.journal import pdf, read, serialize
from exports.journal.pdf import JournalBroke
from exports.journal.read import BadMonth
from stores.letterheads import read_letterhead
from stores.models import DEFAULT_STORE_ID
from stores.queries import find_store_of_feed
from streaming.schemas import FeedName
from web.openapi import answers
from web.permissions import requires
from web.schemas import Problem

router = Router(tags=["exports"])
RESPONSES: dict[type[Exception], int] = {BadMonth: 422, JournalBroke: 503}
MonthText = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="such as 2026-10")]
JournalFormat = Literal["json", "csv", "pdf"]
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}


class JournalItem(Schema):
    """The documents of a day in one country, currency, VAT rate and category; credit notes count negative."""

    day: str
    country: str = Field(description="of the buyer, ISO 3166-1 alpha-2; empty where it is not known")
    currency: str
    vat_rate: str
    vat_category: str
    documents: int
    net: str
    vat: str
    total: str


class JournalOut(Schema):
    month: str
    timezone: str = Field(description="the zone of the store, in which the days lie")
    items: list[JournalItem]


@router.get(
    "/journal",
    response={200: JournalOut, frozenset({401, 403, 404, 422, 503}): Problem},
    openapi_extra=answers(MEDIA_TYPES.values()),
    auth=requires(VIEW_FEED),
)
def get_journal(
    request: HttpRequest,
    month: MonthText,
    feed: FeedName | None = None,
    format: JournalFormat = "json",
    separator: SeparatorName = Separator.COMMA,
    decimal_mark: DecimalMarkName = DecimalMark.POINT,
    bom: Bom = False,
) -> Any:
    """The sales of a month per day, country, currency, VAT rate and category, as JSON, CSV or PDF."""
    wanted, name = read.read_month(month), read_feed(feed, "query")
    zone = zone_of(name)
    items = read.read_items(name, wanted, zone)
    if format == "json":
        return JsonResponse(serialize.to_json(wanted, zone, items))
    if format == "csv":
        style = Style(separator=separator, decimal_mark=decimal_mark, bom=bom)
        return _file(serialize.to_file(items, style), name, wanted, format)
    store = find_store_of_feed(name)
    letterhead = read_letterhead(DEFAULT_STORE_ID if store is None else store.id)
    made = pdf.to_pdf(items, wanted, title=name if store is None else store.name, zone=zone, letterhead=letterhead)
    return _file(made, name, wanted, format)


def _file(content: bytes, feed: str, month: read.Month, form: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=MEDIA_TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="journal-{feed}-{month}.{form}"'
    return answer
