"""Loads the HTTP client without its command line, which takes 5 MB in each process.

It must be imported before anything else imports `httpx`.
"""

from __future__ import annotations

from runtime.absent import without

with without("click"):
    import httpx

__all__ = ["httpx"]
