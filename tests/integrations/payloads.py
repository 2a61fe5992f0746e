"""What the bodies of a shop are to lead to. Imports nothing of Django."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

# A folder of captured bodies with their `expected.json`, where there is one.
CAPTURED = os.environ.get("SHOP_PAYLOADS", "")
# A document by its external id, and its VAT groups as rate, net, VAT.
Document = tuple[str, tuple[tuple[str, str, str], ...]]
Served = TypeVar("Served")


@dataclass(frozen=True, kw_only=True)
class Payloads(Generic[Served]):
    """Webhooks as topic and body; the present orders of the shop; outcomes and documents by order."""

    webhooks: Sequence[tuple[str, bytes]]
    orders: Sequence[Served]
    outcomes: dict[str, str]
    documents: dict[str, list[Document]] = field(default_factory=dict)
