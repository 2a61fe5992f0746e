"""Pages of connections. A cursor is the sort key of a node, so that it holds while others move."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from graphql import GraphQLError

from integrations.shopify.fake.market import Json

MOST_PER_PAGE = 250
T = TypeVar("T")
Key = tuple[float, ...]


def page_of(
    sorted_items: Sequence[T], arguments: Mapping[str, Any], *, key: Callable[[T], Key], node: Callable[[T], Json],
    reverse: bool = False,
) -> Json:  # fmt: skip
    """The page of a connection that the arguments `first` and `after` ask for."""
    size = _size(arguments)
    start = _start([key(item) for item in sorted_items], arguments.get("after"), reverse=reverse)
    edges = [{"cursor": _cursor(key(item)), "node": node(item)} for item in sorted_items[start : start + size]]
    return {
        "edges": edges, "nodes": [edge["node"] for edge in edges],
        "pageInfo": {
            "hasNextPage": start + size < len(sorted_items), "hasPreviousPage": start > 0,
            "startCursor": edges[0]["cursor"] if edges else None, "endCursor": edges[-1]["cursor"] if edges else None,
        },
    }  # fmt: skip


def page_of_list(nodes: Sequence[Json], arguments: Mapping[str, Any]) -> Json:
    """The page of nodes that keep their places."""
    return page_of(list(enumerate(nodes)), arguments, key=lambda item: (item[0],), node=lambda item: item[1])


def _size(arguments: Mapping[str, Any]) -> int:
    size: int | None = arguments.get("first") or arguments.get("last")
    if not size:
        raise GraphQLError("you must provide one of first or last", extensions={"code": "BAD_REQUEST"})
    if size > MOST_PER_PAGE:
        raise GraphQLError(f"first cannot exceed {MOST_PER_PAGE}", extensions={"code": "BAD_REQUEST"})
    return size


def _cursor(key: Key) -> str:
    return base64.b64encode(json.dumps(key).encode()).decode()


def _start(keys: Sequence[Key], after: str | None, *, reverse: bool) -> int:
    if not after:
        return 0
    try:
        last = tuple(json.loads(base64.b64decode(after)))
    except (ValueError, TypeError):
        raise GraphQLError("Invalid cursor for current pagination sort.") from None
    behind = (n for n, key in enumerate(keys) if (key < last if reverse else key > last))
    return next(behind, len(keys))
