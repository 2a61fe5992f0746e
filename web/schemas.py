"""Types that the calls of every app share: plain texts, strict bodies, problem documents."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict, model_validator

from web.exact import WrittenNumber


def _plain(text: str) -> str:
    if "\0" in text:
        raise ValueError("it holds a NUL character, which no name or number has")
    return text


Text = Annotated[str, Field(max_length=200, json_schema_extra={"pattern": r"^[^\u0000]*$"}), AfterValidator(_plain)]


class Strict(Schema):
    """A body that may hold these fields and no others."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_numbers(cls, value: Any) -> Any:
        """ninja reads the attributes of whatever it is given; a number of JSON is no object, though it has some."""
        if isinstance(value, WrittenNumber):
            raise ValueError("Input should be an object")
        return value


class FieldError(Schema):
    field: str
    message: str
    rule: str | None = Field(default=None, description="of EN 16931, such as BR-CO-15, or what `accept` may name")


class Problem(Schema):
    """RFC 9457. `errors` names the bad fields of a 422, `services` tells what is down with a 503."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []
    services: dict[str, Literal["up", "down"]] | None = None
