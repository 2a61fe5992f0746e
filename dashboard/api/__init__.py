"""The HTTP API of the contract: doors that check who asks, parse, call one operation and present the result."""

from dashboard.api.app import api
from dashboard.api.routes import (  # noqa: F401 - each registers its calls
    control,
    exports,
    imports,
    invoices,
    made_exports,
    replays,
    stats,
    system,
)

__all__ = ["api"]
