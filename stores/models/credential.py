"""The table of the secrets of stores. PostgreSQL hides each row from a session that has not named its store."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_scopes import ScopedManager

from runtime.clock import ClockTimestamp
from stores.encryption import Place
from stores.models.store import Store


class Credential(models.Model):
    """One secret of a store, encrypted for its row. `stores.credentials` reads and writes it.

    A query without a scope raises `ScopeError`. Row-level security hides the rows from SQL that names no store.
    """

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    ciphertext = models.BinaryField()
    changed_at = models.DateTimeField(db_default=ClockTimestamp())

    objects: models.Manager[Credential] = ScopedManager(store="store_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "name"], name="credential_once"),
            models.CheckConstraint(condition=~Q(name=""), name="credential_is_named"),
        ]

    def __str__(self) -> str:
        return self.name


def place_of(store_id: int, name: str) -> Place:
    """What the ciphertext of this secret is bound to."""
    return Place(table="stores_credential", column="ciphertext", row=f"{store_id}:{name}")
