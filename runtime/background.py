"""Keeps requests whose client has left or was already answered until Django ends them, and logs their errors."""

from __future__ import annotations

import asyncio
import logging

logger = logging.getLogger(__name__)

# An event loop keeps only weak references to its tasks.
_ending: set[asyncio.Future[None]] = set()


def keep_until_done(task: asyncio.Future[None]) -> None:
    """Keep a reference to `task` until it ends, and log its error."""
    _ending.add(task)
    task.add_done_callback(_log_error)


def _log_error(task: asyncio.Future[None]) -> None:
    _ending.discard(task)
    if not task.cancelled() and (error := task.exception()):
        logger.error("A request failed after it was abandoned", exc_info=error)
