"""For those who watch over the product: alive, ready, and the figures Prometheus collects."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from dashboard import processes
from dashboard.metrics import REGISTRY
from streaming import feed as feeds


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return JsonResponse({"status": "alive"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """PostgreSQL answers and no stop is under way; Redis is told, nothing waits for it."""
    if (processes.supervisor() or {}).get("stopping"):
        return JsonResponse({"status": "stopping"}, status=503)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    services = {"postgres": "up", "redis": "up" if feeds.is_redis_up() else "down"}
    return JsonResponse({"status": "ready", "services": services})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text."""
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
