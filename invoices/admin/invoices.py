"""Invoices in the admin: found by number, party, date, series, currency, amount and run; never changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from invoices.admin import document
from invoices.admin.changelist import InvoiceChangeList
from invoices.admin.filters import AmountFilter, CurrencyFilter, DateFilter, RunFilter, SeriesFilter
from invoices.admin.search import search
from invoices.models import Invoice, Series
from web.readonly import ReadOnlyAdmin


def column(field: str, title: str) -> Callable[[Invoice], Any]:
    """A column with a shorter title than the field's name, so that all fit on a screen."""

    @admin.display(description=title)
    def show(invoice: Invoice) -> Any:
        return getattr(invoice, field)

    show.__name__ = field
    return show


@admin.display(description="date (UTC)")
def invoice_date(invoice: Invoice) -> str:
    return f"{invoice.invoice_date:%Y-%m-%d %H:%M:%S}"


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    """The invoices of open series, newest first; nothing can be changed."""

    list_display = (
        column("invoice_number", "number"), invoice_date, column("seller_name", "seller"),
        column("buyer_name", "buyer"), column("currency", "in"), "subtotal", column("vat_amount", "VAT"),
        column("total_amount", "total"),
    )  # fmt: skip
    list_filter = (DateFilter, AmountFilter, SeriesFilter, CurrencyFilter, RunFilter)
    search_fields = ("invoice_number", "seller_name", "buyer_name")
    search_help_text = (
        "A part of a number, external id or order, or words that begin words of seller, buyer or product."
    )
    readonly_fields: ClassVar[Any] = (document.parties, document.lines, document.vat_by_rate, document.corrections)
    ordering = ("-id",)
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        open_series = list(Series.objects.filter(closed_at=None).values_list("pk", flat=True))
        return Invoice.objects.filter(series_id__in=open_series)

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[InvoiceChangeList]:
        return InvoiceChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Invoice], search_term: str
    ) -> tuple[QuerySet[Invoice], bool]:
        return search(queryset, search_term), False
