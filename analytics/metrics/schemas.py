"""What calls for figures take and answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import model_validator

from web.schemas import Strict, Text

Words = Text | list[Text]


class TimeRangeIn(Strict):
    start: Text
    end: Text


class MetricsIn(Strict):
    """A question for figures. Parameters of the query string may be given under their own names too, such as `from` or
    `filter.category`.
    """

    metric_type: Words | None = None
    metric: Words | None = None
    time_range: TimeRangeIn | None = None
    granularity: Text | None = None
    grain: Text | None = None
    by: Words | None = None
    currency: Text | None = None
    convert: Text | None = None
    tz: Text | None = None
    compare: Text | None = None
    week_start: Text | None = None
    dated: Text | None = None
    rate_policy: Text | None = None
    from_: Text | None = Field(None, alias="from")
    to: Text | None = None
    start: Text | None = None
    end: Text | None = None
    product_category: Words | None = None
    customer_segment: Words | None = None
    filters: dict[Annotated[str, Field(pattern=r"^((filter|not)\.)?[a-z_]{1,40}$")], Words | None] = {}

    @model_validator(mode="before")
    @classmethod
    def _take_dotted(cls, given: Any) -> Any:
        """`filter.category` is as `category` in `filters`."""
        # ninja validates a body a second time, wrapped.
        given = getattr(given, "_obj", given)
        if not isinstance(given, Mapping) or not isinstance(given.get("filters") or {}, Mapping):
            return given
        dotted = {name: value for name, value in given.items() if name.startswith(("filter.", "not."))}
        own = {name: value for name, value in given.items() if name not in dotted}
        return {**own, "filters": {**(own.get("filters") or {}), **dotted}} if dotted else given

    def as_parameters(self) -> dict[str, list[str]]:
        """The question as parameters of a query string."""
        fields = self.model_dump(exclude={"filters", "time_range"}, exclude_none=True, by_alias=True)
        given = {name: value if isinstance(value, list) else [value] for name, value in fields.items()}
        if self.time_range:
            given |= {"from": [self.time_range.start], "to": [self.time_range.end]}
        for name, value in self.filters.items():
            if value is not None:
                own = name.removeprefix("product_")
                given[own if "." in own else f"filter.{own}"] = value if isinstance(value, list) else [value]
        return given


class MetricsOut(Schema):
    """`data` has a row per bucket and group, `totals` one per group, `comparison` the same of an earlier period."""

    data: list[dict[str, Any]]
    totals: list[dict[str, Any]]
    comparison: dict[str, Any] | None
    metadata: dict[str, Any]


class MetricOut(Schema):
    name: str
    title: str
    says: str
    unit: str
    additive: bool
    grains: list[str]
    dimensions: list[str]
    aliases: list[str]
    over: list[str] | None
    has_documents: bool


class CatalogueOut(Schema):
    metrics: list[MetricOut]


class ExplainOut(Schema):
    metrics: list[dict[str, Any]]
    buckets: int
    documents: int
    metadata: dict[str, Any]


class RowsOut(Schema):
    items: list[dict[str, Any]]
    sums: list[dict[str, Any]]
    next: str | None


class CohortsOut(Schema):
    """`cells` has a row per month since the first; what is not over yet is null. `average` is weighted by size."""

    cohorts: list[dict[str, Any]]
    average: list[dict[str, Any]]
    metadata: dict[str, Any]


class SegmentsOut(Schema):
    segments: list[dict[str, Any]]
    segment_source: str
    metadata: dict[str, Any]
