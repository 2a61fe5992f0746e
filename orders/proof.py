"""The proof of I11: order accounts are even, and their documents are those that were issued. In the caller's snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from invoices.proofs import Proof
from orders.models import AMOUNTS

MOST_NAMED = 100
_SUMS = """
SELECT s.slug, o.currency, o.currency = s.currency, count(*), sum(o.total + o.redeemed - o.refunded),
    sum(abs(o.total + o.redeemed - o.refunded - o.invoiced + o.credited - o.vouchers - o.tips - o.rounding - o.waiting
        - o.set_aside - o.quarantined))
FROM orders_order o JOIN stores_store s ON s.id = o.store_id GROUP BY 1, 2, s.currency ORDER BY 1, 2
"""
_STORES = """
SELECT s.slug, o.currency, count(*), sum(o.total + o.redeemed - o.refunded),
    sum(o.total + o.redeemed - o.refunded - o.invoiced + o.credited - o.vouchers - o.tips - o.rounding - o.waiting - o.set_aside
        - o.quarantined)
FROM orders_order o JOIN stores_store s ON s.id = o.store_id GROUP BY 1, 2 ORDER BY 1, 2
"""
# What each account says that was invoiced and credited, against the documents.
_WRONG = """
SELECT s.slug, o.external_id, CASE
    WHEN d.are_missing THEN 'has lost a document'
    WHEN d.are_others THEN 'has a document of another order'
    WHEN (o.invoiced, o.credited) <> (coalesce(d.invoiced, 0), coalesce(d.credited, 0))
        THEN 'has other amounts than its documents'
    ELSE 'has an account that is not even' END
FROM orders_order o JOIN stores_store s ON s.id = o.store_id
LEFT JOIN (
    SELECT d.order_id, bool_or(i.id IS NULL) AS are_missing,
        bool_or(x.external_id IS DISTINCT FROM d.external_id OR x.source IS DISTINCT FROM 'store-' || t.slug) AS are_others,
        sum(i.total_amount) FILTER (WHERE i.kind = 'invoice') AS invoiced,
        sum(i.total_amount) FILTER (WHERE i.kind = 'credit_note') AS credited
    FROM orders_orderdocument d JOIN orders_order p ON p.id = d.order_id JOIN stores_store t ON t.id = p.store_id
    LEFT JOIN invoices_invoice i ON i.id = d.invoice_id LEFT JOIN invoices_document x ON x.invoice_id = d.invoice_id
    GROUP BY 1
) AS d ON d.order_id = o.id
WHERE d.are_missing OR d.are_others OR (o.invoiced, o.credited) <> (coalesce(d.invoiced, 0), coalesce(d.credited, 0))
    OR o.total + o.redeemed - o.refunded <> o.invoiced - o.credited + o.vouchers + o.tips + o.rounding + o.waiting
        + o.set_aside + o.quarantined
ORDER BY 1, 2 LIMIT %s
"""
# The kept sums of each store against its orders.
_TOTALS = f"""
SELECT s.slug, coalesce(t.currency, o.currency), coalesce(t.invoice_state, o.invoice_state) FROM (
    SELECT store_id, currency, invoice_state, count(*) AS orders, {", ".join(f"sum({name}) AS {name}" for name in AMOUNTS)}
    FROM orders_order WHERE content <> '{{}}' GROUP BY 1, 2, 3
) AS o FULL JOIN orders_ordertotal t USING (store_id, currency, invoice_state) JOIN stores_store s ON s.id = store_id
WHERE (coalesce(t.orders, 0), {", ".join(f"coalesce(t.{name}, 0)" for name in AMOUNTS)})
    <> (coalesce(o.orders, 0), {", ".join(f"coalesce(o.{name}, 0)" for name in AMOUNTS)})
ORDER BY 1, 2, 3 LIMIT %s
"""


@dataclass(kw_only=True, slots=True)
class StoreSum:
    """The orders of a store: their worth in its currency and in others, the sum of all differences, how many are wrong."""

    count: int = 0
    worth: Decimal = Decimal(0)
    difference: Decimal = Decimal(0)
    wrong_count: int = 0
    other_worth: dict[str, str] = field(default_factory=dict)


def read_store_sums() -> dict[str, StoreSum]:
    """The sums of each store with orders, by its slug."""
    found: dict[str, StoreSum] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS)
        for slug, currency, is_own, count, worth, difference in cursor.fetchall():
            total = found.setdefault(slug, StoreSum())
            total.count += count
            total.difference += difference
            if is_own:
                total.worth = worth
            else:
                total.other_worth[currency] = f"{worth:.2f}"
    for wrong in _read_wrong():
        found[wrong["store"]].wrong_count += 1
    return found


def prove() -> dict[str, Any]:
    """Orders, worth and difference per store and currency, and the orders and sums that are wrong."""
    with connection.cursor() as cursor:
        cursor.execute(_STORES)
        stores = [
            {
                "store": slug,
                "currency": currency,
                "orders": count,
                "worth": f"{worth:.2f}",
                "difference": f"{difference:.2f}",
            }
            for slug, currency, count, worth, difference in cursor.fetchall()
        ]
        cursor.execute(_TOTALS, [MOST_NAMED])
        sums = [{"store": slug, "currency": code, "invoice_state": state} for slug, code, state in cursor.fetchall()]
    return {"stores": stores, "wrong_orders": _read_wrong(), "wrong_sums": sums}


def _read_wrong() -> list[dict[str, str]]:
    """The first orders that are wrong."""
    with connection.cursor() as cursor:
        cursor.execute(_WRONG, [MOST_NAMED])
        return [{"store": slug, "order": external_id, "why": why} for slug, external_id, why in cursor.fetchall()]


def _say(report: dict[str, Any]) -> str:
    orders = sum(store["orders"] for store in report["stores"])
    wrong = len(report["wrong_orders"])
    return f"{orders} orders, {wrong} with a wrong account, {len(report['wrong_sums'])} sums of stores that differ"


def _is_right(report: dict[str, Any]) -> bool:
    return not report["wrong_orders"] and not report["wrong_sums"]


PROOF = Proof(name="orders", prove=prove, is_right=_is_right, say=_say)
