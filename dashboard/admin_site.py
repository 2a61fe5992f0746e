"""The admin site; its first page starts with the live state."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.options import TO_FIELD_VAR
from django.core.exceptions import BadRequest
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
        live = [read_status(feed) for feed in feeds.permanent_feeds()] if access.has(request.user, access.VIEW) else []
        return super().index(request, {**(extra_context or {}), "live": live})

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Reject an empty field name as a bad request: Django would look for a field of that name and fail (500)."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if TO_FIELD_VAR in request.GET and not request.GET[TO_FIELD_VAR]:
                raise BadRequest(f"{TO_FIELD_VAR} is empty: use the name of a field.")
            return inner(request, *args, **kwargs)

        return checked
