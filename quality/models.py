"""Quarantine: the unchanged rows of documents that break a rule, and what has happened to them since.

The records of pipes that break a rule have a table of their own: `quality.records`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from quality.records import Drift as Drift
from quality.records import HeldRecord as HeldRecord
from quality.records import RecordRule as RecordRule
from quality.records import SourceDay as SourceDay
from quality.rules import RULES, Remedy, Rule
from runtime.clock import ClockTimestamp


class Quarantined(models.Model):
    """The raw rows of one document that broke a rule. A record is never deleted; `state` says how it was resolved.

    `source` names the reader that can read the rows again (`quality.readers`). `source_id` and `source_name` identify
    where it read them: for the source `file`, an imported file. `key` is the document's number in the source, `line`
    the number of its first row there, and `digest` the SHA-256 of `raw`. `mended` has the rows as a person last
    corrected them.
    """

    class State(models.TextChoices):
        OPEN = "open", "open (waits for a person)"
        SET_ASIDE = "set_aside", "set aside (no document)"
        ISSUED = "issued", "issued (mended or accepted here)"  # words: ok, a change needs a migration
        HEALED = "healed", "healed (a later file had it right)"
        REPLACED = "replaced", "replaced (a later file had it differently)"

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=20)
    source_id = models.BigIntegerField()
    source_name = models.CharField("file", max_length=255)
    series = models.CharField(max_length=20)
    key = models.CharField("number", max_length=200)
    line = models.BigIntegerField()
    rule = models.CharField(max_length=30, choices=[(rule.id, rule.says) for rule in RULES.values()])
    message = models.TextField()
    raw = models.TextField()
    # Distinguishes documents with the same number, such as an invoice and its credit note; empty when not known.
    variant = models.CharField(max_length=40, blank=True, default="", db_default="")
    digest = models.CharField(max_length=64)
    mended = models.TextField(blank=True, default="")
    # The subtotal, where the rows could be read so far; else there is no currency.
    amount = models.DecimalField(max_digits=24, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    # Several, with commas between, where the rows were accepted as several documents.
    invoice_number = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "quarantine"
        constraints = [
            models.UniqueConstraint(fields=["series", "key", "digest"], name="quarantined_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "set_aside", "issued", "healed", "replaced"]),
                name="quarantined_state_is_known",
            ),
            models.CheckConstraint(condition=Q(state="issued") | Q(invoice_number=""), name="only_issued_has_a_number"),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="quarantined_open"),
            models.Index(
                fields=["currency"], include=["amount"], condition=Q(state="open"), name="quarantined_amounts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} in {self.source_name}"

    @property
    def broken_rule(self) -> Rule:
        return RULES[self.rule]

    @property
    def may_be_accepted(self) -> bool:
        """Whether a person may accept the document unchanged."""
        return self.state == self.State.OPEN and self.broken_rule.remedy == Remedy.ACCEPT

    @property
    def text(self) -> str:
        """The rows to read next: the last correction, or else the original rows."""
        return self.mended or self.raw
