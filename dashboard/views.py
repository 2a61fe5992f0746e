"""The pages: each renders one snapshot of its feed; from then on the WebSocket keeps it current."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from accounts.access import VIEW, allows, may_control, viewer_required
from accounts.signin import SignInForm
from dashboard.activity import read_activity
from dashboard.queues import read_queues
from dashboard.snapshot import first_paint
from integrations.webhooks.access import VIEW as VIEW_ORPHANS
from integrations.webhooks.orphans import read_orphans
from notifications.access import VIEW as READ_MAIL
from runtime.currencies import ISSUED_CURRENCIES
from stores.members.callers import has_shops, roles_of
from streaming.feed import UnknownFeed, kind_of

EVENTS_SHOWN = 50
ORPHANS_SHOWN = 10


def show_home(request: HttpRequest) -> HttpResponse:
    """The dashboard, or the stores for a member of an account who may not view the feeds of the installation."""
    if request.user.is_authenticated and not allows(request, VIEW) and roles_of(request.user):
        return redirect("stores")
    return show_dashboard(request)


@require_safe
@never_cache
@viewer_required
@ensure_csrf_cookie
def show_dashboard(request: HttpRequest) -> HttpResponse:
    """Controls, cards and the grid of one feed."""
    return render(request, "dashboard/index.html", describe_page(request))


@require_safe
@never_cache
@viewer_required
def show_wall(request: HttpRequest) -> HttpResponse:
    """The same for a wall screen: large, without controls; with `?privacy=1` names and amounts are masked."""
    return render(request, "dashboard/wall.html", describe_page(request) | {"private": "privacy" in request.GET})


@require_safe
@never_cache
@viewer_required
@ensure_csrf_cookie
def show_system(request: HttpRequest) -> HttpResponse:
    """Processes, queues, rates, restarts, recent activity, and to administrators the webhooks of no store."""
    described = describe_page(request)
    described["page"]["queues"] = read_queues()
    shown = {
        "activity": read_activity(EVENTS_SHOWN),
        "may_read_mail": allows(request, READ_MAIL),
        "orphans": read_orphans(ORPHANS_SHOWN) if allows(request, VIEW_ORPHANS) else [],
    }
    return render(request, "dashboard/system.html", described | shown)


def describe_page(request: HttpRequest) -> dict[str, Any]:
    """The template data of a page for the feed in `?feed=`; an unknown feed is a 404."""
    name = request.GET.get("feed", settings.INVOICEDASH_FEED)
    try:
        first = first_paint(name, wanted_currency(request))
    except UnknownFeed as unknown:
        raise Http404(str(unknown)) from unknown
    permitted = may_control(request)
    return {
        "feed": name,
        "feeds": first["feeds"],
        "stats": first["stats"],
        "currencies": list_currencies(first["hello"]["stats"], first["stats"]["currency"]),
        "status": first["status"],
        "rows": list(reversed(first["hello"]["items"])),
        "may_control": permitted,
        "controls": kind_of(name).controls,
        "page": {
            "hello": first["hello"],
            "feeds": first["feeds"],
            "may_control": permitted,
            "controls": kind_of(name).controls,
            "open": settings.INVOICEDASH_OPEN,
            "sortable": first["sortable"],
            "defaults": {
                "rate_per_second": float(settings.GENERATION_RATE),
                "duration_seconds": settings.GENERATION_DURATION,
            },
        },
        "generation": {"rate": settings.GENERATION_RATE, "duration": settings.GENERATION_DURATION},
    }


def wanted_currency(request: HttpRequest) -> str:
    """The currency in `?currency=`; empty when there is none that documents can have."""
    code = request.GET.get("currency", "")
    return code if code in ISSUED_CURRENCIES else ""


def list_currencies(stats: dict[str, Any], shown: str) -> list[str]:
    """The currencies to choose from: all that the feed holds, and the shown one."""
    return sorted({shown, *(each["currency"] for each in stats["currencies"])})


class SignIn(LoginView):
    """The login page; a user who is logged in is redirected. A member with shops begins with the stores."""

    template_name = "registration/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_success_url(self) -> str:
        """The page that asked for the login. The home page asks for nothing in particular."""
        wanted = self.get_redirect_url()
        return wanted if wanted not in ("", resolve_url("dashboard")) else self.get_default_redirect_url()

    def get_default_redirect_url(self) -> str:
        return resolve_url("stores" if has_shops(roles_of(self.request.user)) else "dashboard")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(signup_open=settings.SIGNUP_OPEN, **kwargs)


class SignOut(LogoutView):
    """Ends the session, by POST only."""
