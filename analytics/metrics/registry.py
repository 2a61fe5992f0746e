"""Every metric, declared once: the API, its catalogue and the pages follow this list. Imports no framework."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

HOUR, DAY, WEEK, MONTH, QUARTER, YEAR = "hour", "day", "week", "month", "quarter", "year"
GRAINS = (HOUR, DAY, WEEK, MONTH, QUARTER, YEAR)
NONE = "(none)"


class Unit(StrEnum):
    """How a value is written: money and quantities as texts, counts as numbers, shares as texts with four decimals."""

    MONEY = "money"
    COUNT = "count"
    QUANTITY = "quantity"
    SHARE = "share"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A table of facts and what it can be asked by. `finest` is the shortest grain it can answer.

    Without a table, the documents themselves are read.
    """

    name: str
    table: str
    finest: str
    dimensions: tuple[str, ...]
    day: str = "f.local_day"

    @property
    def is_direct(self) -> bool:
        return not self.table

    @property
    def grains(self) -> tuple[str, ...]:
        return GRAINS[GRAINS.index(self.finest) :]


_COMMON = ("store", "feed", "currency", "kind")
SALES = Source(name="sales", table="facts_hour", finest=HOUR, dimensions=_COMMON)
# For days of the store, and longer grains.
DAYS = Source(name="sales by day", table="facts_day", finest=DAY, dimensions=_COMMON)
CATEGORIES = Source(name="categories", table="facts_daycategory", finest=DAY, dimensions=(*_COMMON, "category"))
PRODUCTS = Source(
    name="products", table="facts_monthproduct", finest=MONTH, dimensions=(*_COMMON, "product"), day="f.month"
)
REFUNDS_BY_SALE = Source(name="refunds by sale", table="facts_refundsaleday", finest=DAY, dimensions=_COMMON)
COUNTRIES = Source(name="countries", table="facts_daycountry", finest=DAY, dimensions=(*_COMMON, "country"))
BUYERS = Source(name="buyers", table="facts_customerday", finest=DAY, dimensions=(*_COMMON, "customer_segment"))
CUSTOMERS = Source(
    name="customers",
    table="facts_customerday",
    finest=DAY,
    dimensions=("store", "feed", "currency", "customer_segment"),
)
FIRSTS = Source(
    name="first purchases", table="facts_firstpurchase", finest=DAY, dimensions=("store",), day="f.first_day"
)
COHORTS = Source(
    name="cohorts", table="facts_cohort", finest=MONTH, dimensions=("store", "currency"), day="f.first_month"
)

_OF_BUYERS = ("country", "customer_segment")
DOCUMENTS = Source(name="documents", table="", finest=HOUR, dimensions=(*_COMMON, *_OF_BUYERS))
LINES = Source(name="lines", table="", finest=HOUR, dimensions=(*_COMMON, *_OF_BUYERS, "category", "product"))


def _signed(column: str) -> str:
    return f"sum(CASE f.kind WHEN 'invoice' THEN f.{column} ELSE -f.{column} END)"


def _of(kind: str, column: str) -> str:
    return f"coalesce(sum(f.{column}) FILTER (WHERE f.kind = '{kind}'), 0)"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric. A sum has an SQL `expression` per source, the first of which that can answer is used.

    A ratio is `over` two other metrics, computed from their exact sums. One that is not additive is answered for each
    period by itself: its buckets never add up to the total.
    """

    name: str
    title: str
    says: str
    unit: Unit
    expressions: tuple[tuple[Source, str], ...] = ()
    over: tuple[str, str] | None = None
    additive: bool = True
    has_documents: bool = False
    is_shown: bool = True
    aliases: tuple[str, ...] = ()


_CUSTOMERS_TWICE = "count(*) FILTER (WHERE f.invoices > 1)"
METRICS = (
    Metric(
        name="revenue", title="Revenue", unit=Unit.MONEY, has_documents=True, aliases=("revenue_net",),
        says="Subtotals of invoices less those of credit notes, without VAT, by the date of the document",
        expressions=(
            (DAYS, _signed("subtotal")), (SALES, _signed("subtotal")), (CATEGORIES, _signed("net")), (PRODUCTS, _signed("net")),
            (COUNTRIES, _signed("subtotal")), (BUYERS, _signed("net")), (DOCUMENTS, _signed("subtotal")),
            (LINES, _signed("net")),
        ),
    ),
    Metric(
        name="revenue_gross", title="Gross revenue", unit=Unit.MONEY, has_documents=True,
        says="Totals of invoices less those of credit notes, with VAT",
        expressions=tuple((source, _signed("total")) for source in (DAYS, SALES, COUNTRIES, DOCUMENTS)),
    ),
    Metric(
        name="vat", title="VAT", unit=Unit.MONEY, has_documents=True,
        says="VAT of invoices less that of credit notes",
        expressions=tuple((source, _signed("vat")) for source in (DAYS, SALES, COUNTRIES, DOCUMENTS)),
    ),
    Metric(
        name="refunds", title="Refunds", unit=Unit.MONEY, has_documents=True,
        says="Subtotals of credit notes by their own date; with dated=sale by the date of the invoice they correct",
        expressions=(
            (DAYS, _of("credit_note", "subtotal")), (SALES, _of("credit_note", "subtotal")),
            (CATEGORIES, _of("credit_note", "net")),
            (PRODUCTS, _of("credit_note", "net")), (COUNTRIES, _of("credit_note", "subtotal")),
            (BUYERS, _of("credit_note", "net")), (DOCUMENTS, _of("credit_note", "subtotal")),
            (LINES, _of("credit_note", "net")),
        ),
    ),
    Metric(
        name="transactions", title="Invoices", unit=Unit.COUNT, has_documents=True, aliases=("orders_count", "invoices"),
        says="Number of invoices",
        expressions=tuple((source, _of("invoice", "documents")) for source in (DAYS, SALES, COUNTRIES, BUYERS, DOCUMENTS)),
    ),
    Metric(
        name="documents", title="Documents", unit=Unit.COUNT, is_shown=False, says="Number of invoices and credit notes",
        expressions=tuple((source, "sum(f.documents)") for source in (DAYS, SALES, COUNTRIES, BUYERS, DOCUMENTS)),
    ),
    Metric(
        name="avg_order_value", title="Average order", unit=Unit.MONEY, aliases=("average_order",), additive=False,
        says="Revenue / invoices, half up; none without an invoice", over=("revenue", "transactions"),
    ),
    Metric(
        name="units", title="Units", unit=Unit.QUANTITY, has_documents=True, aliases=("items",),
        says="Quantities of the lines of invoices less those of credit notes",
        expressions=tuple((source, _signed("quantity")) for source in (CATEGORIES, PRODUCTS, LINES)),
    ),
    Metric(
        name="unique_customers", title="Customers", unit=Unit.COUNT, additive=False,
        says="Different customers with an invoice in the period; documents without a known buyer count as none",
        expressions=((CUSTOMERS, "count(*)"),),
    ),
    Metric(
        name="new_customers", title="New customers", unit=Unit.COUNT,
        says="Customers whose first invoice is in the period", expressions=((FIRSTS, "count(*)"),),
    ),
    Metric(
        name="returning_customers", title="Returning customers", unit=Unit.COUNT, additive=False,
        says="Customers with an invoice in the period and their first one before it",
        expressions=((CUSTOMERS, "count(*) FILTER (WHERE f.first_day < f.begins)"),),
    ),
    Metric(
        name="repeat_customers", title="Repeat customers", unit=Unit.COUNT, additive=False, is_shown=False,
        says="Customers with two or more invoices in the period", expressions=((CUSTOMERS, _CUSTOMERS_TWICE),),
    ),
    Metric(
        name="repeat_rate", title="Repeat rate", unit=Unit.SHARE, additive=False,
        says="Share of the period's customers with two or more invoices in it",
        over=("repeat_customers", "unique_customers"),
    ),
    Metric(
        name="total_customers", title="All customers", unit=Unit.COUNT, additive=False,
        says="Customers with an invoice up to the end of the period", expressions=((FIRSTS, "count(*)"),),
    ),
    Metric(
        name="cohort_size", title="Cohort size", unit=Unit.COUNT, is_shown=False,
        says="Customers whose first month is over since one month",
        expressions=((COHORTS, "coalesce(sum(f.customers) FILTER (WHERE f.month = f.first_month AND f.is_mature), 0)"),),
    ),
    Metric(
        name="retained", title="Retained customers", unit=Unit.COUNT, is_shown=False,
        says="Those of them with an invoice in the month after",
        expressions=((COHORTS, "coalesce(sum(f.customers) FILTER (WHERE f.is_following AND f.is_mature), 0)"),),
    ),
    Metric(
        name="retention", title="Retention", unit=Unit.SHARE, additive=False,
        says="Share of the customers of a first month who bought in the month after; none until that month is over",
        over=("retained", "cohort_size"),
    ),
    Metric(
        name="cohort_net", title="Revenue of a cohort", unit=Unit.MONEY, is_shown=False,
        says="Revenue to date of the customers whose first invoice is in the period",
        expressions=((COHORTS, "coalesce(sum(f.net), 0)"),),
    ),
    Metric(
        name="cohort_customers", title="Customers of a cohort", unit=Unit.COUNT, is_shown=False,
        says="Customers whose first invoice is in the period", expressions=((FIRSTS, "count(*)"),),
    ),
    Metric(
        name="lifetime_value", title="Lifetime value", unit=Unit.MONEY, additive=False,
        says="Revenue to date per customer whose first invoice is in the period",
        over=("cohort_net", "cohort_customers"),
    ),
    # No documents lead to these: `of_store` counts the carts and the articles of a store.
    Metric(
        name="carts_created", title="Carts", unit=Unit.COUNT, is_shown=False, says="Carts that buyers began to fill"
    ),
    Metric(
        name="active_carts", title="Active carts", unit=Unit.COUNT, additive=False, is_shown=False,
        says="Carts that changed in the last ten minutes",
    ),
    Metric(
        name="stock_low", title="Low stock", unit=Unit.COUNT, additive=False, is_shown=False,
        says="Articles whose stock is at or below their threshold",
    ),
)  # fmt: skip
# What the answer to a question for one metric has besides.
COMPANIONS = {"revenue": ("transactions", "avg_order_value")}
_BY_NAME = {name: metric for metric in METRICS for name in (metric.name, *metric.aliases)}


class UnknownMetric(LookupError):
    """No metric has that name."""


def find(name: str) -> Metric:
    """The metric of that name or second name; raises `UnknownMetric`."""
    if name not in _BY_NAME:
        shown = ", ".join(metric.name for metric in METRICS if metric.is_shown)
        raise UnknownMetric(f"{name[:60]!r} is not a metric: use one of {shown}.")
    return _BY_NAME[name]


def parts(metric: Metric) -> tuple[Metric, ...]:
    """The sums that a metric is made of: itself, or the two of a ratio."""
    return tuple(find(name) for name in metric.over) if metric.over else (metric,)


def dimensions(metric: Metric) -> tuple[str, ...]:
    """Everything that a metric can be broken down or filtered by."""
    each = [{name for source, _ in part.expressions for name in source.dimensions} for part in parts(metric)]
    common = (
        set.intersection(*each)
        if len({part.unit for part in parts(metric)}) == 1
        else each[0] & (each[-1] | {"currency"})
    )
    return tuple(sorted(common))


def grains(metric: Metric) -> tuple[str, ...]:
    """The grains that a metric can be answered in."""
    each = [{grain for source, _ in part.expressions for grain in source.grains} for part in parts(metric)]
    return tuple(grain for grain in GRAINS if all(grain in found for found in each))
