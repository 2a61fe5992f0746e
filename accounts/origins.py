"""Decides whether a request comes from our own pages, from a program without a browser, or from another site."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

DEFAULT_PORTS = {"http": 80, "https": 443}


def is_foreign(headers: Mapping[str, str], *, is_navigation: bool) -> bool:
    """Whether the request with these headers (lower-case names) was made by a page of another site.

    A top-level GET navigation (a followed link, a typed address) does not count; a request without Origin does not come
    from a browser.
    """
    origin = headers.get("origin")
    if origin is not None:
        return not _is_allowed(origin, headers.get("host", ""))
    site = headers.get("sec-fetch-site", "none")
    return site not in ("none", "same-origin") and not is_navigation


def is_known_host(host: str | None) -> bool:
    """Whether a Host header names this product. A page whose own name resolves to this machine (DNS rebinding) sends
    its own name.
    """
    return host is None or validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def is_navigation(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a person opens an address by GET in a tab."""
    return (
        method in ("GET", "HEAD")
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest", "document") == "document"
    )


def _is_allowed(origin: str, host: str) -> bool:
    if origin in settings.CORS_ALLOWED_ORIGINS or origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        parts = urlsplit(origin)
        own = urlsplit(f"//{host}")
        default = DEFAULT_PORTS[parts.scheme]
        return bool(parts.hostname) and (parts.hostname, parts.port or default) == (
            own.hostname,
            own.port or default,
        )
    except (KeyError, ValueError):
        return False
