"""Hooks of Schemathesis: each generated document has an idempotency key of its own.

Schemathesis sends the same key with all of them, so that the first one is read, and each other is answered 409.
"""

from __future__ import annotations

import uuid
from typing import Any

import schemathesis

HEADER, SHORTEST = "Idempotency-Key", "0"


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Replace the key that Schemathesis takes where it tests another part of the request."""
    if (case.headers or {}).get(HEADER) == SHORTEST:
        case.headers[HEADER] = uuid.uuid4().hex
