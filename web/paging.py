"""Paged lists: the parameters of a call and the form of its answer. Each page names the start of the next one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from ninja import Field

Limit = Annotated[int, Field(ge=1, le=200)]
Cursor = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,1000}$", description="`next` of the previous page")]


def present_page(items: Sequence[Any], next_cursor: str | int | None) -> dict[str, Any]:
    """One page; `next` is null on the last page."""
    return {"items": items, "next": None if next_cursor is None else str(next_cursor)}
