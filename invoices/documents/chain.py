"""The hash chain of each real series: a changed or removed document breaks a link, and the link names it.

A link's digest is over everything a document says; its hash over the hash before it and this digest; the last hash stands
on the series' row. Names and addresses enter the digest as salted hashes alone, so that name and salt can be erased later
without breaking the chain, and the hashes do not reveal a name. Each link has the version of its digest: later
versions cover more fields, and links of earlier versions verify as before.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from invoices.documents.types import ZERO, Line, VatGroup
from invoices.models import Series

SALT_BYTES = 16
# 1: number, kind, date, currency, amounts, due date, source, what it corrects, lines. 2: also the printed number, the day,
# VAT groups, categories, allowances, charges, prepaid and rounding amount, references and what was accepted.
VERSION = 2
_COPY = (
    "COPY invoices_link (series_id, ordinal, version, seller_salt, buyer_salt, seller_hash, buyer_hash, digest, hash)"
    " FROM STDIN"
)
_SET_HEAD = "UPDATE invoices_series SET chain_head = %s WHERE id = %s"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """The content of an invoice or credit note that a link of the hash chain protects; its parties are added as hashes."""

    number: str
    kind: str
    issued_at: datetime
    currency: str
    vat_rate: Decimal | None
    subtotal: Decimal
    vat_amount: Decimal
    total_amount: Decimal
    due_date: date | None = None
    source: str = ""
    external_id: str = ""
    corrects: str | None = None
    lines: Sequence[Line] = ()
    nets: Sequence[Decimal] = ()
    printed_number: str = ""
    day: date | None = None
    vat_groups: Sequence[VatGroup] = ()
    prepaid_amount: Decimal = ZERO
    rounding_amount: Decimal = ZERO
    adjustments: Sequence[dict[str, Any]] = ()
    details: dict[str, Any] = field(default_factory=dict)
    accepted: Sequence[str] = ()

    def digest(self, seller_hash: bytes, buyer_hash: bytes, version: int = VERSION) -> bytes:
        """SHA-256 of the entry as JSON, its decimals without padding and its time in UTC."""
        content = [*self._first_version(), seller_hash.hex(), buyer_hash.hex()]
        if version > 1:
            content += self._second_version()
        return hashlib.sha256(_json(content)).digest()

    def _first_version(self) -> list[Any]:
        amounts = (self.subtotal, self.vat_amount, self.total_amount)
        return [
            *(self.number, self.kind, self.issued_at.astimezone(UTC).isoformat(timespec="microseconds")),
            *(self.currency, None if self.vat_rate is None else plain(self.vat_rate), *map(plain, amounts)),
            *(None if self.due_date is None else self.due_date.isoformat(), self.source, self.external_id),
            *(self.corrects, [_line(line, net) for line, net in zip(self.lines, self.nets, strict=True)]),
        ]

    def _second_version(self) -> list[Any]:
        return [
            *(self.printed_number, None if self.day is None else self.day.isoformat()),
            *([_group(group) for group in self.vat_groups], plain(self.prepaid_amount), plain(self.rounding_amount)),
            *(list(self.adjustments), self.details, list(self.accepted)),
            {position: _more(line) for position, line in enumerate(self.lines, start=1) if _has_more(line)},
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """An entry with what stands for its people: the texts that are hashed, with their salts."""

    entry: Entry
    seller: dict[str, Any]
    buyer: dict[str, Any]
    remarks: tuple[str, str] = ("", "")
    personal: dict[str, Any] = field(default_factory=dict)


def append(series: Series, first_ordinal: int, sealed: Sequence[Sealed]) -> None:
    """Link `sealed` to the chain of `series`, whose row the caller has locked; its row holds the new head then."""
    links = list(_links(bytes(series.chain_head or b""), sealed))
    with connection.wrap_database_errors, connection.cursor() as cursor:
        with cursor.copy(_COPY) as copy:
            rows = enumerate(links, start=first_ordinal)
            copy.write("".join(f"{series.pk}\t{ordinal}\t{VERSION}\t{row}\n" for ordinal, (_, row) in rows))
        cursor.execute(_SET_HEAD, [links[-1][0], series.pk])


def link_hash(previous: bytes, digest: bytes) -> bytes:
    """The hash of a link after `previous` (empty for the first)."""
    return hashlib.sha256(previous + digest).digest()


def seller_hash(salt: bytes, seller: dict[str, Any]) -> bytes:
    return _salted(salt, seller)


def buyer_hash(
    salt: bytes, buyer: dict[str, Any], remarks: tuple[str, str], personal: dict[str, Any] | None = None
) -> bytes:
    """Remarks, delivery and payment may name the buyer as well, so they are erased with the name."""
    return _salted(salt, [buyer, *remarks, personal] if personal else [buyer, *remarks])


def plain(number: Decimal) -> str:
    """The shortest way to write it, whatever its padding."""
    return f"{(number + 0).normalize():f}"


def _links(head: bytes, sealed: Sequence[Sealed]) -> Iterator[tuple[bytes, str]]:
    """The hash of each link, which is the next head, and the columns of its row as COPY text."""
    salts = secrets.token_bytes(2 * SALT_BYTES * len(sealed))
    for index, one in enumerate(sealed):
        at = 2 * SALT_BYTES * index
        salt_of_seller, salt_of_buyer = salts[at : at + SALT_BYTES], salts[at + SALT_BYTES : at + 2 * SALT_BYTES]
        of_seller = seller_hash(salt_of_seller, one.seller)
        of_buyer = buyer_hash(salt_of_buyer, one.buyer, one.remarks, one.personal)
        digest = one.entry.digest(of_seller, of_buyer)
        head = link_hash(head, digest)
        fields = (salt_of_seller, salt_of_buyer, of_seller, of_buyer, digest, head)
        yield head, "\t".join(f"\\\\x{field.hex()}" for field in fields)


def _line(line: Line, net: Decimal) -> list[str]:
    numbers = (line.quantity, line.unit_price, line.vat_rate, net)
    return [line.description, line.product_code, *map(plain, numbers)]


def _has_more(line: Line) -> bool:
    return bool(line.vat_category or line.exemption_reason or line.allowances)


def _more(line: Line) -> list[Any]:
    """The rarely used fields of a line."""
    return [line.vat_category, line.exemption_reason, [[plain(each.amount), each.reason] for each in line.allowances]]


def _group(group: VatGroup) -> list[Any]:
    return [plain(group.rate), group.category, plain(group.net), plain(group.vat), group.roundings, group.reason]


def _salted(salt: bytes, content: Any) -> bytes:
    return hashlib.sha256(salt + _json(content)).digest()


def _json(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
