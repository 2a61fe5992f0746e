"""The table of accounts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from runtime.clock import ClockTimestamp

# The account of the installation itself. Its row is made by a migration.
DEFAULT_ACCOUNT_ID = 1
DEFAULT_ACCOUNT_SLUG = "main"


class Account(models.Model):
    """The owner of stores. Its members are in `stores.members`. `slug` never changes."""

    id = models.BigAutoField(primary_key=True)
    slug = models.SlugField(max_length=35, unique=True)
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        ordering = ["slug"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="account_is_named")]

    def __str__(self) -> str:
        return self.name
