"""Each process writes its heartbeat on one connection, because a connection is a process of PostgreSQL."""

from __future__ import annotations

from tests.stack import Stack
from tests.system.live.product import Product
from tests.waiting import wait_for

PROCESSES = ("web", "worker", "jobs", "beat", "pacer", "loops", "flower")
WRITERS = """SELECT application_name, count(*)::int FROM pg_stat_activity
WHERE starts_with(application_name, 'invoicedash-') AND strpos(query, 'INSERT INTO streaming_heartbeat') > 0 GROUP BY 1"""


def test_each_process_writes_its_heartbeat_on_one_connection(stack: Stack) -> None:
    product = Product(stack)
    one_each = {f"invoicedash-{name}": 1 for name in PROCESSES}

    def count() -> dict[str, int]:
        return dict(product.sql(WRITERS))

    wait_for(lambda: count() == one_each, "one connection each", show=lambda: str(count()))
