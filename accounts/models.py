"""API tokens. Only a hash is stored: a token is shown once, when it is created."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

PREFIX = "idash_"
USED_EVERY = timedelta(minutes=1)


class ApiToken(models.Model):
    """Lets a program act as its user: `Authorization: Bearer TOKEN`."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100, help_text="What the token is for.")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return self.name

    def make(self) -> str:
        """Generate the secret and store its hash; returns the token, which cannot be read again."""
        token = PREFIX + secrets.token_urlsafe(32)
        self.token_hash = hash_of(token)
        return token


def hash_of(token: str) -> str:
    """The stored hash of `token`. A token is long and random, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def user_of(token: str) -> AbstractBaseUser | None:
    """The active user of `token`, if any; records its use, at most once a minute."""
    found = ApiToken.objects.select_related("user").filter(token_hash=hash_of(token), user__is_active=True).first()
    if found is None:
        return None
    now = timezone.now()
    if found.last_used_at is None or now - found.last_used_at > USED_EVERY:
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return found.user
