"""The tables of real documents: parties, lines, VAT groups, what was credited, erasures, and the links of the hash chain.

Rows are written by `invoices.documents.issue` alone, and stay as they were written. Their keys to invoices are kept by
triggers, a statement at a time; nothing is to be asked for them when generated invoices are deleted, which have none.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest, Least, Round

from invoices.documents.triggers import (
    CREDIT_TRIGGERS,
    DOCUMENT_TRIGGERS,
    ERASURE_TRIGGERS,
    GROUP_CREDIT_TRIGGERS,
    GROUP_TRIGGERS,
    LINE_TRIGGERS,
    LINK_TRIGGERS,
)
from runtime.clock import ClockTimestamp

VAT_CATEGORIES = {
    "S": "standard rate",
    "Z": "zero rated",
    "E": "exempt",
    "AE": "reverse charge",
    "K": "intra-community supply",
    "G": "export",
    "O": "not subject to VAT",
}
_CALCULATED_CENTS = Round(F("net") * F("rate"), precision=2)
_CALCULATED_UNITS = Round(F("net") * F("rate"), precision=0)


def _bound(half: str) -> Any:
    return Least(F("roundings") * Decimal(half) * (1 + F("rate")) + Decimal(half), Decimal(1))


class Document(models.Model):
    """The content of a real invoice or credit note beyond its row in `Invoice`. It is copied at issue and never changes."""

    invoice = models.OneToOneField(
        "invoices.Invoice", on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False
    )
    seller = models.JSONField()
    buyer = models.JSONField()
    due_date = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=100, blank=True, default="")
    external_id = models.CharField(max_length=200, blank=True, default="")
    corrects = models.ForeignKey(
        "invoices.Invoice",
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="credit_notes",
        db_constraint=False,
        db_index=False,
    )
    reason = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    # The invoice date in the zone of the series; none where it was issued before days were kept: it is the day in UTC.
    day = models.DateField(null=True, blank=True)
    prepaid_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    rounding_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    # Allowances (below zero) and charges of the whole document.
    adjustments = models.JSONField(null=True, blank=True)
    # Payment, delivery, references and profile: see `invoices.documents.details`.
    details = models.JSONField(null=True, blank=True)
    accepted = ArrayField(models.CharField(max_length=20), null=True, blank=True)

    class Meta:
        triggers = DOCUMENT_TRIGGERS
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="document_external_id_once"
            )
        ]
        indexes = [models.Index(fields=["corrects"], condition=Q(corrects__isnull=False), name="document_credit_notes")]

    def __str__(self) -> str:
        return f"document of invoice {self.invoice_id}"


class Line(models.Model):
    """A line of a document. `net` is quantity x unit price in whole cents, half up, less the allowances."""

    pk = models.CompositePrimaryKey("invoice_id", "position")
    invoice = models.ForeignKey(
        "invoices.Invoice", on_delete=models.DO_NOTHING, related_name="lines", db_constraint=False, db_index=False
    )
    position = models.PositiveIntegerField()
    description = models.TextField()
    product_code = models.CharField(max_length=100, blank=True, default="")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    vat_rate = models.DecimalField(max_digits=9, decimal_places=6)
    net = models.DecimalField(max_digits=12, decimal_places=2)
    vat_category = models.CharField(max_length=2, choices=VAT_CATEGORIES, db_default="S")
    exemption_reason = models.TextField(null=True, blank=True)
    allowance_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    allowances = models.JSONField(null=True, blank=True)

    class Meta:
        triggers = LINE_TRIGGERS
        constraints = [
            # NaN is above every number, so the upper bounds refuse it too.
            models.CheckConstraint(
                condition=Q(quantity__gt=-(10**12), quantity__lt=10**12, unit_price__gte=0, unit_price__lt=10**12),
                name="line_price_not_negative",
            ),
            models.CheckConstraint(condition=Q(vat_rate__gte=0, vat_rate__lte=1), name="line_vat_rate_is_rate"),
            models.CheckConstraint(
                condition=Q(
                    net=Round(F("quantity") * F("unit_price"), precision=2)
                    - Coalesce(F("allowance_amount"), Decimal(0))
                ),
                name="line_net_is_product",
            ),
            models.CheckConstraint(condition=~Q(description=""), name="line_is_described"),
            models.CheckConstraint(condition=Q(vat_category__in=VAT_CATEGORIES), name="line_vat_category_is_known"),
        ]

    def __str__(self) -> str:
        return f"line {self.position} of invoice {self.invoice_id}"


class VatGroup(models.Model):
    """Net and VAT of one rate and category of a document; the VAT is as the sender has it, within the bound.

    `roundings` bounds how far it may be from net x rate: the number of pieces in the group, and for a credit note that
    of the invoice's group. `decimals` are those of the currency.
    """

    pk = models.CompositePrimaryKey("invoice_id", "rate", "category")
    invoice = models.ForeignKey(
        "invoices.Invoice", on_delete=models.DO_NOTHING, related_name="vat_groups", db_constraint=False, db_index=False
    )
    rate = models.DecimalField(max_digits=9, decimal_places=6)
    category = models.CharField(max_length=2, choices=VAT_CATEGORIES)
    net = models.DecimalField(max_digits=12, decimal_places=2)
    vat = models.DecimalField(max_digits=12, decimal_places=2)
    roundings = models.BigIntegerField()
    decimals = models.PositiveSmallIntegerField(default=2, db_default=2)
    reason = models.TextField(blank=True, default="", db_default="")

    class Meta:
        triggers = GROUP_TRIGGERS
        constraints = [
            models.CheckConstraint(
                condition=Q(rate__gt=0, rate__lte=1, category="S")
                | Q(rate=0, vat=0, category__in=[category for category in VAT_CATEGORIES if category != "S"]),
                name="vat_group_category_has_rate",
            ),
            models.CheckConstraint(condition=Q(roundings__gte=1), name="vat_group_roundings_count"),
            # As `invoices.documents.amounts.vat_bound`.
            models.CheckConstraint(
                condition=Q(
                    decimals=2,
                    vat__gte=_CALCULATED_CENTS - _bound("0.005"),
                    vat__lte=_CALCULATED_CENTS + _bound("0.005"),
                )
                | Q(
                    decimals=0,
                    vat__gte=_CALCULATED_UNITS - _bound("0.5"),
                    vat__lte=_CALCULATED_UNITS + _bound("0.5"),
                ),
                name="vat_group_within_bound",
            ),
        ]

    def __str__(self) -> str:
        return f"VAT {self.rate} {self.category} of invoice {self.invoice_id}"


class Credit(models.Model):
    """How much of an invoice was credited; written by the trigger of documents alone. Never more than its total."""

    invoice = models.OneToOneField(
        "invoices.Invoice", on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False
    )
    total_amount = models.DecimalField(max_digits=12, decimal_places=2)
    credited_amount = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))

    class Meta:
        triggers = CREDIT_TRIGGERS
        constraints = [
            models.CheckConstraint(
                condition=Q(credited_amount__gt=0, credited_amount__lte=F("total_amount")),
                name="credit_within_invoice",
            )
        ]

    def __str__(self) -> str:
        return f"{self.credited_amount} of invoice {self.invoice_id}"


class GroupCredit(models.Model):
    """How much of a VAT group of an invoice was credited; written by the trigger of VAT groups alone.

    Never more than its net or its VAT, and when all its net is credited, all its VAT is. `is_capped` is false where more
    was credited before credits were counted per rate.
    """

    pk = models.CompositePrimaryKey("invoice_id", "rate", "category")
    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    rate = models.DecimalField(max_digits=9, decimal_places=6)
    category = models.CharField(max_length=2, choices=VAT_CATEGORIES)
    net = models.DecimalField(max_digits=12, decimal_places=2)
    vat = models.DecimalField(max_digits=12, decimal_places=2)
    credited_net = models.DecimalField(max_digits=12, decimal_places=2)
    credited_vat = models.DecimalField(max_digits=12, decimal_places=2)
    is_capped = models.BooleanField(default=True, db_default=True)

    class Meta:
        triggers = GROUP_CREDIT_TRIGGERS
        constraints = [
            models.CheckConstraint(
                condition=Q(is_capped=False)
                | (
                    Q(credited_net__gte=Least(F("net"), Decimal(0)), credited_net__lte=Greatest(F("net"), Decimal(0)))
                    & Q(credited_vat__gte=Least(F("vat"), Decimal(0)), credited_vat__lte=Greatest(F("vat"), Decimal(0)))
                    & (~Q(credited_net=F("net")) | Q(credited_vat=F("vat")))
                ),
                name="credit_within_vat_group",
            )
        ]

    def __str__(self) -> str:
        return f"{self.credited_net} + {self.credited_vat} of VAT {self.rate} {self.category} of {self.invoice_id}"


class Erasure(models.Model):
    """A record that a party of a document was replaced: who replaced it, when, and on what legal basis."""

    id = models.BigAutoField(primary_key=True)
    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.DO_NOTHING, db_constraint=False)
    role = models.CharField(max_length=6, choices={"seller": "seller", "buyer": "buyer"})
    basis = models.TextField()
    erased_by = models.CharField(max_length=150)
    erased_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        triggers = ERASURE_TRIGGERS
        constraints = [
            models.UniqueConstraint(fields=["invoice", "role"], name="erased_once"),
            models.CheckConstraint(condition=~Q(basis="") & ~Q(erased_by=""), name="erasure_is_explained"),
        ]

    def __str__(self) -> str:
        return f"erasure of the {self.role} of invoice {self.invoice_id}"


class Link(models.Model):
    """One link of a series' hash chain: see `invoices.documents.chain`."""

    pk = models.CompositePrimaryKey("series_id", "ordinal")
    series = models.ForeignKey("invoices.Series", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    ordinal = models.BigIntegerField()
    seller_salt = models.BinaryField(null=True)
    buyer_salt = models.BinaryField(null=True)
    seller_hash = models.BinaryField()
    buyer_hash = models.BinaryField()
    digest = models.BinaryField()
    hash = models.BinaryField()
    # Which fields the digest is over: see `invoices.documents.chain`. The links of before this column are 1.
    version = models.PositiveSmallIntegerField(default=1, db_default=1)

    class Meta:
        triggers = LINK_TRIGGERS

    def __str__(self) -> str:
        return f"link {self.ordinal} of series {self.series_id}"
