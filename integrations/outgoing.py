"""Where requests to addresses that users give may go: not to private networks, unless the installation allows it.

The host is resolved once, and the request goes to the address that was checked.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from functools import cache

from django.conf import settings

from runtime.lean_httpx import httpx


class ForbiddenAddress(ValueError):
    """The address is private, or its scheme is not allowed."""


class HostUnknown(OSError):
    """The host has no address."""


class CheckedTransport(httpx.BaseTransport):
    """Sends each request to a checked address of its host; Host header and certificate stay those of the host."""

    def __init__(self) -> None:
        self._transport = httpx.HTTPTransport(verify=_tls(), retries=0)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises `ForbiddenAddress`, `HostUnknown` or an error of httpx."""
        host = request.url.host
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=resolve(host, request.url.port or _port(request.url.scheme)))
        return self._transport.handle_request(request)

    def close(self) -> None:
        self._transport.close()


def resolve(host: str, port: int) -> str:
    """An address of `host`. All of its addresses must be public, unless `INTAKE_ALLOW_PRIVATE` is set."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise HostUnknown(f"The host {host} has no address.") from error
    addresses = [str(each[4][0]) for each in found]
    if not settings.INTAKE_ALLOW_PRIVATE:
        for address in addresses:
            if not is_public(address):
                raise ForbiddenAddress(f"{host} has the private address {address}.")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether the address is one of the public internet; one that wraps an IPv4 address counts as that address."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return found.is_global and not found.is_multicast


@cache
def _tls() -> ssl.SSLContext:
    """One for all requests: to load the certificates takes 20 ms of processor time."""
    return httpx.create_ssl_context()


def _port(scheme: str) -> int:
    return 443 if scheme == "https" else 80
