"""The only way in: `issue()` makes invoices of drafts, one or ten thousand, all or nothing.

One transaction holds the numbers, the rows, the totals (by trigger) and the announcement on the feed; the hint that
makes the screens move goes out on its commit.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from invoices import money
from invoices.models import Series
from invoices.series import SeriesClosed
from streaming import feed as feeds

# numeric(5,4): what a VAT rate is kept as.
RATE_UNIT = Decimal("0.0001")


class BadDraft(ValueError):
    """The draft cannot become an invoice as it is."""


logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What is to become an invoice. Money as Decimal with two decimals; `vat_rate` 0.15 is 15 %.

    `number` is given for series of kind external alone, `run_ordinal` for generated invoices alone.
    """

    invoice_date: datetime
    seller_name: str
    buyer_name: str
    subtotal: Decimal
    vat_rate: Decimal
    currency: str
    number: str | None = None
    run_ordinal: int | None = None


@dataclass(frozen=True, kw_only=True)
class Issued:
    """What was issued: `count` invoices of a series from `first_ordinal` on."""

    series: Series
    first_ordinal: int
    count: int

    @property
    def numbers(self) -> list[str]:
        """The numbers, for a series that makes its own."""
        return [self.series.number(self.first_ordinal + index) for index in range(self.count)]


_COPY = """
COPY invoices_invoice (series_id, ordinal, run_id, run_ordinal, invoice_number, invoice_date, seller_name, buyer_name,
    currency, vat_rate, subtotal, vat_amount, total_amount) FROM STDIN
"""


@transaction.atomic
def issue(*, series_id: int, drafts: Sequence[Draft], run_id: int | None = None, announce: bool = True) -> Issued:
    """Issue `drafts`, in their order, in series `series_id`.

    Raises `SeriesClosed`, `BadDraft`, and `django.db.IntegrityError` or `DataError` when a draft breaks a rule the
    database keeps; then nothing was issued and no number was spent.
    """
    if not drafts:
        raise ValueError("There is nothing to issue; give at least one draft.")
    series, first_ordinal = _take_ordinals(series_id, len(drafts))
    rows = _encode(series, first_ordinal, drafts, run_id)
    # Django translates what `execute` raises, but not what `copy` does.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)
    if announce:
        feeds.announce(series.feed_id, source_id=series.pk, first_ordinal=first_ordinal, count=len(drafts))
    _log_on_commit(series, drafts, first_ordinal, run_id)
    return Issued(series=series, first_ordinal=first_ordinal, count=len(drafts))


def _log_on_commit(series: Series, drafts: Sequence[Draft], first_ordinal: int, run_id: int | None) -> None:
    """One line for what was issued, with numbers and without names."""
    first, last = (
        _number(series, first_ordinal, drafts[0]),
        _number(series, first_ordinal + len(drafts) - 1, drafts[-1]),
    )
    fields = {"count": len(drafts), "first_number": first, "last_number": last, "run": run_id}
    through = f" to {last}" if len(drafts) > 1 else ""
    transaction.on_commit(lambda: logger.info("issued %s%s", first, through, extra=fields))


def _take_ordinals(series_id: int, count: int) -> tuple[Series, int]:
    """Take the next `count` ordinals; the series row stays locked until the commit, so none is ever left out."""
    found = Series.objects.raw(
        "UPDATE invoices_series SET last_ordinal = last_ordinal + %s WHERE id = %s AND closed_at IS NULL RETURNING *",
        [count, series_id],
    )
    for series in found:
        return series, series.last_ordinal - count + 1
    raise SeriesClosed(f"Series {series_id} is closed or unknown; issue in an open one.")


def _encode(
    series: Series, first_ordinal: int, drafts: Sequence[Draft], run_id: int | None
) -> Iterator[tuple[object, ...]]:
    for ordinal, draft in enumerate(drafts, start=first_ordinal):
        _check(series, draft)
        vat = money.vat_of(draft.subtotal, draft.vat_rate)
        yield (
            series.pk,
            ordinal,
            run_id,
            draft.run_ordinal,
            _number(series, ordinal, draft),
            draft.invoice_date,
            draft.seller_name,
            draft.buyer_name,
            draft.currency,
            draft.vat_rate,
            draft.subtotal,
            vat,
            draft.subtotal + vat,
        )


def _number(series: Series, ordinal: int, draft: Draft) -> str:
    return series.number(ordinal) if draft.number is None else f"{series.prefix}-{draft.number}"


def _check(series: Series, draft: Draft) -> None:
    """Refuse what the database would not see: it rounds amounts as it stores them, and any number is a text to it."""
    if not money.is_exact(draft.subtotal, money.CENT):
        raise BadDraft(f"The subtotal {draft.subtotal} is no amount in whole cents; round it first, half up.")
    if not money.is_exact(draft.vat_rate, RATE_UNIT):
        raise BadDraft(f"The VAT rate {draft.vat_rate} is no number with at most four decimals; 0.15 is 15 %.")
    if bool(draft.number) != (series.kind == Series.Kind.EXTERNAL):
        raise BadDraft(
            f"Series {series.prefix} is {series.kind} and the draft's number is {draft.number!r}; "
            "external series take the source's numbers, all others make their own."
        )
