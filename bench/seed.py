"""Fills the store with history: millions of plausible invoices in minutes, made by PostgreSQL itself.

Numbers, totals and constraints are the product's own (the series row hands the ordinals out, the triggers count); only
`issue()` is passed by, as an import of history does, and nothing is announced. `manage.py audit` finds nothing wrong.
"""

from __future__ import annotations

from django.db import connection, transaction

from invoices.search import upkeep
from invoices.series import current_test_series

CHUNK = 100_000
SELLERS, BUYERS = 300, 20_000
FAKER_SEED = 7

# Buyers are skewed as customers are: a few buy often, most once in a while.
_CHUNK = """
WITH taken AS (
    UPDATE invoices_series SET last_ordinal = last_ordinal + %(count)s WHERE id = %(series)s
    RETURNING id, prefix, last_ordinal - %(count)s AS before
), drawn AS MATERIALIZED (
    SELECT n, 1 + floor(random() * %(sellers)s)::int AS seller, 1 + floor(random() ^ 3 * %(buyers)s)::int AS buyer,
           round((180 * exp(1.1 * random_normal()))::numeric, 2) + 0.01 AS subtotal
    FROM generate_series(1, %(count)s) AS n
)
INSERT INTO invoices_invoice (series_id, ordinal, invoice_number, invoice_date, seller_name, buyer_name, currency,
    vat_rate, subtotal, vat_amount, total_amount)
SELECT t.id, t.before + n, t.prefix || '-' || lpad((t.before + n)::text, greatest(6, length((t.before + n)::text)), '0'),
    timestamptz '2020-01-01' + (t.before + n) * interval '17 seconds', s.name, b.name, 'SAR', 0.15, subtotal,
    round(subtotal * 0.15, 2), subtotal + round(subtotal * 0.15, 2)
FROM taken t CROSS JOIN drawn JOIN bench_party s ON s.id = seller JOIN bench_party b ON b.id = %(sellers)s + buyer
ORDER BY n
"""


def fill(rows: int) -> None:
    """Bring the demo series up to `rows` invoices, always the same ones on an empty database."""
    series = current_test_series()
    missing = rows - series.last_ordinal
    if missing <= 0:
        return
    _make_parties()
    while missing > 0:
        count = min(CHUNK, missing)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '64MB'")
            cursor.execute("SELECT setseed(%s)", [1 / (1 + missing)])
            cursor.execute(_CHUNK, {"count": count, "series": series.pk, "sellers": SELLERS, "buyers": BUYERS})
        missing -= count
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_party")
        upkeep.catch_up()
        cursor.execute(
            "VACUUM (ANALYZE) invoices_invoice, invoices_party, invoices_partyword, invoices_chunk, invoices_posting"
        )
        cursor.execute("CHECKPOINT") if _may_checkpoint() else None


def _make_parties() -> None:
    from faker import Faker

    faker = Faker("en_US", use_weighting=False)
    faker.seed_instance(FAKER_SEED)
    names = [faker.company() for _ in range(SELLERS + BUYERS)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_party (id int PRIMARY KEY, name text NOT NULL)")
        cursor.execute(
            "INSERT INTO bench_party SELECT * FROM unnest(%s::int[], %s::text[])",
            [list(range(1, 1 + len(names))), names],
        )
        cursor.execute("ANALYZE bench_party")


def _may_checkpoint() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(current_user, 'pg_checkpoint', 'USAGE')")
        return bool(cursor.fetchone()[0])
