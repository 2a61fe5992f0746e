"""Open or closed mode: whether the measured product requires a token (`INVOICEDASH_OPEN=0`)."""

from __future__ import annotations

import os

from tests.stack import Stack

_MAKE_TOKEN = """
from django.contrib.auth import get_user_model
from accounts.models import ApiToken
token = ApiToken(user=get_user_model().objects.get(username="admin"), name="bench")
secret = token.make()
token.save()
print(secret)
"""


def is_closed() -> bool:
    """Whether the environment asks for closed mode."""
    return os.environ.get("INVOICEDASH_OPEN") == "0"


def name() -> str:
    return "closed" if is_closed() else "open"


def note() -> str:
    """The note of a table about the mode."""
    if is_closed():
        return "Closed mode (INVOICEDASH_OPEN=0): every call and every WebSocket sends a token, and rights are checked."
    return "Open mode (INVOICEDASH_OPEN=1): no call or WebSocket sends a token."


def environment() -> dict[str, str]:
    """The environment that the product is started with."""
    return {"INVOICEDASH_OPEN": "0" if is_closed() else "1"}


def headers(stack: Stack) -> dict[str, str]:
    """The headers of every call to `stack`."""
    if not is_closed():
        return {}
    done = stack.manage("shell", "-v", "0", "-c", _MAKE_TOKEN)
    if done.returncode:
        raise RuntimeError(f"No token could be made:\n{done.stderr}")
    return {"Authorization": f"Bearer {done.stdout.split()[-1]}"}
