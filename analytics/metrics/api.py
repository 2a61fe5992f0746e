"""The API of figures, under /api/v1/analytics/. Parameters are those of docs/analytics.md, and the names of the paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.errors import ValidationError

from accounts.access import VIEW
from analytics.metrics import catalogue, cohorts, documents, explain, operations, segments, stores_api
from analytics.metrics.exporting import api as exporting
from analytics.metrics.grains import WEEK_STARTS
from analytics.metrics.query import COMPARISONS, DATED, GRAINS_OF_THE_PAPER, RATE_POLICIES, BadQuery
from analytics.metrics.registry import GRAINS
from analytics.metrics.rows import to_json
from analytics.metrics.schemas import CatalogueOut, CohortsOut, ExplainOut, MetricsIn, MetricsOut, RowsOut, SegmentsOut
from stores.members.store_access import UnknownStore
from stores.reading import reading_stores
from web.permissions import requires
from web.schemas import Problem

router = Router(tags=["analytics"])
router.add_router("", exporting.router)
router.add_router("", stores_api.router)
RESPONSES: dict[type[Exception], int] = {UnknownStore: 404}
ERRORS = {frozenset({400, 401, 403, 413, 422, 503}): Problem}
_DAY = {"maxLength": 40, "examples": ["2026-03-01", "2026-03-01T10:00Z"]}
# An empty value is as none.
_CURRENCY = {"pattern": "^([A-Z]{3})?$"}
_WORDS: dict[str, Any] = {"maxLength": 200}
_PARAMETERS: dict[str, tuple[str, dict[str, Any]]] = {
    "metric": ("Name of a metric, or several joined by commas; also metric_type", _WORDS),
    "from": ("First day, or an instant; also start", _DAY),
    "to": ("Last day, or an instant; also end", _DAY),
    "grain": ("Length of a bucket; also granularity", {"enum": [*GRAINS, *GRAINS_OF_THE_PAPER]}),
    "by": ("Dimensions, joined by commas", _WORDS),
    "currency": ("Currency of the documents", _CURRENCY),
    "convert": ("Currency to convert to", _CURRENCY),
    "tz": ("store, or a time zone", {"maxLength": 60}),
    "compare": ("Compare with the period before, or a year before", {"enum": COMPARISONS}),
    "week_start": ("First day of a week", {"enum": [*WEEK_STARTS]}),
    "dated": ("The day of a refund: its own, or that of the sale", {"enum": DATED}),
    "rate_policy": ("Which rates convert: those of the day, or the last ones before it", {"enum": RATE_POLICIES}),
}
_PAGING: dict[str, tuple[str, dict[str, Any]]] = {
    "limit": ("Documents of a page", {"type": "integer", "minimum": 1, "maximum": documents.MOST}),
    "cursor": ("`next` of the page before", {"pattern": "^[1-9][0-9]{0,18}$"}),
}


def _documented(parameters: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    return {
        "parameters": [
            {"name": name, "in": "query", "required": False, "description": text, "schema": {"type": "string"} | schema}
            for name, (text, schema) in parameters.items()
        ]
    }


PARAMETERS = _documented(_PARAMETERS)
PARAMETERS_OF_PERIODS = _documented({name: _PARAMETERS[name] for name in ("from", "to", "currency")})
PARAMETERS_OF_ROWS = _documented(_PARAMETERS | _PAGING)


@router.get(
    "/v1/analytics/metrics", response={200: MetricsOut, **ERRORS}, auth=requires(VIEW), openapi_extra=PARAMETERS
)
def get_metrics(request: HttpRequest) -> Any:
    """Figures of one or several metrics by time and dimension, with totals and proof."""
    return _answer(operations.read_metrics, _given(request))


@router.post("/v1/analytics/metrics", response={200: MetricsOut, **ERRORS}, auth=requires(VIEW, begins_outcome=False))
def post_metrics(request: HttpRequest, body: MetricsIn) -> Any:
    """The same with the question in the body."""
    return _answer(operations.read_metrics, body.as_parameters())


@router.get("/v1/analytics/catalogue", response={200: CatalogueOut, **ERRORS}, auth=requires(VIEW))
def get_catalogue(request: HttpRequest) -> Any:
    """Every metric: what it means, its unit, grains and dimensions, and whether its buckets may be added up."""
    return {"metrics": catalogue.read_catalogue()}


@router.get(
    "/v1/analytics/explain", response={200: ExplainOut, **ERRORS}, auth=requires(VIEW), openapi_extra=PARAMETERS
)
def get_explain(request: HttpRequest) -> Any:
    """How figures come about: definition, SQL, buckets, documents, restatements."""
    return _answer(explain.read_explanation, _given(request))


@router.get("/v1/analytics/rows", response={200: RowsOut, **ERRORS}, auth=requires(VIEW), openapi_extra=PARAMETERS)
def get_rows(request: HttpRequest) -> Any:
    """The documents behind a figure, newest first; the sum of their values is the figure."""
    return _answer(documents.read_rows, _given(request))


@router.get(
    "/v1/analytics/cohorts",
    response={200: CohortsOut, **ERRORS},
    auth=requires(VIEW),
    openapi_extra=PARAMETERS_OF_PERIODS,
)
def get_cohorts(request: HttpRequest) -> Any:
    """Customers by the month of their first invoice: how many bought in each month after it, and their revenue."""
    return _answer(cohorts.read_cohorts, _given(request))


@router.get(
    "/v1/analytics/segments",
    response={200: SegmentsOut, **ERRORS},
    auth=requires(VIEW),
    openapi_extra=PARAMETERS_OF_PERIODS,
)
def get_segments(request: HttpRequest) -> Any:
    """Segments of customers by recency, frequency and money, with what each bought in the period."""
    return _answer(segments.read_segments, _given(request))


def _given(request: HttpRequest) -> dict[str, list[str]]:
    given = {name: [str(value) for value in values] for name, values in request.GET.lists()}
    for name, values in given.items():
        for value in (name, *values):
            if "\0" in value or len(value) > 1000:
                raise _bad(name[:60].replace("\0", ""), "The value is too long or has a NUL character.")
    return given


def _answer(read: Callable[[dict[str, list[str]]], Any], given: dict[str, list[str]]) -> HttpResponse:
    """The answer as it is: a check of each row against the schema would take longer than reading it."""
    try:
        with reading_stores():
            found = read(given)
    except BadQuery as error:
        raise _bad(error.field, str(error)) from error
    text = found if isinstance(found, str) else to_json(found)
    return HttpResponse(text, content_type="application/json; charset=utf-8")


def _bad(field: str, message: str) -> ValidationError:
    return ValidationError([{"loc": ["query", field], "msg": message}])
