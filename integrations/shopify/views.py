"""Where Shopify leads the browser of the owner back to, once the app was approved."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import SIGNED_IN, page_requires
from integrations.shopify import installing
from integrations.shopify.installing import Back
from integrations.syncing.errors import ShopError
from stores.states import WrongState

MOST_PAIRS = 50


@require_GET
@never_cache
@page_requires(SIGNED_IN)
def finish_installation(request: HttpRequest) -> HttpResponse:
    """Lead on to the wizard, or say what was wrong with the redirect."""
    try:
        pairs = parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True, max_num_fields=MOST_PAIRS)
        store = installing.finish(Back(pairs=pairs), request.session)
    except (ShopError, WrongState, ValueError) as error:
        return render(request, "stores/refused.html", {"reason": str(error), "menu_at": "stores"}, status=400)
    return redirect(f"{reverse('connect-store')}?{urlencode({'store': store.slug, 'success': 1})}")
