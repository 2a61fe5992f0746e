"""Describes invalid fields for problem documents: the field as the client wrote it, and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile
from typing import Any

LONGEST_NAME = 100
LONGEST_MESSAGE = 300
# Of a thousand bad lines, the first few show what is wrong with the others.
MOST_ERRORS, MOST_LISTED = 50, 3

# The parts of a request; a field of the same name may be inside of them.
PLACES = ("body", "query", "path", "header")
FieldErrors = list[dict[str, str]]


def field_errors(errors: Sequence[dict[str, Any]]) -> FieldErrors:
    """The first errors of pydantic or of the product, by field."""
    return [_field_error(error) for error in errors[:MOST_ERRORS]]


def describe_errors(errors: FieldErrors) -> str:
    """A sentence that names the first few errors."""
    text = "; ".join(f"{error['field']}: {error['message'].rstrip('.')}" for error in errors[:MOST_LISTED])
    more = f"; and {len(errors) - MOST_LISTED} more" if len(errors) > MOST_LISTED else ""
    return f"{text}{more}."


def _field_error(error: dict[str, Any]) -> dict[str, str]:
    where = [str(part) for part in dropwhile(PLACES.__contains__, error["loc"])]
    message = str(error["msg"]).removeprefix("Value error, ")[:LONGEST_MESSAGE]
    if error.get("type") == "extra_forbidden":
        message = "unknown field: remove it"
    named = {"field": ".".join(where)[:LONGEST_NAME] or "body", "message": message}
    return named | {"rule": error["rule"]} if error.get("rule") else named
