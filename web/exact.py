"""Types for the JSON values of a document: exact decimals, times with a zone, plain texts.

JSON numbers are decimals; binary floats lose cents. `WrittenNumber` keeps the text that the client wrote.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

LONGEST_NUMBER = 100
STRING, NUMBER = "string", "number"
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class WrittenNumber(float):
    """A JSON number with a fraction or exponent: a float that keeps the text it was written as."""

    text: str

    def __new__(cls, text: str) -> WrittenNumber:
        number = super().__new__(cls, text)
        number.text = text
        return number


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | WrittenNumber):
        raise ValueError('use a number or a text such as "12.50"')
    text = value.text if isinstance(value, WrittenNumber) else str(value)
    if len(text) > LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a valid number: use digits with a point, such as 12.50")
    return Decimal(text)


def _time(value: Any) -> datetime:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise ValueError("use a time with its zone, such as 2026-11-27T09:30:00Z")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value} is not a valid date and time") from None


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("use a time of the years 1 to 9999 in UTC") from None


def _day(value: Any) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("use a day such as 2026-12-27")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value} is not a valid date") from None


Exact = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    WithJsonSchema({"anyOf": [{"type": STRING, "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}, {"type": NUMBER}]}),
]
Moment = Annotated[datetime, BeforeValidator(_time), WithJsonSchema({"type": STRING, "format": "date-time"})]
# PostgreSQL accepts no offset of 16 hours or more, which Python and JSON Schema do.
UtcMoment = Annotated[Moment, AfterValidator(_in_utc)]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": STRING, "format": "date"})]
