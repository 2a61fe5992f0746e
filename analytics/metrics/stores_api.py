"""The API of the figures of one store. Members of its account may read them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.errors import ValidationError

from analytics.metrics.of_store import NAMES, read_buckets
from analytics.metrics.query import BadQuery
from stores.members.store_access import SIGNED_IN, Role, Slug, read_store_for
from stores.reading import reading_stores
from web.permissions import requires
from web.schemas import Problem, Text

router = Router(tags=["stores"])
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}
Name = Annotated[str, Field(json_schema_extra={"enum": list(NAMES)}, max_length=40)]
Moment = Annotated[Text, Field(max_length=40, description="a day such as 2026-03-01, or an instant")]


class BucketOut(Schema):
    """`value` is money or a quantity as text, or a count; null where nothing is to be divided by. `count` is the number
    of orders, for stock_low that of articles.
    """

    starts_at: str
    currency: str
    value: str | int | None
    count: int
    computed_at: str


class BucketsOut(Schema):
    items: list[BucketOut]


class Asked(Schema):
    name: Name
    bucket: Literal["hour", "day"] = "day"
    from_: Moment = Field("", alias="from")
    to: Moment = ""


@router.get("/stores/{slug}/metrics", response={200: BucketsOut, **ERRORS}, auth=requires(SIGNED_IN))
def get_store_metrics(request: HttpRequest, slug: Slug, asked: Query[Asked]) -> Any:
    """The values of one metric by hour or day, oldest first. Without `from`, of the last four weeks."""
    store = read_store_for(request, slug, Role.VIEWER)
    if asked.name not in NAMES:
        raise _bad("name", f"{asked.name!r} is not a metric of stores: use one of {', '.join(NAMES)}.")
    given: dict[str, list[str]] = {"grain": [asked.bucket], "from": [asked.from_], "to": [asked.to]}
    try:
        with reading_stores():
            return {"items": read_buckets(store, asked.name, given)}
    except BadQuery as error:
        field = {"grain": "bucket"}.get(error.field, error.field)
        raise _bad(field, str(error)) from error


def _bad(field: str, message: str) -> ValidationError:
    return ValidationError([{"loc": ["query", field], "msg": message}])
