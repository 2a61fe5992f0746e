"""The web process's ASGI application: HTTP to Django, WebSockets to the dashboards."""

import os
from types import ModuleType

from django.core import signals

from runtime.absent import replaced
from runtime.handler import make_handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "invoicedash.settings")
# Ninja imports one signal through Django's package for tests, which takes 2 MB.
with replaced({"django.test": ModuleType("django.test"), "django.test.signals": signals}):
    import ninja  # noqa: F401
django_application = make_handler()

from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from dashboard.consumers import websocket_application  # noqa: E402
from integrations.webhooks.asgi import receive_webhooks  # noqa: E402
from runtime.gc import freeze_survivors  # noqa: E402
from runtime.limits import limit_http  # noqa: E402
from runtime.pool import watch_pool  # noqa: E402
from runtime.sending import bound_sending  # noqa: E402
from web.openapi import build_document  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": bound_sending(receive_webhooks(limit_http(django_application))),
        "websocket": websocket_application,
    }
)

# Load what the first request would load, so that no request waits for it and the garbage collector freezes it.
get_resolver().url_patterns  # noqa: B018
build_document()
freeze_survivors()
watch_pool()
