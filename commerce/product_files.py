"""Files of products: CSV with the columns code, name and category. All of a file is taken, or nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

COLUMNS = ("code", "name", "category")
LONGEST = {"code": 100, "name": 255, "category": 100}
MOST_PRODUCTS = 1_000_000

# `xmax` is 0 for a row that was inserted.
_UPSERT = """
INSERT INTO commerce_product AS p (store_id, code, name, category)
SELECT %(store)s, given.code, given.name, given.category
FROM unnest(%(codes)s::text[], %(names)s::text[], %(categories)s::text[]) AS given(code, name, category)
ORDER BY given.code
ON CONFLICT (store_id, code) DO UPDATE
    SET name = excluded.name, category = excluded.category, changed_at = clock_timestamp()
    WHERE (p.name, p.category) IS DISTINCT FROM (excluded.name, excluded.category)
RETURNING xmax = 0
"""


class BadProductFile(ValueError):
    """The file cannot be taken; the message names the line."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One product of a file."""

    code: str
    name: str
    category: str


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What a file changed. Rows that are in the store as they are in the file count as unchanged."""

    added: int
    changed: int
    unchanged: int


@transaction.atomic
def take_products(store_id: int, lines: Iterable[str]) -> Taken:
    """Add the products of a CSV file to a store, or change them; raises `BadProductFile`. Nothing is deleted."""
    rows = {row.code: row for row in read_rows(lines)}
    given: dict[str, Any] = {
        "store": store_id,
        "codes": list(rows),
        "names": [row.name for row in rows.values()],
        "categories": [row.category for row in rows.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, given)
        is_new = [new for (new,) in cursor.fetchall()]
    return Taken(added=sum(is_new), changed=len(is_new) - sum(is_new), unchanged=len(rows) - len(is_new))


def read_rows(lines: Iterable[str]) -> Iterator[Row]:
    """The rows of the file; raises `BadProductFile` at the first that is wrong. A later row of a code replaces it."""
    reader = csv.DictReader(lines, strict=True)
    try:
        missing = [name for name in COLUMNS[:2] if name not in (reader.fieldnames or [])]
        if missing:
            raise BadProductFile(f"The first line names no column {missing[0]!r}: use code,name,category.")
        for count, record in enumerate(reader, start=1):
            if count > MOST_PRODUCTS:
                raise BadProductFile(f"The file has over {MOST_PRODUCTS:,} products: split it.")
            yield _row(record, reader.line_num)
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadProductFile(f"Line {reader.line_num}: the file is not CSV in UTF-8 ({error}).") from error


def _row(record: dict[str, str | None], line: int) -> Row:
    fields = {name: (record.get(name) or "").strip() for name in COLUMNS}
    for name, value in fields.items():
        if not value and name != "category":
            raise BadProductFile(f"Line {line}: the {name} is empty.")
        if len(value) > LONGEST[name] or "\0" in value:
            raise BadProductFile(f"Line {line}: the {name} is longer than {LONGEST[name]} characters or has a NUL.")
    return Row(**fields)
