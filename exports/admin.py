"""The files of `exports.files` as actions on the admin's list of invoices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

from exports.files.download import TooManyExports, download
from exports.files.formats import Format
from invoices.admin.invoices import InvoiceAdmin
from invoices.models import Invoice

TITLES = {Format.CSV: "CSV", Format.JSONL: "JSON lines", Format.PARQUET: "Parquet"}
Action = Callable[[Any, HttpRequest, QuerySet[Invoice]], HttpResponseBase | None]


def _action(form: Format) -> Action:
    @admin.action(description=f"Export as {TITLES[form]}", permissions=["view"])
    def export(model_admin: Any, request: HttpRequest, chosen: QuerySet[Invoice]) -> HttpResponseBase | None:
        try:
            return download(chosen, form)
        except TooManyExports as refusal:
            messages.error(request, str(refusal))
            return None

    export.__name__ = f"export_{form}"
    return export


InvoiceAdmin.actions = tuple(_action(form) for form in Format)  # type: ignore[misc]
