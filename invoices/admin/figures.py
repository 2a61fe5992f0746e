"""Counts and sums for lists of millions: kept ones where the triggers keep them, estimates where counting would scan."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Count, F, Q, QuerySet, Sum, When

from invoices.models import Invoice, Series, Totals

Sums = list[dict[str, Any]]
PURCHASE = Series.Kind.PURCHASE


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """A transaction whose statements PostgreSQL ends after `seconds`, whatever the connection's own limit is."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(int(seconds * 1000))])
        yield


def kept_sums() -> Sums:
    """Count and sums of all invoices in open series but supplier bills, by currency, as the triggers keep them."""
    sales = Totals.objects.filter(series__closed_at=None, invoice_count__gt=0).exclude(series__kind=PURCHASE)
    return _rows(
        sales.values("currency")
        .order_by("currency")
        .annotate(
            counted=Sum("invoice_count"),
            subtotal_sum=_signed("subtotal_amount", Q(series__document="credit_note")),
            vat_sum=_signed("vat_amount", Q(series__document="credit_note")),
            total_sum=_signed("total_amount", Q(series__document="credit_note")),
        )
    )


def kept_count() -> int:
    """How many invoices there are in open series, supplier bills included."""
    kept = Totals.objects.filter(series__closed_at=None).aggregate(count=Sum("invoice_count"))
    return kept["count"] or 0


def add_up(invoices: QuerySet[Invoice]) -> Sums:
    """Count and sums of `invoices` by currency, read from the rows. Supplier bills count where there is nothing else."""
    return _sums_of(invoices.exclude(series__kind=PURCHASE)) or _sums_of(invoices)


def _sums_of(invoices: QuerySet[Invoice]) -> Sums:
    return _rows(
        invoices.order_by("currency")
        .values("currency")
        .annotate(
            counted=Count("pk"),
            subtotal_sum=_signed("subtotal", Q(kind="credit_note")),
            vat_sum=_signed("vat_amount", Q(kind="credit_note")),
            total_sum=_signed("total_amount", Q(kind="credit_note")),
        )
    )


def _signed(field: str, is_credit: Q) -> Sum:
    """The sum of `field`, that of credit notes taken off."""
    return Sum(Case(When(is_credit, then=-F(field)), default=F(field)))


def _rows(found: Iterable[Mapping[str, Any]]) -> Sums:
    return [dict(row) for row in found]


def estimate(invoices: QuerySet[Invoice]) -> int:
    """About how many `invoices` there are, as PostgreSQL's planner thinks without looking."""
    plan = invoices.order_by().explain(format="json")
    # Django asks nothing where it knows that there is none.
    return int(json.loads(plan)[0]["Plan"]["Plan Rows"]) if plan else 0
