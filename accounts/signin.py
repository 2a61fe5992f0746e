"""The form of the sign-in page: a user name or a confirmed mail address, and a password."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.email_verification import send_verification_email_for_user
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from accounts.addresses import is_unconfirmed, users_of
from accounts.outage import REDIS_ERRORS

UNCONFIRMED = (
    "Confirm your mail address first. The link is in the mail that we sent you; look into the spam folder too."
)


class SignInForm(AuthenticationForm):
    """Attempts by address count for the user name that the address belongs to, so the lockout covers both."""

    def clean_username(self) -> str:
        """The user name; that of the only user with this address where an address was given."""
        name: str = self.cleaned_data["username"]
        users = users_of(name) if "@" in name else []
        return users[0].get_username() if len(users) == 1 else name

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse a user without a confirmed address, and send the link again. The password was correct."""
        super().confirm_login_allowed(user)
        if is_unconfirmed(user):
            self._send_link(user)
            raise ValidationError(UNCONFIRMED, code="unconfirmed")

    def _send_link(self, user: Any) -> None:
        """At most one mail every few minutes; none while Redis, which counts them, does not answer."""
        try:
            send_verification_email_for_user(self.request, user)
        except REDIS_ERRORS:
            pass
