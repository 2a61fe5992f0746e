"""The result of a bulk operation: a file of JSON lines, in which the lines of an order may be anywhere.

The file and its index are on disk without a name, so that nothing of them is left when the process ends.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from itertools import groupby
from types import TracebackType
from typing import Any

from integrations.syncing.errors import ShopBusy

_INDEX = "CREATE TABLE line (root TEXT, at INTEGER, is_root INTEGER)"
_READ = """
SELECT r.root, l.at FROM line r JOIN line l ON l.root = r.root WHERE r.is_root ORDER BY r.at, l.is_root DESC, l.at
"""
# The connection that the nodes of each type belong to.
_CONNECTIONS = {"LineItem": "lineItems", "ShippingLine": "shippingLines"}


class BulkFile:
    """The lines of a result. Use as a context manager."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `__exit__`
        # A database without a name is a file that ends with the connection.
        self._index = sqlite3.connect("")
        self._index.execute(_INDEX)
        self.is_grouped = True

    def __enter__(self) -> BulkFile:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._index.close()
        self._file.close()

    def read(self, lines: Iterable[bytes], *, is_partial: bool) -> None:
        """Take in all lines. The last one of a partial result may be cut off; raises `ShopBusy` for any other bad one."""
        self._index.executemany("INSERT INTO line VALUES (?, ?, ?)", self._take_in(lines, is_partial))
        self._index.execute("CREATE INDEX line_of_root ON line (root, at)")
        self._file.flush()

    def orders(self, *, is_partial: bool) -> Iterator[dict[str, Any]]:
        """The orders in the order of the file, with their lines. The last one of a partial result may lack some: it is
        left out.
        """
        rows = self._index.execute(_READ)
        held: dict[str, Any] | None = None
        for _, places in groupby(rows, key=lambda row: str(row[0])):
            if held is not None:
                yield held
            held = self._assemble([int(at) for _, at in places])
        if held is not None and not is_partial:
            yield held

    def _take_in(self, lines: Iterable[bytes], is_partial: bool) -> Iterator[tuple[str, int, bool]]:
        last = ""
        for line in lines:
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                parent, own = record.get("__parentId"), record.get("id")
            except (ValueError, AttributeError):
                if is_partial:
                    return
                raise ShopBusy("The shop sent a broken line of its orders.") from None
            self.is_grouped &= not parent or parent == last
            last = last if parent else own
            at = self._file.tell()
            self._file.write(line + b"\n")
            yield str(parent or own), at, not parent

    def _assemble(self, places: list[int]) -> dict[str, Any]:
        order, *children = (self._line(at) for at in places)
        order |= {name: [] for name in _CONNECTIONS.values()}
        for child in children:
            order[_CONNECTIONS.get(str(child.get("__typename")), "lineItems")].append(child)
        return order

    def _line(self, at: int) -> dict[str, Any]:
        self._file.seek(at)
        found: dict[str, Any] = json.loads(self._file.readline(), parse_float=Decimal)
        return found


def download(answering: AbstractContextManager[Any], *, is_partial: bool) -> BulkFile:
    """The result at an address; raises `ResultExpired` and `ShopBusy`."""
    with answering as answer:
        if answer.status_code in (400, 401, 403, 404, 410):
            raise ResultExpired("The result of the export is no longer there.")
        if answer.status_code != 200:
            raise ShopBusy(f"The shop answered {answer.status_code} to a request for the result of the export.")
        found = BulkFile()
        try:
            found.read(lines_of(answer.iter_bytes()), is_partial=is_partial)
        except BaseException:
            found.__exit__()
            raise
        return found


def chunks_of(orders: Iterator[dict[str, Any]], size: int, *, skip: int) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """The orders after the first `skip`, `size` at a time, each with the number of orders up to its end."""
    held: list[dict[str, Any]] = []
    number = 0
    for number, order in enumerate(orders, 1):
        if number > skip:
            held.append(order)
        if len(held) == size:
            yield number, held
            held = []
    if held:
        yield number, held


def lines_of(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a body that comes in parts. Only a line feed ends one: texts may have other separators in them."""
    rest = b""
    for part in parts:
        *whole, rest = (rest + part).split(b"\n")
        yield from whole
    if rest:
        yield rest


class ResultExpired(Exception):
    """Results are kept for seven days."""
