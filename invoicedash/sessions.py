"""The limits of the product's PostgreSQL sessions. Imports no framework."""

from __future__ import annotations

# A serving process must never block the others: the server ends a session that waits or is idle in a transaction for
# longer than this. Commands, migrations and reports have no process name and set their own limits. Milliseconds.
SERVING_LIMITS = {
    "lock_timeout": 1000,
    "statement_timeout": 1500,
    "idle_in_transaction_session_timeout": 1000,
}
CONNECT_SECONDS = 2


def serving_options() -> str:
    """The limits in the format of libpq's parameter `options`."""
    return " ".join(f"-c {name}={value}" for name, value in SERVING_LIMITS.items())
