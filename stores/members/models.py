"""The tables of members and invitations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from runtime.clock import ClockTimestamp
from stores.members.roles import Role
from stores.models import Account

ROLES = [(role.value, role.value) for role in Role]
_IS_ROLE = Q(role__in=["viewer", "admin", "owner"])


class Membership(models.Model):
    """A user is a member of an account, in one role."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=6, choices=ROLES)
    created_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "user"], name="member_once"),
            models.CheckConstraint(condition=_IS_ROLE, name="member_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of account {self.account_id}"


class Invitations(models.QuerySet["Invitation"]):
    """Rows of invitations."""

    def open(self) -> Invitations:
        """Those that can be accepted."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=ClockTimestamp())

    def withdraw(self) -> int:
        """End those that are open; returns how many there were."""
        return self.open().update(withdrawn_at=ClockTimestamp())


class Invitation(models.Model):
    """An address is invited to an account. Only a hash of the token is stored; the mail has the token."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=6, choices=ROLES)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = Invitations.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=_IS_ROLE, name="invitation_role_is_known")]

    def __str__(self) -> str:
        return f"{self.role} of account {self.account_id}"
