"""Locks out clients that guess passwords, by user name and address together, so that no one can lock out another user.

django-axes counts in PostgreSQL. This module finds a visitor's address and answers a visitor who is locked out. An
administrator lifts a lock by deleting the access attempt in the admin, or with `manage.py axes_reset_username NAME`.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

LONGEST_CHAIN = 20


def address_of(request: HttpRequest) -> str | None:
    """The address of the client; `X-Forwarded-For` is used only as far as `TRUSTED_PROXIES` wrote it.

    From the right, each address was written by the proxy before it: the first address that is not a trusted proxy is
    the client's.
    """
    address = _address(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")[-LONGEST_CHAIN:]
    while address is not None and forwarded and _is_proxy(address):
        before = _address(forwarded.pop().strip())
        if before is None:
            break
        address = before
    return address


def refuse(request: HttpRequest, response: HttpResponse | None, credentials: Any) -> HttpResponse:
    """Show the login page with the time to wait (429)."""
    minutes = settings.LOGIN_LOCKOUT_MINUTES
    form = AuthenticationForm(request)
    form.initial["username"] = request.POST.get("username", "")[:150]
    context = {"form": form, "locked_minutes": minutes, "next": request.POST.get("next", "")[:2000]}
    context["signup_open"] = settings.SIGNUP_OPEN
    answer = render(request, "registration/login.html", context, status=429)
    answer["Retry-After"] = str(minutes * 60)
    answer["Cache-Control"] = "no-store"
    return answer


def _is_proxy(address: str) -> bool:
    own = ip_address(address)
    return any(own.version == network.version and own in network for network in settings.TRUSTED_PROXIES)


def _address(text: str) -> str | None:
    """Parse `text` as an address without a port; None when it is not a valid address."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)
