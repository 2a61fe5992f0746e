"""Types shared by the calls of all apps: plain texts, strict bodies, problem documents."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal, cast

from ninja import Field, Schema
from ninja.operation import Operation
from pydantic import AfterValidator, ConfigDict, model_validator

from web.exact import WrittenNumber


def _plain(text: str) -> str:
    if "\0" in text:
        raise ValueError("it contains a NUL character: remove it")
    return text


Text = Annotated[str, Field(max_length=200, json_schema_extra={"pattern": r"^[^\u0000]*$"}), AfterValidator(_plain)]


class Strict(Schema):
    """A body that accepts only the declared fields."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_numbers(cls, value: Any) -> Any:
        """Reject a body that is not an object: ninja would read the attributes of a JSON number."""
        if isinstance(value, WrittenNumber):
            raise ValueError("Input should be an object")
        return value


class FieldError(Schema):
    field: str
    message: str
    rule: str | None = Field(default=None, description="of EN 16931, such as BR-CO-15, or what `accept` may name")


class MissingField(Schema):
    field: str
    rule: str


class Problem(Schema):
    """RFC 9457. `errors` names the bad fields of a 422, `services` says which servers are down in a 503.

    `missing` names what keeps a document from being an e-invoice, and `code` is the reason where one status has several.
    """

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []
    missing: list[MissingField] = []
    code: str | None = None
    services: dict[str, Literal["up", "down"]] | None = None


_make_response_model = Operation._create_response_model


@cache
def _shared_response_model(response_type: Any) -> type[Schema] | None:
    return _make_response_model(cast(Operation, None), response_type)


def _create_response_model(self: Operation, response_param: Any) -> type[Schema] | None:
    """Share one model for each type of response.

    Ninja makes one for each call and status, and most of them describe a `Problem`: the web process would need half a
    second more to start, and 9 MB.
    """
    return _shared_response_model(response_param)


Operation._create_response_model = _create_response_model  # type: ignore[method-assign]
