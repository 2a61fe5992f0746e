"""Bad fields as problem documents name them: the field as the caller wrote it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

LONGEST_NAME = 100
LONGEST_MESSAGE = 300
# Of a thousand bad lines, the first few say what is wrong with the others.
MOST_ERRORS, MOST_TOLD = 50, 3

FieldErrors = list[dict[str, str]]


def field_errors(errors: Sequence[dict[str, Any]]) -> FieldErrors:
    """The first errors of pydantic or of ours, by field."""
    return [_field_error(error) for error in errors[:MOST_ERRORS]]


def tell_errors(errors: FieldErrors) -> str:
    """A sentence of the first few."""
    told = "; ".join(f"{error['field']}: {error['message']}" for error in errors[:MOST_TOLD])
    more = f"; and {len(errors) - MOST_TOLD} more" if len(errors) > MOST_TOLD else ""
    return f"{told}{more}."


def _field_error(error: dict[str, Any]) -> dict[str, str]:
    where = [str(part) for part in error["loc"] if part not in ("body", "query", "path", "header")]
    message = str(error["msg"]).removeprefix("Value error, ")[:LONGEST_MESSAGE]
    if error.get("type") == "extra_forbidden":
        message = "there is no such field"
    named = {"field": ".".join(where)[:LONGEST_NAME] or "body", "message": message}
    return named | {"rule": error["rule"]} if error.get("rule") else named
