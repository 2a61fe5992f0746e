"""Hides the buyers of stores on screens: who does not need a name sees its first letter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def mask_name(name: str) -> str:
    """`"A. ••••"`: the first letter, whatever the length of the name."""
    return f"{name[:1]}. ••••"


def mask_buyers(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The invoices of a page with masked buyers."""
    return [{**item, "buyer_name": mask_name(item["buyer_name"])} for item in items]
