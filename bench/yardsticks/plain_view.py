"""A webhook taken by a plain Django view: check the signature, insert one row, answer.

No middleware runs, and connections to PostgreSQL come from a pool, because Django handles each request in another thread.
"""

from __future__ import annotations

import os

import django
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

_PLACE = conninfo_to_dict(os.environ["DATABASE_URL"])

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _PLACE["dbname"],
            "USER": _PLACE.get("user", ""),
            "HOST": _PLACE.get("host", ""),
            "PORT": _PLACE.get("port", ""),
            "OPTIONS": {"pool": {"min_size": 20, "max_size": 20}},
        }
    },
    USE_TZ=True,
)
django.setup()

from django.core.handlers.asgi import ASGIHandler  # noqa: E402
from django.db import models  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402

from integrations.webhooks.signatures import is_signed  # noqa: E402

SECRET = os.environ["WEBHOOK_SECRET"]


class Webhook(models.Model):
    """A table without constraints or indexes of its own; `bench.benchmarks.accept` makes it."""

    id = models.BigAutoField(primary_key=True)
    topic = models.CharField(max_length=60)
    body = models.BinaryField()

    objects: models.Manager[Webhook] = models.Manager()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_webhook"

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"


def receive(request: HttpRequest) -> HttpResponse:
    signature = request.headers.get("X-WC-Webhook-Signature", "").encode()
    if not is_signed(request.body, signature, [SECRET]):
        return HttpResponse(status=401)
    Webhook.objects.create(topic=request.headers["X-WC-Webhook-Topic"], body=request.body)
    return HttpResponse(b"{}", content_type="application/json", headers={"Content-Length": "2"})


urlpatterns = [path("", receive)]
application = ASGIHandler()
