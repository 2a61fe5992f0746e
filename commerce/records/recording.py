"""Writes records by their key in one statement. The newest place wins, so a record may come twice, late or again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, models

from commerce.records.models import MODELS, Reported, StockCount
from stores.rows import rows_of

_OWN = {field.name for field in Reported._meta.fields} | {"id"}
_UPSERT = """
INSERT INTO {table} AS r (store_id, batch_id, line, {columns})
SELECT %(store)s, %(batch)s, line, {columns} FROM unnest({arrays}) AS given(line, {columns})
ORDER BY {key}
ON CONFLICT (store_id, {key}) {conflict}
RETURNING line
"""
_NEWER = """DO UPDATE SET ({values}) = ROW({excluded}), batch_id = excluded.batch_id, line = excluded.line,
    changed_at = clock_timestamp()
WHERE (excluded.batch_id, excluded.line) >= (r.batch_id, r.line) AND ({r}) IS DISTINCT FROM ({excluded})"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A record: the line of its batch, and its values by column: texts, numbers, days and times.

    None is stored as NULL, and in a column of texts as an empty text.
    """

    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Table:
    """The columns of a table of records, and the types of PostgreSQL that they have."""

    name: str
    key: tuple[str, ...]
    types: Mapping[str, str]
    texts: frozenset[str]

    def upsert(self, *, only_new: bool) -> str:
        """The statement that writes records of this table."""
        values = [name for name in self.types if name not in self.key]
        excluded, present = (", ".join(f"{row}.{name}" for name in values) for row in ("excluded", "r"))
        newer = _NEWER.format(values=", ".join(values), excluded=excluded, r=present)
        arrays = ", ".join(f"%({name})s::{kind}[]" for name, kind in self.types.items())
        return _UPSERT.format(
            table=self.name, columns=", ".join(self.types), arrays=f"%(line)s::int[], {arrays}",
            key=", ".join(self.key), conflict="DO NOTHING" if only_new else newer,
        )  # fmt: skip


def record(
    data_type: str, store_id: int, batch_id: int, reports: Sequence[Report], *, only_new: bool = False
) -> set[int]:
    """Write the newest record of each key; returns the lines that changed something. The others were known, or are older.

    With `only_new`, a key that is there stays as it is.
    """
    table = _table(data_type)
    newest = {tuple(each.values[name] for name in table.key): each for each in reports}
    rows = list(newest.values())
    given: dict[str, Any] = {"store": store_id, "batch": batch_id, "line": _array(each.line for each in rows)}
    for name in table.types:
        none = '""' if name in table.texts else "NULL"
        given[name] = _array((each.values.get(name) for each in rows), none)
    with connection.cursor() as cursor:
        cursor.execute(table.upsert(only_new=only_new), given)
        return {line for (line,) in cursor.fetchall()}


def read(data_type: str, store_id: int, keys: Collection[str]) -> dict[str, Reported]:
    """The records with these keys, for a type with a key of one column."""
    [name] = _table(data_type).key
    found = rows_of(MODELS[data_type], store_id).filter(**{f"{name}__in": list(keys)})
    return {getattr(row, name): row for row in found}


def existing(data_type: str, store_id: int, keys: Collection[str]) -> set[str]:
    """Those of the keys that are there, by the first column of the key."""
    name = _table(data_type).key[0]
    rows = rows_of(MODELS[data_type], store_id).filter(**{f"{name}__in": list(keys)})
    return set(rows.values_list(name, flat=True))


def owners(data_type: str, store_id: int, column: str, values: Collection[Any]) -> dict[Any, tuple[str, ...]]:
    """The key of the record that has each of these values in a column, of any one where several have it."""
    key = _table(data_type).key
    rows = rows_of(MODELS[data_type], store_id).filter(**{f"{column}__in": list(values)})
    return {value: tuple(map(_text, names)) for value, *names in rows.values_list(column, *key)}


def newest_counts(store_id: int, product_ids: Collection[str]) -> dict[tuple[str, str], datetime]:
    """The time of the newest count of these products, by product and warehouse."""
    rows = rows_of(StockCount, store_id).filter(product_id__in=list(product_ids))
    found = rows.values_list("product_id", "warehouse_location").annotate(models.Max("timestamp")).order_by()
    return {(product_id, place): at for product_id, place, at in found}


def _array(values: Iterable[Any], none: str = "NULL") -> str:
    """An array as PostgreSQL writes it, with `none` for None. psycopg takes ten times as long for a list of texts."""
    return "{" + ",".join(none if value is None else _element(value) for value in values) + "}"


def _element(value: Any) -> str:
    if type(value) is not str:
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@cache
def _table(data_type: str) -> _Table:
    model = MODELS[data_type]
    fields = [field for field in model._meta.fields if field.name not in _OWN]
    [once] = [each for each in model._meta.constraints if isinstance(each, models.UniqueConstraint)]
    types = {field.name: str(field.rel_db_type(connection)) for field in fields}
    texts = frozenset(field.name for field in fields if isinstance(field, models.CharField))
    return _Table(model._meta.db_table, tuple(once.fields[1:]), types, texts)
