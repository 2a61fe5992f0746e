"""What an entity is declared with: its fields, its key, and how its records become rows. Data only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from typing import Any

# Reads a value of JSON; raises `ValueError` with what to send instead. Times without a zone are of the zone.
Read = Callable[[Any, tzinfo], Any]


class Kind(StrEnum):
    """The type of a field's value."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    LIST = "list"


class Mode(StrEnum):
    """What a second record of one key is: another document, a newer version, or another row."""

    DOCUMENT = "document"
    MUTABLE = "mutable"
    APPEND = "append"


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A field of an entity. `paths` are the places in a record where it may be, the first one with a value counts.

    `refers_to` is the `data_type` whose key it has. `fields` are those of each item of a list. `length` is that of a
    text. A missing one with `is_received` is the time when the record came.
    """

    name: str
    kind: Kind
    read: Read
    paths: tuple[tuple[str, ...], ...]
    is_required: bool = False
    refers_to: str = ""
    length: int = 0
    is_received: bool = False
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Entity:
    """What the records of one `data_type` say. A record may be wrapped as `{wrapper: {...}}`.

    `money` names the fields of its amount and currency, where it has an amount.
    """

    data_type: str
    mode: Mode
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    wrapper: str = ""
    money: tuple[str, str] | None = None

    def field(self, name: str) -> Field:
        """The field with that name; raises `KeyError`."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)
