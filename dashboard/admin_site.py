"""The admin site; its first page begins with the live state."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse

from accounts import access
from dashboard.status import read_status
from streaming import feed as feeds


class InvoicedashAdminSite(AdminSite):
    site_header = site_title = "invoicedash"
    index_title = "Administration"
    index_template = "admin/live_index.html"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        live = [read_status(feed) for feed in feeds.FEEDS] if access.has(request.user, access.VIEW) else []
        return super().index(request, {**(extra_context or {}), "live": live})
