"""Which users have a mail address, and whether it is confirmed.

Users that an administrator made have an address in their own row alone, which counts as confirmed.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User


def is_known(address: str) -> bool:
    """Whether any user, active or not, has that address."""
    is_given = EmailAddress.objects.filter(email=address.lower()).exists()
    return is_given or User.objects.filter(email__iexact=address).exists()


def users_of(address: str) -> list[User]:
    """The active users with that address: the one who confirmed it, or else all who gave it."""
    confirmed = EmailAddress.objects.filter(email=address.lower(), verified=True, user__is_active=True)
    if owner := confirmed.select_related("user").first():
        return [owner.user]
    return list(User.objects.filter(email__iexact=address, is_active=True).order_by("pk"))


def is_unconfirmed(user: User) -> bool:
    """Whether the user signed up, and confirmed no address yet."""
    verified = EmailAddress.objects.filter(user=user).values_list("verified", flat=True)
    return bool(verified) and not any(verified)


def confirm_address(user: User) -> None:
    """Record that the user receives the mail to their address: they followed a link that was sent there alone."""
    address, _ = EmailAddress.objects.get_or_create(user=user, email=user.email.lower(), defaults={"primary": True})
    address.set_verified()
