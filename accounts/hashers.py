"""Argon2 as OWASP advises for servers: Django's own takes 100 MiB a login, and a handful at once would be the whole box."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet). Older hashes are made anew at the next login."""

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1
