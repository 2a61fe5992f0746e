"""The series of a store: one for its invoices and one for its credit notes, opened with the store.

The prefix of a series is unique in the installation, and accounts do not see each other. A store whose prefix another
account has gets a key of its own as prefix, and prints the numbers that it asked for.
"""

from __future__ import annotations

from invoices.documents.removal import delete_test_invoices
from invoices.documents.types import Kind
from invoices.models import Invoice, Series, Totals
from invoices.series import WrongSeries, check_prefix
from runtime.clock import ClockTimestamp
from stores.models import Store
from stores.opening import BadStore
from stores.parts import StorePart, register_part
from stores.queries import StoreFacts

LONGEST_KEY = 20
DELETE_ROWS = 1000
CREDIT_SUFFIX = "-CN"


def register() -> None:
    """Register the series with `stores`. The documents of a real store stay when the store is erased."""
    register_part(StorePart(name="series", open=open_series, delete_some=delete_some, of_demo_only=True))


def open_series(store: StoreFacts) -> None:
    """Open both series; raises `BadStore` for a bad prefix, and for one of a series of the same account."""
    try:
        check_prefix(store.prefix)
    except WrongSeries as wrong:
        raise BadStore("prefix", str(wrong)) from wrong
    for kind, suffix in ((Kind.INVOICE, ""), (Kind.CREDIT_NOTE, CREDIT_SUFFIX)):
        wanted = f"{store.prefix}{suffix}"
        key = _key(store, wanted, suffix)
        Series.objects.create(
            prefix=key, pattern="" if key == wanted else f"{wanted}-{{n:06}}", document=kind, feed_id=store.feed,
            kind=Series.Kind.TEST if store.is_demo else Series.Kind.INTERNAL, store_id=store.id, timezone=store.timezone,
        )  # fmt: skip


def delete_some(store: StoreFacts) -> bool:
    """Close the series of a demonstration store and delete some of their documents; without documents, the series."""
    mine = Series.objects.filter(store_id=store.id, kind=Series.Kind.TEST)
    mine.filter(closed_at=None).update(closed_at=ClockTimestamp())
    newest = Invoice.objects.filter(series__in=mine).order_by("-ordinal").values_list("pk", flat=True)
    if delete_test_invoices(list(newest[:DELETE_ROWS])):
        return True
    Totals.objects.filter(series__in=mine).delete()
    mine.delete()
    return False


def _key(store: StoreFacts, wanted: str, suffix: str) -> str:
    """The unique prefix of a series that prints `wanted`."""
    found = Series.objects.filter(prefix=wanted).values_list("store_id", flat=True).first()
    if found is None:
        return wanted
    if Store.objects.filter(pk=found, account_id=store.account_id).exists():
        raise BadStore("prefix", f"Your account has a series {wanted} already: use another prefix.")
    named = f"{store.slug}.{wanted}"
    # Prefixes of users have capital letters only, so neither key can be one of theirs.
    return named if len(named) <= LONGEST_KEY else f"s{store.id}{suffix}"
