"""Accounts and stores in the admin. Both are opened and removed by the API; the admin changes names and settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from stores.letterhead import PLAIN, TEXTS, BadLetterhead, check_letterhead
from stores.models import Account, Letterhead, Store
from stores.rows import rows_of_all_stores
from web.readonly import FixedRowsAdmin


@admin.register(Account)
class AccountAdmin(FixedRowsAdmin):
    list_display = ("slug", "name", "created_at")
    search_fields = ("slug", "name")
    fields = ("slug", "name", "created_at")
    readonly_fields = ("slug", "created_at")


class LetterheadForm(forms.ModelForm):  # type: ignore[type-arg]
    """Takes what the API takes."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            check_letterhead(replace(PLAIN, **{name: cleaned[name] for name in TEXTS if name in cleaned}))
        except BadLetterhead as bad:
            self.add_error(bad.field, str(bad))
        return cleaned


class LetterheadInline(admin.StackedInline):  # type: ignore[type-arg]
    """The logo is changed on the page of the store, where it is drawn again."""

    model = Letterhead
    form = LetterheadForm
    fields = TEXTS
    can_delete = False
    max_num = 1

    def get_queryset(self, request: HttpRequest) -> QuerySet[Letterhead]:
        return rows_of_all_stores(Letterhead)


@admin.register(Store)
class StoreAdmin(FixedRowsAdmin):
    list_display = ("slug", "name", "account", "platform", "status", "currency", "timezone", "is_demo", "created_at")
    search_fields = ("slug", "name")
    list_filter = ("platform", "status", "is_demo")
    fields = ("slug", "account", "name", "platform", "status", "currency", "timezone", "is_demo", "created_at")
    readonly_fields = ("slug", "account", "platform", "status", "is_demo", "created_at")
    inlines = (LetterheadInline,)
