"""A process that ticks as the worker does, one tick for each line on its input: `python -m tests.invoices.ticker`."""

from __future__ import annotations

import sys


def main() -> None:
    import django

    django.setup()
    from django.db import DatabaseError, connection

    from invoices.generation import companies, producer

    companies.pools()
    print("ready", flush=True)
    for _ in sys.stdin:
        try:
            print(producer.tick(), flush=True)
        except DatabaseError as error:
            connection.close()
            print(type(error).__name__, flush=True)


if __name__ == "__main__":
    main()
