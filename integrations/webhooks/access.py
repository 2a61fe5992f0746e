"""The rights on deliveries. They hold personal data, so only administrators see them until stores have members."""

from __future__ import annotations

VIEW = "webhooks.view_delivery"
REPLAY = "webhooks.change_delivery"
