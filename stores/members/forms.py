"""The form for a person who is invited and has no user yet."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import User

from accounts.addresses import confirm_address


class NewMemberForm(BaseUserCreationForm):  # type: ignore[type-arg]
    """A user name and a password; the address is that of the invitation."""

    class Meta:
        model = User
        fields = ("username",)

    def save_with(self, email: str) -> Any:
        """Create the user with that address, to which the link was sent: it is confirmed."""
        user = self.save(commit=False)
        user.email = email
        user.save()
        confirm_address(user)
        return user
