"""Django's request handler that always returns the database connection of a request to the pool.

Django closes the connection when it closes the response. A request that ends with an error, such as an answer that
breaks off while it is sent, has no response to close.
"""

from __future__ import annotations

from typing import Any

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections


class Handler(ASGIHandler):
    """Handles each HTTP request in a thread of its own, which ends with the request."""

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().handle(scope, receive, send)
        except BaseException:
            # Runs in the request's own thread, and therefore after all other code of the request.
            await sync_to_async(close_old_connections)()
            raise


def make_handler() -> Handler:
    """Return the handler of this process, with all apps loaded."""
    django.setup(set_prefix=False)
    return Handler()
