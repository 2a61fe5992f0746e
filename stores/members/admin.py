"""Members in the admin: operators of the installation add the first owner of an account here."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from stores.members.members import notify_changed
from stores.members.models import Membership


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("account", "user", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("account", "user")
    fields = ("account", "user", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        return ("account", "user") if obj else ()

    def save_model(self, request: HttpRequest, obj: Membership, form: ModelForm[Membership], change: bool) -> None:
        super().save_model(request, obj, form, change)
        notify_changed(obj.account)

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        super().delete_model(request, obj)
        notify_changed(obj.account)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        accounts = {member.account for member in queryset.select_related("account")}
        super().delete_queryset(request, queryset)
        for account in accounts:
            notify_changed(account)
