"""Files of products: CSV with the columns code, name and category. All of a file is taken, or nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from commerce.products import Article, Taken, record_products

COLUMNS = ("code", "name", "category")
LONGEST = {"code": 100, "name": 255, "category": 100}
MOST_PRODUCTS = 1_000_000


class BadProductFile(ValueError):
    """The file cannot be taken; the message names the line."""


def take_products(store_id: int, lines: Iterable[str]) -> Taken:
    """Add the products of a CSV file to a store, or change them; raises `BadProductFile`. Nothing is deleted."""
    return record_products(store_id, read_rows(lines), keep_categories=False)


def read_rows(lines: Iterable[str]) -> Iterator[Article]:
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


def _row(record: dict[str, str | None], line: int) -> Article:
    fields = {name: (record.get(name) or "").strip() for name in COLUMNS}
    for name, value in fields.items():
        if not value and name != "category":
            raise BadProductFile(f"Line {line}: the {name} is empty.")
        if len(value) > LONGEST[name] or "\0" in value:
            raise BadProductFile(f"Line {line}: the {name} is longer than {LONGEST[name]} characters or has a NUL.")
    return Article(code=fields["code"], name=fields["name"], category=fields["category"])
