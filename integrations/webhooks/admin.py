"""Deliveries in the admin, to be read. The body names the buyer and is not shown."""

from __future__ import annotations

from django.contrib import admin

from integrations.webhooks.models import Delivery
from stores.row_admin import ReadOnlyRowsAdmin


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyRowsAdmin):
    list_display = ("id", "store", "topic", "state", "rule", "order", "received_at", "attempts", "duplicates")
    list_filter = ("state", "platform", "store")
    list_select_related = ("store",)
    search_fields = ("order",)
    ordering = ("-id",)
    fields = ("store", "platform", "topic", "subject", "event_id", "size", "state", "rule", "message", "order", "attempts",
              "duplicates", "received_at", "next_at")  # fmt: skip
