"""The two ways in which a delivery fails. The text of each is the reason, for people."""

from __future__ import annotations


class TemporaryFailure(Exception):
    """It may work later."""


class PermanentFailure(Exception):
    """The server will never take this message for this recipient."""
