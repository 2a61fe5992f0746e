"""Single values of WooCommerce's JSON: times without a zone, texts with HTML entities, lists of meta data."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from orders.reading import clean

Json = Mapping[str, Any]


def moment(value: object) -> datetime | None:
    """A `_gmt` time, which has no zone of its own; None where there is none."""
    if not value:
        return None
    return datetime.fromisoformat(str(value).removesuffix("Z")).replace(tzinfo=UTC)


def text(value: object, length: int = 200) -> str:
    """A text without the HTML entities that WordPress stores."""
    return clean(html.unescape("" if value is None else str(value)), length)


def meta(record: Json) -> dict[str, Any]:
    """Meta data by key; of several with one key, the last."""
    return {str(each["key"]): each.get("value") for each in record.get("meta_data") or []}
