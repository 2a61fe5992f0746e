"""The forms to reset a password. Asking for a link has the same answer for a known address and for an unknown one."""

from __future__ import annotations

from allauth.account.forms import ResetPasswordForm, ResetPasswordKeyForm
from axes.utils import reset

from accounts.addresses import confirm_address, users_of


class ResetForm(ResetPasswordForm):
    """Asks for the address; the mail goes to the users who have it, in any case of letters."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users = users_of(email)
        return email


class NewPasswordForm(ResetPasswordKeyForm):
    """Sets the password. The link was sent to the user's address: it is confirmed, and a lock of the user name ends."""

    def save(self) -> None:
        super().save()
        confirm_address(self.user)
        reset(username=self.user.get_username())
