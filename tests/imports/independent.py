"""The sums of the shop's files, calculated from the raw rows without code of the product: with csv and Decimal only.

A document is the rows of one number in one file. A row amounts to quantity x price, in whole cents, half up. Numbers with a
C are subtracted, documents without any price are not sales, and numbers with an A belong to the ledger.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

CENT = Decimal("0.01")


def sums(paths: Iterable[Path], *, by_hour: bool = False) -> dict[str, tuple[int, int, Decimal]]:
    """By day (`2010-12-01`) or hour (`2010-12-01 08`): invoices, credit notes, and what they come to."""
    days: dict[str, list[Decimal]] = defaultdict(list)
    for path in paths:
        for number, rows in _documents(path).items():
            nets = [
                (Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])).quantize(CENT, ROUND_HALF_UP) for row in rows
            ]
            has_price = any(Decimal(row["UnitPrice"]) for row in rows)
            if has_price and not number.startswith("A"):
                days[min(row["InvoiceDate"] for row in rows)[: 13 if by_hour else 10]].append(sum(nets, Decimal(0)))
    return {
        day: (sum(net > 0 for net in nets), sum(net < 0 for net in nets), sum(nets, Decimal(0)))
        for day, nets in days.items()
    }


def _documents(path: Path) -> dict[str, list[dict[str, str]]]:
    documents: dict[str, list[dict[str, str]]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            documents[row["InvoiceNo"]].append(row)
    return documents
