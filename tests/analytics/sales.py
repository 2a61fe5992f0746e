"""Sales for tests: invoices and credit notes in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from analytics.facts import proof
from analytics.facts.fold import fold_all
from invoices.documents.issue import issue_documents
from invoices.documents.types import Document, Kind, Line, Party
from invoices.models import Series
from stores.models import Store
from tests.invoices.documents.samples import SELLER

VAT = Decimal("0.15")


def at(text: str) -> datetime:
    """`2026-03-01T02:00` is in UTC; an offset or Z may be given."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def item(net: str, *, code: str = "", quantity: str = "1", rate: Decimal = VAT) -> Line:
    """A line of `quantity` pieces that comes to `net`."""
    price = Decimal(net) / Decimal(quantity)
    return Line(
        description=code or "thing", quantity=Decimal(quantity), unit_price=price, vat_rate=rate, product_code=code
    )


class Shop:
    """A store that sells. Invoices go into series of its own kind."""

    def __init__(self, slug: str = "main", *, timezone: str = "", prefix: str = "", is_demo: bool = False) -> None:
        defaults = {"name": slug, "currency": "SAR", "timezone": timezone, "is_demo": is_demo}
        self.store, _ = Store.objects.update_or_create(slug=slug, defaults=defaults)
        if slug == "main":
            self.invoices, self.credits = (Series.objects.get(prefix=name) for name in ("INV", "CN"))
            return
        prefix = prefix or slug.upper()
        given = {"kind": Series.Kind.INTERNAL, "feed_id": "live", "store": self.store}
        self.invoices = Series.objects.create(prefix=prefix, **given)
        self.credits = Series.objects.create(prefix=f"{prefix}-CN", document="credit_note", **given)

    def sell(
        self,
        when: str,
        *lines: Line | str,
        customer: str = "",
        currency: str = "SAR",
        country: str = "",
        fold: bool = False,
    ) -> str:
        """Issue an invoice; returns its number. A text is a line of that net."""
        document = sale(when, lines, customer, currency, country)
        numbers = issue_documents(series_id=self.invoices.pk, documents=[document]).numbers
        return _folded(numbers[0], fold)

    def sell_all(self, documents: Sequence[Document]) -> None:
        issue_documents(series_id=self.invoices.pk, documents=list(documents))

    def refund(
        self,
        when: str,
        *lines: Line | str,
        corrects: str | None = None,
        customer: str = "",
        currency: str = "SAR",
        country: str = "",
    ) -> str:
        """Issue a credit note; returns its number."""
        changes: dict[str, Any] = {"kind": Kind.CREDIT_NOTE, "corrects": corrects, "reason": "returned"}
        document = sale(when, lines, customer, currency, country, **changes)
        return issue_documents(series_id=self.credits.pk, documents=[document]).numbers[0]


def sale(
    when: str, lines: Sequence[Line | str], customer: str, currency: str, country: str = "", **changes: Any
) -> Document:
    return Document(
        issued_at=at(when),
        seller=SELLER,
        buyer=Party(name=f"Customer {customer}", external_id=customer, country=country),
        currency=currency,
        lines=tuple(item(line) if isinstance(line, str) else line for line in lines),
        **changes,
    )


def _folded(number: str, fold: bool) -> str:
    if fold:
        fold_all()
    return number


def prove() -> dict[str, Any]:
    """The proof of I12, which must hold with nothing left to fold."""
    report = proof.prove()
    assert report["folded"], report
    assert report["equal"], report
    return report
