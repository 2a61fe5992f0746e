"""Removes sign-ups that were never confirmed, with the accounts that they opened. Each new sign-up removes some."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef

from runtime.clock import ClockTimestamp
from stores.members.models import Membership
from stores.models import Account, Store

KEPT = timedelta(days=7)
AT_ONCE = 20


def delete_unconfirmed() -> None:
    """Delete old sign-ups whose user never signed in, in the caller's transaction."""
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    found = User.objects.filter(
        Exists(addresses), ~Exists(addresses.filter(verified=True)), last_login=None,
        date_joined__lt=ClockTimestamp() - KEPT,
    ).order_by("pk")[:AT_ONCE]  # fmt: skip
    for user in found:
        _delete(user)


def _delete(user: User) -> None:
    """Delete the user with the accounts that no other member and no store uses."""
    own = Membership.objects.filter(user=user).values_list("account_id", flat=True)
    lone = Membership.objects.filter(account_id__in=list(own)).values("account_id").annotate(members=Count("pk"))
    accounts = [row["account_id"] for row in lone if row["members"] == 1]
    if len(accounts) != len(own) or Store.objects.filter(account_id__in=accounts).exists():
        return
    user.delete()
    Account.objects.filter(pk__in=accounts).delete()
