"""The webhooks that belong to no connected store, for the system page. Their bodies are not shown."""

from __future__ import annotations

from typing import Any

from integrations.webhooks.queries import Filter, read_page
from integrations.webhooks.serialize import present_delivery
from integrations.webhooks.states import State


def read_orphans(limit: int) -> list[dict[str, Any]]:
    """The newest `limit` webhooks of no store, as the API shows deliveries, with their platform."""
    found, _ = read_page(None, Filter(state=State.ORPHAN), before=None, limit=limit)
    return [present_delivery(each) | {"platform": each.platform} for each in found]
