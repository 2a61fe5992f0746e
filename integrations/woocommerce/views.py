"""Takes the keys that a shop posts at the end of a key exchange."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.syncing.errors import ShopError
from integrations.woocommerce import exchange
from integrations.woocommerce.exchange import UnknownAttempt
from stores.states import WrongState
from web.problems import problem

MOST_BYTES = 10_000


@csrf_exempt
@require_POST
def take_keys(request: HttpRequest) -> HttpResponse:
    """200 once the keys are proved and kept; the shop shows any other answer to its owner."""
    try:
        exchange.finish(_posted(request))
    except UnknownAttempt as error:
        return problem(404, str(error))
    except (ShopError, WrongState) as error:
        return problem(422, str(error))
    return JsonResponse({})


def _posted(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the body; empty where there is none."""
    try:
        found = json.loads(request.body[:MOST_BYTES])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
