"""Django's request handler, with one guarantee more: the database connection of a request always returns to the pool.

Django closes it when it closes the response. A request that ends with an error, such as an answer that breaks off while it
is sent, has no response to close.
"""

from __future__ import annotations

from typing import Any

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections


class Handler(ASGIHandler):
    """Handles one HTTP request at a time in a thread of its own, which ends with the request."""

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().handle(scope, receive, send)
        except BaseException:
            # In the request's own thread, and so after whatever still runs there.
            await sync_to_async(close_old_connections)()
            raise


def make_handler() -> Handler:
    """The handler of this process, with all apps loaded."""
    django.setup(set_prefix=False)
    return Handler()
