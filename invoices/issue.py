"""For drafts of the generator: `issue()` makes invoices without lines, one or ten thousand, all or nothing.

Documents of shops, files and the API are issued by `invoices.intake.take_in`.

One transaction holds the numbers, the rows, the totals (by trigger) and the announcement on the feed; its commit sends
the notification that makes the screens move.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from invoices import encoding
from invoices.documents import chain
from invoices.documents.types import Kind
from invoices.encoding import BadDraft, Draft
from invoices.models import Series
from invoices.series import SeriesClosed
from streaming import feed as feeds

__all__ = ["BadDraft", "Draft", "Issued", "issue"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Issued:
    """The issued invoices: `count` of a series from `first_ordinal` on. `given` has their numbers in an external series."""

    series: Series
    first_ordinal: int
    count: int
    given: tuple[str, ...] = ()

    @property
    def numbers(self) -> list[str]:
        """The numbers: those given, or those that the series makes."""
        return list(self.given) or [self.series.number(self.first_ordinal + index) for index in range(self.count)]


_COPY = "COPY invoices_invoice ({columns}) FROM STDIN"
# What issuing needs of it, in the order of the model; the rest is fetched when it is asked for.
_FIELDS = ["id", "prefix", "kind", "document", "feed_id", "last_ordinal", "chain_head"]
# What documents need besides.
_WHOLE = [*_FIELDS, "timezone", "pattern", "start", "year", "allows_zero_totals"]
_SERIES = ", ".join(_FIELDS)

# All of it in one round trip, so that the next writer waits for the series' lock no longer than for the server's own work.
_ONE = f"""
SELECT {", ".join(f"issued.{field}" for field in _FIELDS)} FROM invoices_series AS asked CROSS JOIN LATERAL
    invoices_issue_one(asked.id, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) AS issued
WHERE asked.id = %s AND asked.kind = ANY(%s)
"""
_TAKE = """
UPDATE invoices_series SET last_ordinal = last_ordinal + %s WHERE id = %s AND closed_at IS NULL RETURNING {columns}
"""


def issue(*, series_id: int, drafts: Sequence[Draft], run_id: int | None = None, announce: bool = True) -> Issued:
    """Issue `drafts`, in their order, in series `series_id`.

    Raises `SeriesClosed`, `BadDraft`, and `django.db.IntegrityError` or `DataError` when a draft breaks a rule the
    database keeps; then nothing was issued and no number was spent.
    """
    if not drafts:
        raise ValueError("There is nothing to issue; give at least one draft.")
    series = _issue_by_statement(series_id, drafts, run_id, announce) or _issue(series_id, drafts, run_id, announce)
    first_ordinal = series.last_ordinal - len(drafts) + 1
    first, last = (encoding.number(series, first_ordinal + index, drafts[index]) for index in (0, len(drafts) - 1))
    log_on_commit(len(drafts), first, last, run_id)
    return Issued(series=series, first_ordinal=first_ordinal, count=len(drafts))


def _issue_by_statement(series_id: int, drafts: Sequence[Draft], run_id: int | None, announce: bool) -> Series | None:
    """Issue one invoice of a test series by one statement, which is its own transaction.

    Returns None, and issues nothing, when that is not possible: several drafts, an open transaction, another series.
    """
    if len(drafts) > 1 or drafts[0].number is not None or not connection.get_autocommit():
        return None
    with contextlib.suppress(SeriesClosed):
        return _issue_one(series_id, drafts, run_id, announce, kinds=(Series.Kind.TEST,))
    return None


@transaction.atomic
def _issue(series_id: int, drafts: Sequence[Draft], run_id: int | None, announce: bool) -> Series:
    way_in = _issue_one if len(drafts) == 1 else _issue_many
    series = way_in(series_id, drafts, run_id, announce)
    if series.kind != Series.Kind.TEST:
        if series.pattern:
            raise BadDraft(f"Series {series.prefix} prints its numbers by a pattern; issue documents in it.")
        first_ordinal = series.last_ordinal - len(drafts) + 1
        chain.append(series, first_ordinal, _sealed(series, first_ordinal, drafts))
    return series


def _issue_many(series_id: int, drafts: Sequence[Draft], run_id: int | None, announce: bool) -> Series:
    series = take(series_id, len(drafts))
    first_ordinal = series.last_ordinal - len(drafts) + 1
    # Django translates what `execute` raises, but not what `copy` does.
    statement = _COPY.format(columns=", ".join(encoding.columns_of(series)))
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for piece in encoding.encode(series, first_ordinal, drafts, run_id):
            copy.write(piece)
    if announce:
        feeds.announce(series.feed_id, origin_id=series.pk, first_ordinal=first_ordinal, count=len(drafts))
    return series


def _issue_one(
    series_id: int,
    drafts: Sequence[Draft],
    run_id: int | None,
    announce: bool,
    kinds: Sequence[str] = tuple(Series.Kind.values),
) -> Series:
    (draft,) = drafts
    vat, date = encoding.checked_vat(draft), encoding.time_text(draft.invoice_date)
    series = _take(
        series_id,
        _ONE,
        [
            *(run_id, draft.run_ordinal, draft.number, date, draft.seller_name, draft.buyer_name),
            *(draft.currency, draft.vat_rate, draft.subtotal, vat, announce, series_id, list(kinds)),
        ],
    )
    encoding.check_number(series, draft)
    if announce:
        feeds.notify_announced(series.feed_id)
    return series


def take(series_id: int, count: int, *, whole: bool = False) -> Series:
    """Series `series_id` with `count` ordinals more, the last ones for the caller; raises `SeriesClosed`."""
    fields = _WHOLE if whole else _FIELDS
    return _take(series_id, _TAKE.format(columns=", ".join(fields)), [count, series_id], fields)


def _take(series_id: int, statement: str, parameters: list[Any], fields: Sequence[str] = _FIELDS) -> Series:
    """The series as `statement` leaves it; its row stays locked until the commit, so no ordinal is ever left out."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
        if row is None:
            raise SeriesClosed(f"Series {series_id} is closed or unknown; issue in an open one.")
        return Series.from_db(connection.alias, fields, row)


def _sealed(series: Series, first_ordinal: int, drafts: Sequence[Draft]) -> list[chain.Sealed]:
    """The content that the hash chain protects, for real invoices without lines."""
    sealed = []
    for ordinal, draft in enumerate(drafts, start=first_ordinal):
        vat = encoding.checked_vat(draft)
        entry = chain.Entry(
            printed_number=draft.number or "",
            number=encoding.number(series, ordinal, draft),
            kind=Kind.INVOICE,
            issued_at=draft.invoice_date,
            currency=draft.currency,
            vat_rate=draft.vat_rate,
            subtotal=draft.subtotal,
            vat_amount=vat,
            total_amount=draft.subtotal + vat,
        )
        seller, buyer = {"name": draft.seller_name}, {"name": draft.buyer_name}
        sealed.append(chain.Sealed(entry=entry, seller=seller, buyer=buyer))
    return sealed


def log_on_commit(count: int, first: str, last: str, run_id: int | None = None) -> None:
    """One line for what was issued, with numbers and without names."""
    fields = {"count": count, "first_number": first, "last_number": last, "run": run_id}
    through = f" to {last}" if count > 1 else ""
    transaction.on_commit(lambda: logger.info("issued %s%s", first, through, extra=fields))
