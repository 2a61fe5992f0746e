"""Endpoints for monitoring: alive, ready, and the Prometheus metrics.

They are exempt from CSRF checks, so that a wrong method gets a 405: they change nothing.
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

# Less than a whole answer may take (`limits.ANSWER_SECONDS`).
ANSWER_SECONDS = 2.2


@csrf_exempt
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that this process is alive."""
    return JsonResponse({"status": "alive"})


@csrf_exempt
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when PostgreSQL answers and this process is not stopping; Redis and conditions are in the body only.

    The check uses a separate connection: a full pool must not take this process out of service.
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
    """Answer with the metrics in Prometheus text format."""
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
