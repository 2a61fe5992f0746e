"""The journal as PDF, made by a process of its own, which ends."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import Any

from exports.journal.page import page_of
from exports.journal.read import Item, Month
from runtime import child
from stores.letterhead import Letterhead

# The call is answered before (`runtime.limits`); this is for a process that hangs.
WITHIN_SECONDS = 60.0
# Each takes the memory of a typesetter, also after its request was answered.
AT_ONCE = 2
_typesetting = threading.BoundedSemaphore(AT_ONCE)


class JournalBroke(RuntimeError):
    """The process did not make the PDF, or as many as may be are being made."""


def to_pdf(items: Sequence[Item], month: Month, *, title: str, zone: str, letterhead: Letterhead) -> bytes:
    """The pages; raises `JournalBroke`."""
    if not _typesetting.acquire(blocking=False):
        raise JournalBroke(f"{AT_ONCE} journals are being typeset at this moment; take the CSV, or try again.")
    try:
        return _typeset(page_of(items, month, title=title, zone=zone, letterhead=letterhead))
    finally:
        _typesetting.release()


def _typeset(page: dict[str, Any]) -> bytes:
    try:
        return child.run("exports.journal.child", json.dumps(page).encode(), within_seconds=WITHIN_SECONDS)
    except child.ChildFailed as error:
        raise JournalBroke("The PDF of the journal could not be made; take the CSV, or try again.") from error
