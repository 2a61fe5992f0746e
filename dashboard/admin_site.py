"""The admin site; its first page starts with the live state."""

from __future__ import annotations

from functools import wraps
from typing import Any, get_args

from django.contrib.admin import AdminSite
from django.contrib.admin.options import TO_FIELD_VAR
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.template.response import TemplateResponse

from accounts import access
from dashboard.sections import SECTIONS, Work
from dashboard.status import read_status
from streaming import feed as feeds

WORKS: tuple[Work, ...] = get_args(Work)
_WORK_BY_APP: dict[str, Work] = {section.app: section.work for section in SECTIONS if section.work}


class InvoicedashAdminSite(AdminSite):
    site_header = site_title = "invoicedash"
    index_title = "Administration"
    index_template = "admin/live_index.html"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        live = [read_status(feed) for feed in feeds.permanent_feeds()] if access.has(request.user, access.VIEW) else []
        return super().index(request, {**(extra_context or {}), "live": live})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """The models grouped by the work they belong to; those of one app when it is named."""
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        models = {work: [each for app in apps if _work_of(app) == work for each in app["models"]] for work in WORKS}
        return [{"name": work, "app_label": work.lower(), "models": found} for work, found in models.items() if found]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Reject an empty field name as a bad request: Django would look for a field of that name and fail (500)."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if TO_FIELD_VAR in request.GET and not request.GET[TO_FIELD_VAR]:
                raise BadRequest(f"{TO_FIELD_VAR} is empty: use the name of a field.")
            return inner(request, *args, **kwargs)

        return checked


def _work_of(app: dict[str, Any]) -> Work:
    """Users, groups and login attempts come from libraries, which are no sections; they belong to people."""
    return _WORK_BY_APP.get(app["app_label"], "People")
