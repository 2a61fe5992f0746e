"""Requests that were answered or left by their caller, and that Django still ends: kept until then, their errors logged."""

from __future__ import annotations

import asyncio
import logging

logger = logging.getLogger(__name__)

# An event loop keeps no reference to its tasks.
_ending: set[asyncio.Future[None]] = set()


def let_end(task: asyncio.Future[None]) -> None:
    """Keep `task` until it ends."""
    _ending.add(task)
    task.add_done_callback(_note_end)


def _note_end(task: asyncio.Future[None]) -> None:
    _ending.discard(task)
    if not task.cancelled() and (error := task.exception()):
        logger.error("A request failed after it was given up", exc_info=error)
