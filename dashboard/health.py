"""For those who watch over the product: alive, ready, and the figures Prometheus collects.

Exempt from CSRF, so that a wrong method is told to be that: nothing here changes anything.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from dashboard import processes
from dashboard.conditions.collect import known_conditions
from dashboard.metrics import REGISTRY
from runtime import shutdown
from runtime.ping import ping
from web.problems import problem, services

# Less than an answer may take in all (`limits.ANSWER_SECONDS`).
ANSWER_SECONDS = 2.2


@csrf_exempt
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return JsonResponse({"status": "alive"})


@csrf_exempt
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """PostgreSQL answers and no stop is under way; Redis and the conditions are in the body and change no code.

    Asked on a connection of its own: a full pool is no reason to take this process out of service.
    """
    if shutdown.is_stopping() or (processes.supervisor() or {}).get("stopping"):
        return problem(503, "A stop is under way; another process will answer, or this one after its next start.")
    is_down = ping(ANSWER_SECONDS) is None
    answer = {"services": services(is_postgres_down=is_down)}
    if is_down:
        response = problem(503, "PostgreSQL does not answer; try again in a moment.", **answer)
        response["Retry-After"] = "1"
        return response
    return JsonResponse({"status": "ready", **answer, "conditions": known_conditions()})


@csrf_exempt
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text."""
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
