"""The HTTP API of the contract: each call checks permissions, parses its input, calls one operation and presents the
result.
"""

from dashboard.api.app import api

__all__ = ["api"]
