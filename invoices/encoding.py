"""Drafts as the rows of one COPY, in PostgreSQL's text format: checked, numbered, their VAT and totals computed.

One pass and one text for all of them: with a thousand drafts, what is done for each is what issuing costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import islice

from invoices import money
from invoices.models import Series

COLUMNS = (
    "series_id", "ordinal", "run_id", "run_ordinal", "invoice_number", "invoice_date", "seller_name", "buyer_name",
    "currency", "vat_rate", "subtotal", "vat_amount", "total_amount",
)  # fmt: skip
NULL = "\\N"
# Rows: some 12 kB.
PIECE = 100
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class BadDraft(ValueError):
    """The draft cannot become an invoice as it is."""


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


def encode(series: Series, first_ordinal: int, drafts: Sequence[Draft], run_id: int | None) -> Iterator[bytes]:
    """The rows of `drafts`, numbered from `first_ordinal` on, in the order of `COLUMNS`; raises `BadDraft`.

    In pieces: while the next is written, PostgreSQL works on the one before.
    """
    rows = _rows(series, first_ordinal, drafts, run_id)
    while piece := "".join(islice(rows, PIECE)):
        yield piece.encode()


def number(series: Series, ordinal: int, draft: Draft) -> str:
    """The number of the invoice that `draft` becomes."""
    return series.number(ordinal) if draft.number is None else f"{series.prefix}-{draft.number}"


def checked_vat(draft: Draft) -> Decimal:
    """The VAT of `draft`, in whole cents; raises `BadDraft` for amounts that the database would round as it stores them."""
    _check_subtotal(draft.subtotal)
    _check_rate(draft.vat_rate)
    return money.vat_of(draft.subtotal, draft.vat_rate)


def check_number(series: Series, draft: Draft) -> None:
    """A source's number belongs into an external series, and only there; raises `BadDraft`."""
    if bool(draft.number) != (series.kind == Series.Kind.EXTERNAL):
        raise _wrong_number(series, draft)


def _rows(series: Series, first_ordinal: int, drafts: Iterable[Draft], run_id: int | None) -> Iterator[str]:
    head, run = f"{series.pk}\t", NULL if run_id is None else run_id
    is_external, known_rate = series.kind == Series.Kind.EXTERNAL, None
    for ordinal, draft in enumerate(drafts, start=first_ordinal):
        subtotal, rate = draft.subtotal, draft.vat_rate
        _check_subtotal(subtotal)
        if rate is not known_rate:
            _check_rate(rate)
            known_rate = rate
        if bool(draft.number) != is_external:
            raise _wrong_number(series, draft)
        vat = money.vat_of(subtotal, rate)
        place = NULL if draft.run_ordinal is None else draft.run_ordinal
        yield (
            f"{head}{ordinal}\t{run}\t{place}\t{copy_text(number(series, ordinal, draft))}\t{time_text(draft.invoice_date)}"
            f"\t{copy_text(draft.seller_name)}\t{copy_text(draft.buyer_name)}\t{copy_text(draft.currency)}\t{rate!s}"
            f"\t{subtotal!s}\t{vat!s}\t{subtotal + vat!s}\n"
        )


def _check_subtotal(subtotal: Decimal) -> None:
    """The database would round it as it stores it."""
    if not money.is_exact(subtotal, money.CENT):
        raise BadDraft(f"The subtotal {subtotal} is no amount in whole cents; round it first, half up.")


def _check_rate(rate: Decimal) -> None:
    if not money.is_exact(rate, money.RATE_UNIT):
        raise BadDraft(f"The VAT rate {rate} is no number with at most four decimals; 0.15 is 15 %.")


def _wrong_number(series: Series, draft: Draft) -> BadDraft:
    return BadDraft(
        f"Series {series.prefix} is {series.kind} and the draft's number is {draft.number!r}; "
        "external series take the source's numbers, all others make their own."
    )


def copy_text(value: str) -> str:
    """`value` as COPY reads it: what would end a field or a row is escaped."""
    return value if value.isprintable() and "\\" not in value else value.translate(_ESCAPES)


def time_text(moment: datetime) -> str:
    """`moment` in UTC, to the microsecond."""
    try:
        since = moment - EPOCH
    except TypeError:
        raise BadDraft(f"The invoice date {moment} has no time zone; give one, such as UTC.") from None
    return f"{_second(since.days, since.seconds)}.{since.microseconds:06d}+00"


@lru_cache(maxsize=1024)
def _second(days: int, seconds: int) -> str:
    """Many invoices share a second, and writing it is dear."""
    return (EPOCH + timedelta(days, seconds)).isoformat(" ")[:19]
