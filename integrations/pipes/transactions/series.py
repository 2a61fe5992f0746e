"""The series of a source: external ones, in which its transactions keep their numbers behind the name of the source."""

from __future__ import annotations

import re

from django.db import IntegrityError, transaction

from integrations.pipes.models import Pipe
from invoices import series as all_series
from invoices.documents.types import Kind
from invoices.models import Series
from orders import terms
from stores.queries import StoreFacts
from stores.rows import rows_of

LONGEST_PREFIX = 20
CREDIT_SUFFIX = "-CN"
_OTHER = re.compile(r"[^A-Z0-9]+")


def prefixes_of(pipe: Pipe, store: StoreFacts) -> dict[Kind, str]:
    """The prefixes of the series of a source; opens them at its first document. Call it with the pipe locked.

    A demonstration store numbers its documents itself: they are no revenue.
    """
    if store.is_demo:
        return {kind: terms.prefix_of(store, kind) for kind in Kind}
    if not pipe.prefix:
        pipe.prefix = _open(pipe, store)
        pipe.save(update_fields=["prefix"])
    return _both(pipe.prefix)


def wanted_prefix(name: str) -> str:
    """The prefix that a source's name leads to: capitals and digits, anything else as a dash, at most 20."""
    prefix = _OTHER.sub("-", name.upper()).strip("-")[:LONGEST_PREFIX].rstrip("-") or "SOURCE"
    try:
        all_series.check_prefix(prefix)
    except all_series.WrongSeries:
        return f"S-{prefix}"[:LONGEST_PREFIX].rstrip("-")
    return prefix


def _open(pipe: Pipe, store: StoreFacts) -> str:
    """Open both series; with a key of its own where the prefix belongs to another source, store or account."""
    wanted = wanted_prefix(pipe.name)
    # Prefixes of users have capital letters only, so it can be that of no other one.
    for prefix in (wanted, f"s{store.id}p{pipe.pk}"):
        if not rows_of(Pipe, store.id).filter(prefix=prefix).exists() and _has_opened(prefix, store):
            return prefix
    raise all_series.WrongSeries(f"Source {pipe.name} has no series, and none can be opened for it.")


def _has_opened(prefix: str, store: StoreFacts) -> bool:
    """Open both series or none; false where one belongs to another store or is of another kind."""
    try:
        with transaction.atomic():
            for kind, name in _both(prefix).items():
                sort = {"kind": Series.Kind.EXTERNAL, "document": kind, "feed_id": store.feed, "store_id": store.id}
                found, _ = Series.objects.get_or_create(prefix=name, defaults=sort)
                if any(getattr(found, field) != value for field, value in sort.items()):
                    raise all_series.WrongSeries(name)
    except (IntegrityError, all_series.WrongSeries):
        return False
    return True


def _both(prefix: str) -> dict[Kind, str]:
    credits = prefix[: LONGEST_PREFIX - len(CREDIT_SUFFIX)].rstrip("-") + CREDIT_SUFFIX
    return {Kind.INVOICE: prefix, Kind.CREDIT_NOTE: credits}
