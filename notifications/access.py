"""The rights on the outbox. Messages hold personal data and links to reset passwords, so only administrators read them."""

from __future__ import annotations

VIEW = "notifications.view_notification"
RETRY = "notifications.change_notification"
