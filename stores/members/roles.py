"""The roles of members, from the least to the most. Pure."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A viewer sees; an admin also changes stores, members and invitations; an owner also changes owners."""

    VIEWER = "viewer"
    ADMIN = "admin"
    OWNER = "owner"

    def includes(self, other: Role) -> bool:
        """Whether this role may do all that `other` may do."""
        order = list(Role)
        return order.index(self) >= order.index(other)
