"""What is known of the buyers and products of transactions: read for their documents, and noted where they say more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django.conf import settings

from commerce.products import Article, record_products
from commerce.records import recording
from commerce.records.models import ReportedCustomer, ReportedProduct
from commerce.records.recording import Report
from integrations.pipes.entities.reading import Values
from integrations.pipes.outcomes import Context, Records
from integrations.pipes.transactions.documents import Buyer, Product, Terms
from orders.terms import terms_of

# Before every batch, so that what a source says of them itself is newer whenever it came.
BEFORE_ALL = 0


def note_people_and_goods(context: Context, records: Records) -> None:
    """Add the customers and products that only transactions name; what a source says of them itself stays."""
    customers, products = [], []
    for line, record in records.items():
        values = record.values
        if values["customer_id"] and (values["email"] or values["segment"]):
            customers.append(Report(line=line, values=_customer(values)))
        products += [Report(line=line, values=_product(item)) for item in values["products"] if item["name"]]
    if customers:
        recording.record("customers", context.store.id, BEFORE_ALL, customers, only_new=True)
    if products:
        recording.record("products", context.store.id, BEFORE_ALL, products, only_new=True)
        _name(context, [report.values for report in products])


def read_terms(context: Context, several: Sequence[Values]) -> Terms:
    """How these transactions are invoiced."""
    store = context.store
    own = terms_of(store)
    customer_ids = {values["customer_id"] for values in several if values["customer_id"]}
    product_ids = {item["product_id"] for values in several for item in values["products"]}
    customers = recording.read("customers", store.id, customer_ids)
    products = recording.read("products", store.id, product_ids)
    return Terms(
        source=f"{store.slug}/{context.pipe.name}"[:100], seller=own.seller, zone=own.zone,
        vat_rate=settings.INVOICEDASH_VAT_RATE, keeps_numbers=not store.is_demo,
        buyers={key: _buyer(cast(ReportedCustomer, row)) for key, row in customers.items()},
        products={key: _known(cast(ReportedProduct, row)) for key, row in products.items()},
    )  # fmt: skip


def _name(context: Context, products: Iterable[Mapping[str, Any]]) -> None:
    """The products that the store does not know yet, for figures by category."""
    known = recording.read("products", context.store.id, {one["product_id"] for one in products})
    articles = [
        Article(code=key, name=row.name or key, category=row.category)
        for key, row in cast(dict[str, ReportedProduct], known).items()
    ]
    record_products(context.store.id, articles, keep_categories=True)


def _customer(values: Values) -> dict[str, Any]:
    return {
        "customer_id": values["customer_id"], "email": values["email"], "name": None, "registration_date": None,
        "customer_segment": values["segment"], "country": values["country"],
    }  # fmt: skip


def _product(item: Values) -> dict[str, Any]:
    return {"product_id": item["product_id"], "name": item["name"], "category": item["category"]}


def _buyer(row: ReportedCustomer) -> Buyer:
    return Buyer(name=row.name, email=row.email, country=row.country)


def _known(row: ReportedProduct) -> Product:
    return Product(name=row.name, vat_rate=row.vat_rate)
