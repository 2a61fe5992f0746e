"""Customers, their first purchases and cohorts, kept equal to `CustomerDay` whatever changes there.

The cells of the customers that are concerned are taken off the cohorts before a change and added again after it, under
the lock of the store. So late documents move a customer to the right cohort.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from analytics.facts.rollups import BUYERS

_LOCK = "SELECT 1 FROM facts_zone WHERE generation = %(generation)s AND store_id = %(store)s FOR UPDATE"
_ADD_CUSTOMERS = f"""
INSERT INTO facts_customer (store_id, digest)
SELECT %(store)s, b.digest FROM ({BUYERS}) AS b
WHERE NOT EXISTS (SELECT 1 FROM facts_customer k WHERE k.store_id = %(store)s AND k.digest = b.digest)
ORDER BY b.digest ON CONFLICT DO NOTHING
"""
_CONCERNED = f"""
SELECT k.id FROM ({BUYERS}) AS b JOIN facts_customer k ON k.store_id = %(store)s AND k.digest = b.digest
"""

# The cells of some customers: by currency, and under '' each customer once.
CELLS = """
SELECT f.store_id, date_trunc('month', f.first_day)::date AS first_month, m.month, m.currency,
    count(*) FILTER (WHERE m.invoices > 0) AS customers, sum(m.net) AS net
FROM facts_firstpurchase f JOIN (
    SELECT customer_id, date_trunc('month', local_day)::date AS month, coalesce(currency, '') AS currency,
        coalesce(sum(documents) FILTER (WHERE kind = 'invoice'), 0) AS invoices,
        CASE WHEN GROUPING(currency) = 1 THEN 0 ELSE
            coalesce(sum(net) FILTER (WHERE kind = 'invoice'), 0) - coalesce(sum(net) FILTER (WHERE kind = 'credit_note'), 0)
        END AS net
    FROM facts_customerday WHERE generation = %(generation)s AND {concerned}
    GROUP BY customer_id, date_trunc('month', local_day), GROUPING SETS ((currency), ())
) AS m ON m.customer_id = f.customer_id
WHERE f.generation = %(generation)s GROUP BY 1, 2, 3, 4
"""
_CONCERNED_DAYS = "customer_id = ANY(%(customers)s)"
_ADD_CELLS = f"""
INSERT INTO facts_cohort AS c (generation, store_id, first_month, month, currency, customers, net)
SELECT %(generation)s, store_id, first_month, month, currency, %(sign)s * customers, %(sign)s * net
FROM ({CELLS.format(concerned=_CONCERNED_DAYS)}) AS cells ORDER BY store_id, first_month, month, currency
ON CONFLICT (generation, store_id, first_month, month, currency) DO UPDATE
    SET customers = c.customers + excluded.customers, net = c.net + excluded.net
"""
_FORGET_FIRST = "DELETE FROM facts_firstpurchase WHERE generation = %(generation)s AND customer_id = ANY(%(customers)s)"
_SET_FIRST = """
INSERT INTO facts_firstpurchase (generation, customer_id, store_id, first_day)
SELECT %(generation)s, customer_id, %(store)s, min(local_day) FROM facts_customerday
WHERE generation = %(generation)s AND customer_id = ANY(%(customers)s) AND kind = 'invoice' GROUP BY customer_id
ON CONFLICT (generation, customer_id) DO UPDATE SET first_day = excluded.first_day
    WHERE facts_firstpurchase.first_day <> excluded.first_day
"""

Parameters = Mapping[str, Any]


def find_customers(parameters: Parameters, documents: str) -> list[int]:
    """The ids of the buyers of these documents; new ones get an id."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD_CUSTOMERS.format(documents=documents), parameters)
        cursor.execute(_CONCERNED.format(documents=documents), parameters)
        return [pk for (pk,) in cursor.fetchall()]


@contextmanager
def cohorts_kept(generation: int, store: int, customers: Sequence[int]) -> Iterator[None]:
    """Within this block the days of `customers` change; afterwards first purchases and cohorts are right again."""
    if not customers:
        yield
        return
    given: dict[str, Any] = {"generation": generation, "store": store, "customers": list(customers)}
    with connection.cursor() as cursor:
        cursor.execute(_ADD_CELLS, {**given, "sign": -1})
        yield
        cursor.execute(_SET_FIRST, given)
        cursor.execute(_ADD_CELLS, {**given, "sign": 1})


def lock_store(generation: int, store: int) -> None:
    """Wait for other changes of the store's customers in that generation, until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"generation": generation, "store": store})


def forget_first(generation: int, customers: Sequence[int]) -> None:
    """Delete first purchases that are found again by `cohorts_kept`."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_FIRST, {"generation": generation, "customers": list(customers)})
