"""The real days of a shop: figures equal sums that are made of the raw files by nothing of the product.

By default a few days; ONLINE_RETAIL_DAYS=167 for all of them.
"""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
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
from tests.invoices.threads import at_once

DAYS = int(os.environ.get("ONLINE_RETAIL_DAYS", "3"))
pytestmark = [with_data, pytest.mark.timeout(1800)]
# Sold while figures are rebuilt.
SALES = 20
RANGE = {"begin": "2010-12-01", "to": "2011-06-30"}


def expected(folder: Path, grain: str) -> dict[str, tuple[int, Decimal]]:
    """Invoices and revenue by bucket, of the raw rows."""
    found: dict[str, list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for moment, (invoices, _, net) in independent.sums(sorted(folder.iterdir()), by_hour=grain == "hour").items():
        name = moment if grain == "hour" else grains.begin_of(date.fromisoformat(moment), grain).isoformat()
        bucket = found[name]
        bucket[0] += invoices
        bucket[1] += net
    return {name: (count, net) for name, (count, net) in found.items()}


def answered(grain: str) -> dict[str, tuple[int, Decimal]]:
    """The same as the API has it; what is empty is left out."""
    data = ask(metric="transactions,revenue", **RANGE, grain=grain, currency="GBP")["data"]
    size = 13 if grain == "hour" else 10
    return {
        row["date"][:size].replace("T", " "): (row["transactions"], Decimal(row["revenue"]))
        for row in data
        if row["transactions"] or row["revenue"] != "0.00"
    }


def load(path: Path) -> None:
    call_command("import_invoices", str(path), "--format", "online-retail", "--json", stdout=StringIO())
    fold_all()


def sell_euros(shop: Shop) -> int:
    for _ in range(SALES):
        shop.sell("2010-12-01T12:00Z", "1", currency="EUR")
    return SALES


def test_figures_of_real_days_equal_the_raw_files(shop: Shop, tmp_path: Path, settings: Any) -> None:
    """The first day arrives late; then it is restated, and all is rebuilt while others sell on that day."""
    settings.INVOICEDASH_OPEN = True
    Store.objects.update(timezone="Europe/London")
    folder = tmp_path / "days"
    folder.mkdir()
    late, *others = sorted(DATA.iterdir())[:DAYS]
    for path in others:
        shutil.copy(path, folder)
    load(folder)
    assert_equal(folder)
    assert late.stem not in answered("day")
    shutil.copy(late, folder)
    load(folder / late.name)
    assert_equal(folder)
    assert late.stem in {each["day"] for each in ask(metric="revenue", **RANGE)["metadata"]["restated"]}
    assert restate("main", date.fromisoformat(late.stem)) == 0
    assert_equal(folder)
    beside: list[Callable[[], object]] = [partial(sell_euros, shop), rebuild]
    assert at_once(beside) == [SALES, 2]
    fold_all()
    assert_equal(folder)
    found = ask(metric="revenue", **RANGE, currency="EUR")["totals"]
    assert [(row["revenue"], row["transactions"]) for row in found] == [(f"{SALES}.00", SALES)]
    prove()


def assert_equal(folder: Path) -> None:
    whole = sum(net for _, net in expected(folder, "year").values())
    for grain in ("hour", "day", "week", "month", "year"):
        assert answered(grain) == expected(folder, grain), grain
    for dimension, grain in (("category", "day"), ("product", "month"), ("kind", "day"), ("currency", "day")):
        parts = ask(metric="revenue", **RANGE, by=dimension, grain=grain, currency="GBP")["totals"]
        assert sum(Decimal(row["revenue"]) for row in parts) == whole, dimension
    rows = ask("rows", metric="revenue", **RANGE, currency="GBP")
    assert [(row["currency"], Decimal(row["value"])) for row in rows["sums"]] == [("GBP", whole)]
