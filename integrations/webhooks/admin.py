"""Deliveries in the admin, to be read. The body names the buyer and is not shown."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from integrations.webhooks.models import Delivery
from stores.rows import rows_of_all_stores
from web.readonly import ReadOnlyAdmin


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("id", "store", "topic", "state", "rule", "order", "received_at", "attempts", "duplicates")
    list_filter = ("state", "platform", "store")
    list_select_related = ("store",)
    search_fields = ("order",)
    ordering = ("-id",)
    show_full_result_count = False
    fields = ("store", "platform", "topic", "subject", "event_id", "size", "state", "rule", "message", "order", "attempts",
              "duplicates", "received_at", "next_at")  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """The deliveries of all stores: the admin is for operators of the installation."""
        return rows_of_all_stores(Delivery)
