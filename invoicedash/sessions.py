"""The limits of our processes' PostgreSQL sessions. Imports no framework."""

from __future__ import annotations

# A serving process must never hold up the others: whoever waits or freezes longer than this is ended by the server.
# Commands, migrations and reports have no process name and set limits of their own. Milliseconds.
SERVING_LIMITS = {
    "lock_timeout": 1000,
    "statement_timeout": 1500,
    "idle_in_transaction_session_timeout": 1000,
}
CONNECT_SECONDS = 2


def serving_options() -> str:
    """The limits as libpq's parameter `options` takes them."""
    return " ".join(f"-c {name}={value}" for name, value in SERVING_LIMITS.items())
