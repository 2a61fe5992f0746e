"""The right on deliveries that belong to no store: for administrators of the installation."""

from __future__ import annotations

VIEW = "webhooks.view_delivery"
