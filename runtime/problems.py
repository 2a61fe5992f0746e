"""Builds the members of RFC 9457 problem documents. Every problem document of the product is built here."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"
# RFC 9110 renamed this status; Python uses the new name from 3.13 on.
_TITLES = {413: "Content Too Large"}


def problem_body(status: int, detail: str, **more: Any) -> dict[str, Any]:
    """A problem document with `detail` as its sentence and `more` as additional members."""
    title = _TITLES.get(status) or HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}


class Overloaded(RuntimeError):
    """A limit of the product is reached for now; the message says which one, for people."""
