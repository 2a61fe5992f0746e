"""Brings a migrated database to the tables without variants, fills and upgrades it, and prints a report as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

BEFORE = [("commerce", "0003_cart")]
REPORT = {
    "products": "SELECT code, name, category FROM commerce_product ORDER BY code",
    "variants": """SELECT v.sku, p.code, v.title FROM commerce_variant v JOIN commerce_product p ON p.id = v.product_id
        ORDER BY v.sku""",
    "levels": """SELECT l.id, v.sku, l.location, l.on_hand, l.is_counted, l.low_at, l.gone_at FROM commerce_stocklevel l
        JOIN commerce_variant v ON v.id = l.variant_id ORDER BY l.id""",
    "movements": "SELECT level_id, kind, quantity, on_hand, at::text FROM commerce_movement ORDER BY id",
    "customers": """SELECT key, name, email, first_at::date::text, reported_at::date::text FROM commerce_customer
        ORDER BY key""",
    "orders": """SELECT o.external_id, c.key FROM orders_order o LEFT JOIN commerce_customer c ON c.id = o.customer_id
        ORDER BY o.external_id""",
}


def main() -> None:
    MigrationExecutor(connection).migrate(BEFORE)
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        for statement in Path(__file__).with_name("before.sql").read_text().split(";\n"):
            if statement.strip():
                cursor.execute(statement)
    call_command("migrate", verbosity=0)
    from commerce.proof import prove

    print(json.dumps({name: rows(query) for name, query in REPORT.items()} | {"proof": prove()}))


def rows(query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute(query)
        return list(cursor.fetchall())


if __name__ == "__main__":
    main()
