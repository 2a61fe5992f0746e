"""Orders in the admin, to be read."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from orders.models import AMOUNTS, Order
from stores.rows import rows_of_all_stores
from web.readonly import ReadOnlyAdmin


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ("number", "store", "placed_at", "state", "invoice_state", "rule", "currency", "total")
    list_filter = ("store", "invoice_state", "rule", "state")
    list_select_related = ("store",)
    search_fields = ("number", "external_id")
    ordering = ("-placed_at", "-id")
    show_full_result_count = False
    # The whole report names the buyer.
    fields = ("store", "external_id", "number", "state", "invoice_state", "rule", "message", "currency", *AMOUNTS,
              "placed_at", "paid_at", "updated_at", "recorded_at")  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """The orders of all stores: the admin is for operators of the installation."""
        return rows_of_all_stores(Order)
