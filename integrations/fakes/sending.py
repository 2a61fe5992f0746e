"""Sends a webhook by HTTP, as shops do: one attempt of five seconds, no redirect."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

# Sends a POST and returns the status of the answer, 0 without one.
Send = Callable[[str, Mapping[str, str], bytes], int]
TIMEOUT_SECONDS = 5.0


def send_by_http(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """POST `body`; the status of the answer, 0 without one."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("POST", parts.path, body=body, headers=dict(headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
