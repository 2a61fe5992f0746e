"""The HTTP API of the contract: calls check who asks, parse, call one operation and present the result."""

from dashboard.api.app import api

__all__ = ["api"]
