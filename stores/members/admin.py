"""Members in the admin: operators of the installation add the first owner of an account here."""

from __future__ import annotations

from django.contrib import admin

from stores.members.models import Membership


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("account", "user", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("account", "user")
    fields = ("account", "user", "role")
