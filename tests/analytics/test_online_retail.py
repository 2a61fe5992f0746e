"""The real days of a shop: figures equal sums that are made of the raw files by nothing of the product.

By default a few days; ONLINE_RETAIL_DAYS=167 for all of them.
"""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from analytics.facts.fold import fold_all
from analytics.facts.rebuild import rebuild
from analytics.facts.restate import restate
from analytics.metrics import grains
from stores.models import Store
from tests.analytics.metrics.ask import ask
from tests.analytics.sales import Shop, prove
from tests.imports import independent
from tests.imports.samples import DATA, with_data

DAYS = int(os.environ.get("ONLINE_RETAIL_DAYS", "3"))
pytestmark = [with_data, pytest.mark.timeout(1800)]
RANGE = {"begin": "2010-12-01", "to": "2011-06-30"}


def expected(folder: Path, grain: str) -> dict[str, tuple[int, Decimal]]:
    """Invoices and revenue by bucket, of the raw rows."""
    found: dict[str, list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for day, (invoices, _, net) in independent.sums(sorted(folder.iterdir())).items():
        bucket = found[grains.begin_of(date.fromisoformat(day), grain).isoformat()]
        bucket[0] += invoices
        bucket[1] += net
    return {name: (count, net) for name, (count, net) in found.items()}


def answered(grain: str) -> dict[str, tuple[int, Decimal]]:
    """The same as the API has it; what is empty is left out."""
    data = ask(metric="transactions,revenue", **RANGE, grain=grain)["data"]
    return {row["date"]: (row["transactions"], Decimal(row["revenue"])) for row in data if row["transactions"]}


def test_figures_of_real_days_equal_the_raw_files(shop: Shop, tmp_path: Path, settings: Any) -> None:
    settings.INVOICEDASH_OPEN = True
    Store.objects.update(timezone="Europe/London")
    folder = tmp_path / "days"
    folder.mkdir()
    for path in sorted(DATA.iterdir())[:DAYS]:
        shutil.copy(path, folder)
    call_command("import_invoices", str(folder), "--format", "online-retail", "--json", stdout=StringIO())
    fold_all()
    assert_equal(folder)
    shop.sell("2010-12-01T12:00Z", "1", currency="EUR", fold=True)
    assert restate("main", date(2010, 12, 1)) == 0
    rebuild()
    assert [row["revenue"] for row in ask(metric="revenue", **RANGE, currency="EUR")["totals"]] == ["1.00"]
    prove()


def assert_equal(folder: Path) -> None:
    for grain in ("day", "week", "month", "year"):
        assert answered(grain) == expected(folder, grain), grain
    for dimension, grain in (("category", "day"), ("product", "month")):
        parts = ask(metric="revenue", **RANGE, by=dimension, grain=grain)["totals"]
        whole = sum(net for _, net in expected(folder, "year").values())
        assert sum(Decimal(row["revenue"]) for row in parts) == whole, dimension
    rows = ask("rows", metric="revenue", **RANGE)
    assert Decimal(rows["sums"][0]["value"]) == sum(net for _, net in expected(folder, "year").values())
