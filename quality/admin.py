"""The quarantine in the admin: what is wrong with each row, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.access import CONTROL
from quality import quarantine
from quality.models import Quarantined
from quality.quarantine import NotOpen
from quality.readers import CannotRead, reader_of
from web.readonly import FixedRowsAdmin

# An action answers when all of its rows are dealt with.
MOST_AT_ONCE = 500


class QuarantinedForm(forms.ModelForm):  # type: ignore[type-arg]
    """The rows as text, to be corrected."""

    rows = forms.CharField(widget=forms.Textarea(attrs={"rows": 12, "cols": 140, "spellcheck": "false"}), strip=False)

    class Meta:
        model = Quarantined
        fields = ("rows",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["rows"].initial = self.instance.text
            columns = reader_of(self.instance.source).describe(self.instance.source_id)
            self.fields["rows"].help_text = f"The columns: {columns}. Saving tries again with what stands here."


@admin.register(Quarantined)
class QuarantinedAdmin(FixedRowsAdmin):
    form = QuarantinedForm
    list_display = ("key", "rule", "message", "state", "source_name", "line")
    list_filter = ("state", "rule", "series")
    search_fields = ("key",)
    actions = ("try_again", "accept", "set_aside")
    show_full_result_count = False
    fields = (
        "key",
        "source_name",
        "line",
        "rule",
        "message",
        "state",
        "invoice_number",
        "rows",
        "raw",
        "resolved_at",
        "resolved_by",
    )
    readonly_fields = tuple(name for name in fields if name != "rows")

    def has_change_permission(self, request: HttpRequest, obj: Quarantined | None = None) -> bool:
        return request.user.has_perm(CONTROL) and (obj is None or obj.state == Quarantined.State.OPEN)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(CONTROL) or super().has_view_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Quarantined | None = None) -> Any:
        return self.fields if self.has_change_permission(request, obj) else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Quarantined, form: Any, change: bool) -> None:
        """Try again with the corrected rows; `response_change` shows the result."""
        text = form.cleaned_data["rows"].replace("\r\n", "\n")
        try:
            corrected_row = quarantine.correct(obj.pk, text, by=request.user.get_username())
        except (NotOpen, CannotRead) as error:
            messages.error(request, str(error))
        else:
            _show_result(request, corrected_row)

    def log_change(self, request: HttpRequest, obj: Quarantined, message: Any) -> Any:
        return super().log_change(request, obj, "Tried again with corrected rows.")

    def response_change(self, request: HttpRequest, obj: Quarantined) -> HttpResponse:
        return redirect(reverse("admin:quality_quarantined_change", args=[obj.pk]))

    @admin.action(description="Try again as they are", permissions=["change"])
    def try_again(self, request: HttpRequest, rows: QuerySet[Quarantined]) -> None:
        _each(request, rows, quarantine.retry)

    @admin.action(description="Accept: they are right as they are", permissions=["change"])
    def accept(self, request: HttpRequest, rows: QuerySet[Quarantined]) -> None:
        _each(request, rows, quarantine.accept)

    @admin.action(description="Set aside: they are to become no document", permissions=["change"])
    def set_aside(self, request: HttpRequest, rows: QuerySet[Quarantined]) -> None:
        _each(request, rows, quarantine.set_aside)


def _each(request: HttpRequest, rows: QuerySet[Quarantined], act: Callable[..., Quarantined]) -> None:
    if rows.count() > MOST_AT_ONCE:
        messages.error(request, f"Nothing was done: choose at most {MOST_AT_ONCE} rows at a time.")
        return
    for row_id in rows.order_by("pk").values_list("pk", flat=True):
        try:
            _show_result(request, act(row_id, by=request.user.get_username()))
        except NotOpen as error:
            messages.error(request, str(error))


def _show_result(request: HttpRequest, row: Quarantined) -> None:
    if row.state == Quarantined.State.OPEN:
        messages.warning(request, f"{row.key}: {row.message}")
    else:
        number = f" as {row.invoice_number}" if row.invoice_number else ""
        messages.success(request, f"{row.key} is {row.get_state_display()}{number}.")
