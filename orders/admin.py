"""Orders in the admin, to be read."""

from __future__ import annotations

from django.contrib import admin

from orders.models import AMOUNTS, Order
from stores.row_admin import ReadOnlyRowsAdmin


@admin.register(Order)
class OrderAdmin(ReadOnlyRowsAdmin):
    list_display = ("number", "store", "placed_at", "state", "invoice_state", "rule", "currency", "total")
    list_filter = ("store", "invoice_state", "rule", "state")
    list_select_related = ("store",)
    search_fields = ("number", "external_id")
    ordering = ("-placed_at", "-id")
    # The whole report names the buyer.
    fields = ("store", "external_id", "number", "state", "invoice_state", "rule", "message", "currency", *AMOUNTS,
              "placed_at", "paid_at", "updated_at", "recorded_at")  # fmt: skip
