"""The journal as PDF, made by a process of its own, which ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

from exports.journal.page import page_of
from exports.journal.read import Item, Month
from runtime.environment import BASE_DIR
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
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "invoicedash.settings"}
    # A process that ends has no heartbeat: it gets no name (`INVOICEDASH_PROCESS`).
    environment.pop("INVOICEDASH_PROCESS", None)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "exports.journal.child"], cwd=BASE_DIR, env=environment,
            input=json.dumps(page).encode(), capture_output=True, timeout=WITHIN_SECONDS, check=True,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise JournalBroke("The PDF of the journal could not be made; take the CSV, or try again.") from error
    return done.stdout
