"""The secrets of a local installation: generated once and stored in the data directory, readable by this user only."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from local.paths import write_private

FILE_NAME = "secrets.json"
MADE: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "ADMIN_PASSWORD": lambda: secrets.token_urlsafe(12),
    "FLOWER_PASSWORD": lambda: secrets.token_urlsafe(12),
    # An app for simulated shops; that of real ones comes from the environment.
    "SHOPIFY_CLIENT_ID": lambda: f"local-{secrets.token_hex(16)}",
    "SHOPIFY_CLIENT_SECRET": lambda: secrets.token_hex(20),
}


class BadCredentials(ValueError):
    """The file of secrets exists and cannot be used; the text is one sentence."""


def keep(data_dir: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return every secret by its variable's name: from the environment where it is set, else the one generated at the
    first start.
    """
    path = data_dir / FILE_NAME
    kept = _read(path)
    missing = {name: make() for name, make in MADE.items() if name not in kept}
    if missing:
        write_private(path, json.dumps({**kept, **missing}, indent=1) + "\n")
    return {name: environ.get(name) or value for name, value in {**kept, **missing}.items()}


def _read(path: Path) -> dict[str, str]:
    try:
        kept = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        kept = None
    if not isinstance(kept, dict) or not all(isinstance(value, str) and value for value in kept.values()):
        raise BadCredentials(f"{path} cannot be read; correct it, or delete it (then all users must log in again).")
    return {name: value for name, value in kept.items() if name in MADE}
