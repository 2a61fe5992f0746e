"""For those who watch over the product: alive, ready, and the figures Prometheus collects.

Exempt from CSRF, so that a wrong method is told to be that: nothing here changes anything.
"""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from dashboard import processes
from dashboard.metrics import REGISTRY
from runtime import redis, shutdown
from web.problems import problem


@csrf_exempt
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return JsonResponse({"status": "alive"})


@csrf_exempt
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """PostgreSQL answers and no stop is under way; Redis is told, nothing waits for it."""
    if shutdown.is_stopping() or (processes.supervisor() or {}).get("stopping"):
        return problem(503, "A stop is under way; another process will answer, or this one after its next start.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    services = {"postgres": "up", "redis": "up" if redis.is_up() else "down"}
    return JsonResponse({"status": "ready", "services": services})


@csrf_exempt
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text."""
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
