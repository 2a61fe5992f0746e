"""Checks that the ports are free before any process starts."""

from __future__ import annotations

import errno
import os
import socket

from runtime.environment import BadSetting


def require_free(ports: dict[str, tuple[str, int]]) -> None:
    """Raise `BadSetting` unless each port can be bound; `ports` is `{variable: (host, port)}`."""
    taken: dict[int, str] = {}
    for variable, (address, port) in ports.items():
        if port in taken:
            raise BadSetting(f"{taken[port]} and {variable} are both {port}; set one of them to another port.")
        taken[port] = variable
        _require_one(variable, address, port)


def _require_one(variable: str, host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror:
        raise BadSetting(
            f"HOST={host!r} is not an address of this machine: set HOST to one of its addresses, such as 127.0.0.1."
        ) from None
    except OSError as error:
        raise BadSetting(_sentence(variable, host, port, error)) from None


def _sentence(variable: str, host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is in use on {host}; stop what uses it, or set {variable} to a free port, "
            f"as in `{variable}={port + 1 if port < 65535 else port - 1} make run`."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} is not open to an ordinary user; set {variable} to a port above 1023."
    return f"HOST={host!r} cannot be used to listen ({os.strerror(error.errno or 0)}); set HOST to 127.0.0.1."
