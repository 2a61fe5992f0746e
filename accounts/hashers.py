"""Argon2 with the parameters that OWASP recommends: Django's own take 100 MiB per login, so a few logins at once could
fill the memory.
"""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """19 MiB, two passes, parallelism 1 (OWASP Password Storage Cheat Sheet). Older hashes are replaced at the next
    login.
    """

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1
