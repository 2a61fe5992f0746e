"""What the library for sign-up and password reset does in its own way here: addresses of links, of clients, and of pages."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.lockout import address_of

# The sign-in page with the sentence that the address is confirmed.
CONFIRMED_URL = f"{settings.LOGIN_URL}?confirmed=1"


class Adapter(DefaultAccountAdapter):
    """Links in mails begin with `PUBLIC_URL`, never with a `Host` that a client chose."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Always answer with pages: the API of the product is below /api/."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or ""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        ours = {"public_url": settings.PUBLIC_URL, "signup_open": settings.SIGNUP_OPEN}
        super().send_mail(template_prefix, email, context | ours)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return f"{settings.PUBLIC_URL}{reverse('account_confirm_email', args=[emailconfirmation.key])}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        user, _, token = key.partition("-")
        return f"{settings.PUBLIC_URL}{reverse('account_reset_password_from_key', args=[user, token])}"

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        return str(settings.LOGIN_REDIRECT_URL) if self.request.user.is_authenticated else CONFIRMED_URL

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return HttpResponseRedirect(settings.LOGIN_URL)
