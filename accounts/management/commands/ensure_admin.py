"""`manage.py ensure_admin`: creates the user `admin` or sets its password to ADMIN_PASSWORD."""

from __future__ import annotations

import os
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Create or update the superuser 'admin' with the password in ADMIN_PASSWORD."

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("ADMIN_PASSWORD", "")
        if not password:
            raise CommandError("ADMIN_PASSWORD is not set; set it to the password for the user admin.")
        users = get_user_model().objects
        user, is_new = users.get_or_create(username="admin", defaults={"is_staff": True, "is_superuser": True})
        if is_new or not user.check_password(password):
            user.set_password(password)
            user.save()
