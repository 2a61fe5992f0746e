"""Series and totals in the admin."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts import access
from invoices.audit import gaps
from invoices.models import Series, Totals
from invoices.series import WrongSeries
from invoices.series_operations import (
    BadSeries,
    SeriesInUse,
    SeriesTaken,
    Wanted,
    change_series,
    next_printed,
    open_series,
)
from streaming.feed import UnknownFeed
from web.readonly import ReadOnlyAdmin

_FORM_FIELDS = {"yearly": "is_yearly", "zero_totals": "allows_zero_totals"}


class SeriesForm(forms.ModelForm):  # type: ignore[type-arg]
    """Checks and saves by the same operations as the API."""

    class Meta:
        model = Series
        fields = (
            "prefix", "kind", "document", "feed", "pattern", "start", "is_yearly", "timezone", "allows_zero_totals",
        )  # fmt: skip

    def _post_clean(self) -> None:
        """Nothing of it is written to the row here: `save` opens or changes the series, and the rules are there."""

    def clean(self) -> dict[str, Any]:
        given = dict(super().clean() or {})
        if not self.errors:
            try:
                self.saved = self._save(given)
            except (BadSeries, SeriesInUse, SeriesTaken, UnknownFeed, WrongSeries) as refusal:
                field = getattr(refusal, "field", None)
                self.add_error(_FORM_FIELDS.get(field or "", field), str(refusal))
        return given

    def save(self, commit: bool = True) -> Series:
        self.save_m2m = lambda: None  # type: ignore[method-assign]
        return self.saved

    def _save(self, given: dict[str, Any]) -> Series:
        values = {
            "pattern": given["pattern"],
            "start": given["start"],
            "yearly": given["is_yearly"],
            "timezone": given["timezone"],
            "zero_totals": given["allows_zero_totals"],
        }
        if self.instance.pk:
            return change_series(self.instance.prefix, values)
        identity = {"prefix": given["prefix"], "kind": given["kind"], "document": given["document"]}
        return open_series(Wanted(feed=given["feed"].pk, **identity, **values))


@admin.register(Series)
class SeriesAdmin(ReadOnlyAdmin):
    form = SeriesForm
    list_display = (
        "prefix", "kind", "document", "feed", "store", "timezone", "last_ordinal", "next_number", "missing", "opened_at",
        "closed_at", "is_emptied",
    )  # fmt: skip
    list_filter = ("kind", "feed", ("closed_at", admin.EmptyFieldListFilter))
    search_fields = ("prefix",)
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(access.CONTROL)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(access.CONTROL)

    def get_readonly_fields(self, request: HttpRequest, obj: Series | None = None) -> tuple[str, ...]:
        return ("prefix", "kind", "document", "feed") if obj else ()

    def save_model(self, request: HttpRequest, obj: Series, form: Any, change: bool) -> None:
        """The form has done it."""

    @admin.display(description="next number")
    def next_number(self, series: Series) -> str:
        return next_printed(series, series.day_of(datetime.now(UTC))) or ""

    @admin.display(description="gaps")
    def missing(self, series: Series) -> str:
        return ", ".join(f"{first}-{last}" for first, last in gaps().get(series.prefix, [])) or "none"


@admin.register(Totals)
class TotalsAdmin(ReadOnlyAdmin):
    """The totals, which only the triggers write."""

    list_display = (
        "series", "currency", "invoice_count", "subtotal_amount", "vat_amount", "total_amount", "changed_at",
    )  # fmt: skip
    list_filter = ("currency", ("series__closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("series",)
    ordering = ("-series_id", "currency")
