"""Asks the API for figures."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

BASE = "/api/v1/analytics/"


def ask(call: str = "metrics", *, status: Any = 200, **parameters: Any) -> Any:
    """The answer of a call; `filter__category` is `filter.category`, `begin` is `from`."""
    given = {name.replace("begin", "from").replace("__", "."): value for name, value in parameters.items()}
    answer = Client().get(BASE + call, given)
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def rows(metric: str, *fields: str, **parameters: Any) -> list[Any]:
    """The values of `fields` in each row that is not empty."""
    data = ask(metric=metric, **parameters)["data"]
    chosen = [tuple(row.get(name) for name in fields) for row in data if row.get(metric) not in (None, 0, "0.00", "0")]
    return [row[0] for row in chosen] if len(fields) == 1 else chosen


def totals(metric: str, **parameters: Any) -> dict[str | None, Any]:
    """The totals by currency."""
    return {row["currency"]: row[metric] for row in ask(metric=metric, **parameters)["totals"] if metric in row}
