"""Opens pages that are watched for complaints on their console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page


def is_complaint(message: ConsoleMessage) -> bool:
    """Broken policies and exceptions; a lost connection is expected where a test breaks it."""
    return "Content Security Policy" in message.text or "Uncaught" in message.text


@contextmanager
def watched_pages(
    open_context: Callable[..., BrowserContext],
    url: str,
    *,
    counts: Callable[[ConsoleMessage], bool] = is_complaint,
) -> Iterator[Callable[..., Page]]:
    """A function that opens a page below `url`; at the end, no page may have an exception or a message that counts."""
    complaints: list[str] = []

    def open_one(path: str, *, context: BrowserContext | None = None, **options: Any) -> Page:
        page = (context or open_context(**options)).new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if counts(message) else None)
        page.goto(url + path)
        return page

    yield open_one
    assert complaints == []
