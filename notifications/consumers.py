"""Events that a user is mailed about."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.mail import send_mail

from events.types import Event

# A user who waits for less time sees the end of the import on the screen.
LONG_SECONDS = 60


def mail_import_finished(event: Event) -> None:
    """Mail the result of an import that took long to the user who asked for it, if the user has an e-mail address."""
    finished = event.payload
    if finished["seconds"] < LONG_SECONDS:
        return
    user = get_user_model().objects.filter(username=finished["created_by"], is_active=True).exclude(email="").first()
    if user is not None:
        name = " ".join(finished["name"].split())
        send_mail(f"Import finished: {name}", _describe(name, finished), None, [user.email])


def _describe(name: str, finished: dict[str, Any]) -> str:
    counts = finished["counts"]
    lines = [
        f"The import of {name} is finished; it took {finished['seconds'] / 60:.0f} minutes.",
        "",
        f"{counts['documents']:>9,} documents issued, {counts['credit_notes']:,} of them credit notes",
        f"{counts['duplicates']:>9,} were there before",
        f"{sum(counts['quarantined'].values()):>9,} in quarantine",
        f"{sum(counts['set_aside'].values()):>9,} set aside",
    ]
    return "\n".join(lines) + "\n"
