"""The proof of I13: what is on hand is the sum of the movements, at each movement. In the caller's snapshot."""

from __future__ import annotations

from typing import Any

from django.db import connection

from invoices.proofs import Proof

MOST_NAMED = 100
_MOVES = """
SELECT level_id, count(*) AS movements, sum(quantity) AS moved, bool_or(on_hand <> running) AS is_broken FROM (
    SELECT level_id, quantity, on_hand, sum(quantity) OVER (PARTITION BY level_id ORDER BY id) AS running
    FROM commerce_movement
) AS m GROUP BY level_id
"""
_STORES = f"""
SELECT s.slug, count(*), coalesce(sum(m.movements), 0) FROM commerce_stocklevel l
JOIN stores_store s ON s.id = l.store_id LEFT JOIN ({_MOVES}) AS m ON m.level_id = l.id GROUP BY 1 ORDER BY 1
"""
_WRONG = f"""
SELECT s.slug, v.sku, l.location, l.on_hand, coalesce(m.moved, 0) FROM commerce_stocklevel l
JOIN stores_store s ON s.id = l.store_id JOIN commerce_variant v ON v.id = l.variant_id
LEFT JOIN ({_MOVES}) AS m ON m.level_id = l.id
WHERE l.on_hand <> coalesce(m.moved, 0) OR m.is_broken ORDER BY 1, 2, 3 LIMIT %s
"""


def prove() -> dict[str, Any]:
    """Levels and movements per store, and the levels that are not the sum of their movements."""
    with connection.cursor() as cursor:
        cursor.execute(_STORES)
        stores = [
            {"store": slug, "levels": levels, "movements": int(moves)} for slug, levels, moves in cursor.fetchall()
        ]
        cursor.execute(_WRONG, [MOST_NAMED])
        names = ("store", "sku", "location", "on_hand", "moved")
        wrong = [dict(zip(names, (*row[:4], int(row[4])), strict=True)) for row in cursor.fetchall()]
    return {"stores": stores, "wrong_levels": wrong}


def _say(report: dict[str, Any]) -> str:
    levels, movements = (sum(store[name] for store in report["stores"]) for name in ("levels", "movements"))
    return f"{levels} levels of stock from {movements} movements, {len(report['wrong_levels'])} wrong"


PROOF = Proof(name="stock", prove=prove, is_right=lambda report: not report["wrong_levels"], say=_say)
