"""Series and totals in the admin."""

from __future__ import annotations

from django.contrib import admin

from invoices.models import Series, Totals
from web.readonly import ReadOnlyAdmin


@admin.register(Series)
class SeriesAdmin(ReadOnlyAdmin):
    list_display = ("prefix", "kind", "feed", "store", "last_ordinal", "opened_at", "closed_at", "is_emptied")
    list_filter = ("kind", "feed", ("closed_at", admin.EmptyFieldListFilter))
    search_fields = ("prefix",)
    ordering = ("-id",)


@admin.register(Totals)
class TotalsAdmin(ReadOnlyAdmin):
    """What the triggers keep; nobody else writes it."""

    list_display = (
        "series", "currency", "invoice_count", "subtotal_amount", "vat_amount", "total_amount", "changed_at",
    )  # fmt: skip
    list_filter = ("currency", ("series__closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("series",)
    ordering = ("-series_id", "currency")
