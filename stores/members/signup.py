"""Sign-up: a new user with an account of their own. The answer and its time are the same for an address that has a user."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from allauth.account.views import SignupView
from django import forms
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.addresses import is_known
from stores.members.accounts import open_account
from stores.members.unconfirmed import delete_unconfirmed


class SignUpForm(SignupForm):
    """The name of the account, an address and a password. The user name is made from the address."""

    account_name = forms.CharField(max_length=100)

    def validate_unique_email(self, value: str) -> str:
        self.account_already_exists = is_known(value)
        return value

    def try_save(self, request: HttpRequest) -> Any:
        """Save a new user. For an address that has one, only a mail is sent, which says so."""
        if self.account_already_exists:
            # As long as the hash of a new user takes, so that the time of the answer reveals nothing.
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        delete_unconfirmed()
        user: User = super().save(request)
        return user

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by the library in the transaction of the new user."""
        open_account(user, self.cleaned_data["account_name"])


class SignUp(SignupView):
    """The page. Where only invited people join, it says so."""

    def closed(self) -> HttpResponse:
        return render(self.request, "account/signup_closed.html", status=404)
