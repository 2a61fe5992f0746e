"""The mode in which a benchmark runs the product: open, or closed (`INVOICEDASH_OPEN=0`), where calls need a token."""

from __future__ import annotations

import os

from tests.stack import Stack

# Runs in the shell of the measured product, and prints the secret of a new token of the administrator.
_MAKE_TOKEN = """
from django.contrib.auth import get_user_model
from accounts.models import ApiToken
token = ApiToken(user=get_user_model().objects.get(username="admin"), name="bench")
secret = token.make()
token.save()
print(secret)
"""


def is_closed() -> bool:
    """Whether the environment of the benchmark sets closed mode."""
    return os.environ.get("INVOICEDASH_OPEN") == "0"


def name() -> str:
    """`open` or `closed`."""
    return "closed" if is_closed() else "open"


def note() -> str:
    """A sentence about the mode, for the notes of a table."""
    if is_closed():
        return "Closed mode (INVOICEDASH_OPEN=0): every call and every WebSocket sends a token, and rights are checked."
    return "Open mode (INVOICEDASH_OPEN=1): no call or WebSocket sends a token."


def environment() -> dict[str, str]:
    """The environment variables that start the product in this mode."""
    return {"INVOICEDASH_OPEN": "0" if is_closed() else "1"}


def headers(stack: Stack) -> dict[str, str]:
    """The headers that every call to `stack` needs: in closed mode those of a new token.

    Raises `RuntimeError` when the product cannot make one.
    """
    if not is_closed():
        return {}
    done = stack.manage("shell", "-v", "0", "-c", _MAKE_TOKEN)
    if done.returncode:
        raise RuntimeError(f"The product could not make a token:\n{done.stderr}")
    return {"Authorization": f"Bearer {done.stdout.split()[-1]}"}
