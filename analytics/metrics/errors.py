"""What a question for figures may be refused with. Imports no framework."""

from __future__ import annotations


class BadQuery(ValueError):
    """The question cannot be answered; `field` names the parameter."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
