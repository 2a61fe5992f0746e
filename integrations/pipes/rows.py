"""Takes records of every type but transactions: the newest of each key becomes a row of `commerce`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from commerce.customers import Buyer, record_customers
from commerce.products import Article, record_products
from commerce.records import recording
from commerce.records.recording import Report
from commerce.stock import Level, record_levels
from integrations.pipes.entities.reading import Record, Values
from integrations.pipes.entities.types import Entity
from integrations.pipes.entities.values import COUNTRY
from integrations.pipes.outcomes import Context, Outcomes, Records
from runtime.clock import read_clock


def take_rows(context: Context, entity: Entity, records: Records, outcomes: Outcomes) -> None:
    """Write the records; one that is older than what is there, or says the same, is a duplicate."""
    reports = [Report(line=line, values=record.values) for line, record in records.items()]
    changed = recording.record(entity.data_type, context.store.id, context.batch_id, reports)
    newer = {line: records[line].values for line in changed}
    if entity.data_type == "products":
        _name_products(context, newer.values())
    elif entity.data_type == "customers":
        record_customers(context.store.id, _buyers(newer.values()))
    elif entity.data_type == "inventory":
        _set_levels(context, newer.values())
    outcomes.settle(records, changed | _replaced(records, changed))


def _replaced(records: Records, changed: set[int]) -> set[int]:
    """Lines whose record another one of the chunk replaced at once: they were taken, unless they say the same."""
    newest = {records[line].key: records[line] for line in changed}
    return {line for line, record in records.items() if _is_other(record, newest.get(record.key))}


def _is_other(record: Record, newest: Record | None) -> bool:
    return newest is not None and newest.values != record.values


def _name_products(context: Context, several: Iterable[Values]) -> None:
    """The products with their categories, which figures are broken down by. A record without a category keeps it."""
    articles = [
        Article(code=one["product_id"], name=one["name"] or one["product_id"], category=one["category"] or "")
        for one in several
    ]
    for has_category in (True, False):
        chosen = [each for each in articles if bool(each.category) == has_category]
        if chosen:
            record_products(context.store.id, chosen, keep_categories=not has_category)


def _buyers(several: Iterable[Values]) -> Iterator[Buyer]:
    now = read_clock()
    for one in several:
        country = one["country"] or ""
        yield Buyer(
            external_id=one["customer_id"], vat_id="", email=one["email"] or "", name=one["name"] or "",
            country=country if COUNTRY.fullmatch(country) else "", first_at=one["registration_date"] or now,
            reported_at=now,
        )  # fmt: skip


def _set_levels(context: Context, several: Iterable[Values]) -> None:
    """The stock of what was counted, where no later count is there."""
    levels = list(_levels(context, list(several)))
    if levels:
        record_levels(context.store, levels, read_at=read_clock())


def _levels(context: Context, several: list[Values]) -> Iterator[Level]:
    codes = {one["product_id"] for one in several}
    names = recording.read("products", context.store.id, codes)
    newest = recording.newest_counts(context.store.id, codes)
    for one in several:
        place = (one["product_id"], one["warehouse_location"] or "")
        if newest.get(place) != one["timestamp"]:
            continue
        name = getattr(names.get(one["product_id"]), "name", "")
        yield Level(
            sku=place[0], title=name or place[0], available=one["current_stock"], low_at=one["minimum_stock_level"],
            location=place[1],
        )  # fmt: skip
