"""Drafts as the rows of one COPY, in PostgreSQL's text format: checked, numbered, their VAT and totals computed.

One pass and one text for all of them: with a thousand drafts, what is done for each is what issuing costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

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
    """An invoice that is not issued yet. Money as Decimal with two decimals; `vat_rate` 0.15 is 15 %.

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


def columns_of(series: Series) -> tuple[str, ...]:
    """The columns that `encode` writes for `series`: a source's own numbers are printed as they are."""
    return (*COLUMNS, "printed_number") if series.kind == Series.Kind.EXTERNAL else COLUMNS


def encode(series: Series, first_ordinal: int, drafts: Sequence[Draft], run_id: int | None) -> Iterator[bytes]:
    """The rows of `drafts`, numbered from `first_ordinal` on, in the order of `columns_of`; raises `BadDraft`.

    In pieces: while the next is written, PostgreSQL works on the one before.
    """
    for start in range(0, len(drafts), PIECE):
        yield "".join(_rows(series, first_ordinal + start, drafts[start : start + PIECE], run_id)).encode()


def number(series: Series, ordinal: int, draft: Draft) -> str:
    """The number of the invoice that `draft` becomes."""
    return series.number(ordinal) if draft.number is None else f"{series.prefix}-{draft.number}"


def checked_vat(draft: Draft) -> Decimal:
    """The VAT of `draft`, in whole cents; raises `BadDraft` for amounts that the database would round as it stores them."""
    if not money.is_exact(draft.subtotal, money.CENT):
        raise _uneven(draft.subtotal)
    _check_rate(draft.vat_rate)
    return money.vat_of(draft.subtotal, draft.vat_rate)


def check_number(series: Series, draft: Draft) -> None:
    """A source's number belongs into an external series, and only there; raises `BadDraft`."""
    if bool(draft.number) != (series.kind == Series.Kind.EXTERNAL):
        raise _wrong_number(series, draft)


def _rows(series: Series, first_ordinal: int, drafts: Sequence[Draft], run_id: int | None) -> list[str]:
    head, run = f"{series.pk}\t", NULL if run_id is None else run_id
    is_external, known_rate = series.kind == Series.Kind.EXTERNAL, None
    # Asked once for all: next to no name holds anything that COPY would not take as it is.
    is_plain = _is_plain(
        "".join([word for draft in drafts for word in (draft.seller_name, draft.buyer_name, draft.currency)])
    )
    rows = []
    for ordinal, draft in enumerate(drafts, start=first_ordinal):
        subtotal, rate = draft.subtotal, draft.vat_rate
        if not money.is_exact(subtotal, money.CENT):
            raise _uneven(subtotal)
        if rate is not known_rate:
            _check_rate(rate)
            known_rate = rate
        if bool(draft.number) != is_external:
            raise _wrong_number(series, draft)
        vat = money.vat_of(subtotal, rate)
        place = NULL if draft.run_ordinal is None else draft.run_ordinal
        name = copy_text(number(series, ordinal, draft)) if is_external else series.number(ordinal)
        seller, buyer, currency = draft.seller_name, draft.buyer_name, draft.currency
        if not is_plain:
            seller, buyer, currency = copy_text(seller), copy_text(buyer), copy_text(currency)
        printed = f"\t{copy_text(draft.number or '')}" if is_external else ""
        rows.append(
            f"{head}{ordinal}\t{run}\t{place}\t{name}\t{time_text(draft.invoice_date)}"
            f"\t{seller}\t{buyer}\t{currency}\t{rate!s}\t{subtotal!s}\t{vat!s}\t{subtotal + vat!s}{printed}\n"
        )
    return rows


def _uneven(subtotal: Decimal) -> BadDraft:
    """The database would round it as it stores it."""
    return BadDraft(f"The subtotal {subtotal} is not an amount in whole cents; round it first, half up.")


def _check_rate(rate: Decimal) -> None:
    if not money.is_exact(rate, money.RATE_UNIT):
        raise BadDraft(f"The VAT rate {rate} is not a number with at most six decimals; 0.15 is 15 %.")


def _wrong_number(series: Series, draft: Draft) -> BadDraft:
    return BadDraft(
        f"Series {series.prefix} is {series.kind} and the draft's number is {draft.number!r}; "
        "external series take the source's numbers, all others make their own."
    )


def copy_text(value: str) -> str:
    """`value` as COPY reads it: what would end a field or a row is escaped."""
    return value if _is_plain(value) else value.translate(_ESCAPES)


def _is_plain(value: str) -> bool:
    return value.isprintable() and "\\" not in value


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
