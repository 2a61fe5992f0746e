"""The HTTP API of the contract: doors that check who asks, parse, call one operation and present the result."""

from dashboard.api.app import api, can_control, can_view
from dashboard.api.routes import (  # noqa: F401 - each registers its calls
    control,
    exports,
    imports,
    invoices,
    replays,
    stats,
    system,
)
from dashboard.api.schemas import Problem
from invoices.api import series

api.add_router("/series", series.make_router(can_view=can_view, can_control=can_control, problem=Problem))

__all__ = ["api"]
