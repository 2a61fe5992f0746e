"""Counts and sums for lists of millions: kept ones where the triggers keep them, estimates where counting would scan."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Count, F, Q, QuerySet, Sum, When

from invoices.models import Invoice, Totals

Sums = list[dict[str, Any]]


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """A transaction whose statements PostgreSQL ends after `seconds`, whatever the connection's own limit is."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(int(seconds * 1000))])
        yield


def kept_sums() -> Sums:
    """Count and sums of all invoices in open series, by currency, as the triggers keep them."""
    kept = Totals.objects.filter(series__closed_at=None, invoice_count__gt=0).values("currency").order_by("currency")
    return _rows(
        kept.annotate(
            counted=Sum("invoice_count"),
            subtotal_sum=_signed("subtotal_amount", Q(series__document="credit_note")),
            vat_sum=_signed("vat_amount", Q(series__document="credit_note")),
            total_sum=_signed("total_amount", Q(series__document="credit_note")),
        )
    )


def add_up(invoices: QuerySet[Invoice]) -> Sums:
    """Count and sums of `invoices` by currency, read from the rows."""
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
