"""The entities that records are of, one for each `data_type` of the API."""

from __future__ import annotations

from integrations.pipes.entities import sales, supply, visits
from integrations.pipes.entities.types import Entity

ENTITIES: dict[str, Entity] = {
    entity.data_type: entity
    for entity in (
        sales.TRANSACTIONS, sales.CUSTOMERS, sales.PRODUCTS, supply.SUPPLIERS, supply.INVENTORY, supply.SHIPMENTS,
        sales.ORDERS, visits.SESSIONS, visits.MARKETING_SPEND, visits.SUPPORT_TICKETS,
    )
}  # fmt: skip


class UnknownType(LookupError):
    """No entity has that name."""


def entity_of(data_type: str) -> Entity:
    """The entity of a `data_type`; raises `UnknownType`."""
    try:
        return ENTITIES[data_type]
    except KeyError:
        known = ", ".join(sorted(ENTITIES))
        raise UnknownType(f"{data_type[:40]!r} is not a data_type: use one of {known}.") from None
