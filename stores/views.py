"""The pages of stores that only need stores: connecting a shop, and the account with its members."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from accounts.access import SIGNED_IN, page_requires
from runtime.currencies import ISSUED_CURRENCIES
from stores.members.callers import Caller, caller_of, store_for
from stores.members.roles import Role
from stores.models import Account, Store
from stores.queries import UnknownStore
from stores.reachability import is_on_the_internet, takes_keys
from stores.serialize import present_store


@require_safe
@never_cache
@page_requires(SIGNED_IN)
@ensure_csrf_cookie
def show_connect(request: HttpRequest) -> HttpResponse:
    """Connect a shop in five steps; `?store=` continues with a store that was opened before."""
    caller = caller_of(request)
    accounts = _accounts_of(caller, Role.ADMIN)
    store = _store_to_connect(caller, request.GET.get("store", ""))
    page = {
        "store": present_store(store) if store else None,
        "accounts": [{"slug": account.slug, "name": account.name} for account in accounts],
        "currency": settings.INVOICEDASH_CURRENCY,
        "takes_keys": takes_keys(settings.PUBLIC_URL) or settings.INTAKE_ALLOW_PRIVATE,
    }
    return render(request, "stores/connect.html", {
        "page": page, "store": store, "accounts": accounts, "currencies": sorted(ISSUED_CURRENCIES),
        "menu_at": "stores", "is_reachable": is_on_the_internet(settings.PUBLIC_URL), "public_url": settings.PUBLIC_URL,
    })  # fmt: skip


def _accounts_of(caller: Caller, needs: Role) -> list[Account]:
    """The accounts in which the caller has the role, the oldest first."""
    mine = [account for account, role in caller.roles.items() if role.includes(needs)]
    return list(Account.objects.filter(pk__in=mine).order_by("pk"))


def _store_to_connect(caller: Caller, slug: str) -> Store | None:
    """The store that `?store=` names; a 404 where the caller has none of that name."""
    if not slug:
        return None
    try:
        store = store_for(caller, slug, Role.ADMIN)
    except UnknownStore as unknown:
        raise Http404(str(unknown)) from unknown
    if store.status == Store.Status.ERASED:
        raise Http404(f"Store {store.slug} is erased.")
    return store
