"""The three groups of every installation. They can be changed in the admin; migrate adds the missing ones."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

VIEW = [
    "view_invoice", "view_run", "view_series", "view_totals", "view_feed", "view_cursor", "view_skip", "view_replay",
    "view_store", "view_product",
]  # fmt: skip
CONTROL = ["control_generation", "change_cursor"]
GROUPS = {"viewer": VIEW, "operator": VIEW + CONTROL, "admin": None}


def ensure_groups(**_: Any) -> None:
    """Create the missing groups with their permissions (`admin`: all permissions)."""
    for app in apps.get_app_configs():
        create_permissions(app, verbosity=0)
    for name, codenames in GROUPS.items():
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            permissions = Permission.objects.all()
            group.permissions.set(permissions if codenames is None else permissions.filter(codename__in=codenames))
