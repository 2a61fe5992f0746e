"""What the state of an order means for its documents."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from imports.reading.options import Options
from imports.reading.tables import Row
from imports.reading.values import BadValue
from quality.rules import Broken

NOT_PAID, NO_SALE = "not-paid", "no-sale"


def check_paid(number: str, state: str, *, paid: frozenset[str], ended: frozenset[str], options: Options) -> None:
    """Raise `Broken` unless the order is paid; `ended` are the states of orders that will not be paid."""
    if state in paid:
        return
    if state in ended:
        raise Broken(NO_SALE, f"{number} is {state}: it is kept, but not as a document.")
    if NOT_PAID not in options.waived:
        raise Broken(
            NOT_PAID, f"{number} is {state or 'without a state'}; accept it where its customer pays by invoice."
        )


def rate_of(options: Options) -> Decimal:
    """The rate of payments, whose exports have none; raises `BadValue` when the import names none."""
    if options.vat_rate is None:
        raise BadValue("vat_rate: the export has none; name one for all with the option vat_rate, such as 0.19.")
    return options.vat_rate


def only_row(number: str, rows: Sequence[Row]) -> Row:
    """The row of a payment; raises `Broken` where its id is on several."""
    if len(rows) > 1:
        raise Broken("mixed-document", f"{number} is the id of {len(rows)} rows; each payment has one.")
    return rows[0]
