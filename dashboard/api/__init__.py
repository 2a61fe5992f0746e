"""The HTTP API of the contract: doors that check who asks, parse, call one operation and present the result."""

from dashboard.api.app import api
from dashboard.api.routes import control, exports, invoices, replays, stats, system  # noqa: F401 - registers their calls

__all__ = ["api"]
