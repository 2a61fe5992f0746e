"""What was imported, how far, and what was kept back: the rows that could not become documents, as they were."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from runtime.clock import ClockTimestamp
from sources.reading import options
from sources.reading.options import Options
from sources.reading.rules import RULES, Remedy, Rule


class SourceFile(models.Model):
    """A file that was imported into a series, known by its content. `done_count` of its documents are dealt with.

    It is raised in the transaction that issues them, so whoever goes on after a kill begins where the last commit ended.
    """

    id = models.BigAutoField(primary_key=True)
    series = models.CharField(max_length=20)
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField("bytes")
    options = models.JSONField()
    header = models.JSONField(default=list)
    record_count = models.BigIntegerField("rows")
    document_count = models.BigIntegerField("documents")
    done_count = models.BigIntegerField("dealt with", default=0)
    counts = models.JSONField(default=dict)
    seconds = models.FloatField(default=0)
    created_by = models.CharField(max_length=150, blank=True, default="")
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "imported file"
        permissions = [("import_invoices", "Can import invoices and deal with the quarantine")]
        constraints = [
            models.UniqueConstraint(fields=["series", "name", "sha256"], name="source_file_once"),
            models.CheckConstraint(
                condition=Q(done_count__gte=0, done_count__lte=models.F("document_count")), name="source_file_done"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.series})"

    @property
    def is_complete(self) -> bool:
        """Whether all its documents are dealt with."""
        return self.done_count == self.document_count

    @property
    def kept_count(self) -> int:
        """How many of its documents are kept back, in quarantine or set aside."""
        kept = (*self.counts.get("quarantined", {}).values(), *self.counts.get("set_aside", {}).values())
        return sum(kept)

    def read_options(self) -> Options:
        """What it was imported with."""
        return options.make(self.options)


class Quarantined(models.Model):
    """The rows of one document that broke a rule, raw. What became of them is `state`; nothing is ever dropped."""

    class State(models.TextChoices):
        OPEN = "open", "open (waits for a person)"
        SET_ASIDE = "set_aside", "set aside (no document)"
        ISSUED = "issued", "issued (mended or accepted here)"
        HEALED = "healed", "healed (a later file had it right)"
        REPLACED = "replaced", "replaced (a later file had it differently)"

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(SourceFile, on_delete=models.PROTECT)
    series = models.CharField(max_length=20)
    key = models.CharField("number", max_length=200)
    line = models.BigIntegerField()
    rule = models.CharField(max_length=30, choices=[(rule.id, rule.says) for rule in RULES.values()])
    message = models.TextField()
    raw = models.TextField()
    digest = models.CharField(max_length=64)
    mended = models.TextField(blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    invoice_number = models.CharField(max_length=50, blank=True, default="")
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
        indexes = [models.Index(fields=["state", "-id"], name="quarantined_open")]

    def __str__(self) -> str:
        return f"{self.key} in {self.file.name}"

    @property
    def broken_rule(self) -> Rule:
        return RULES[self.rule]

    @property
    def may_be_accepted(self) -> bool:
        """Whether a person may say that it is right as it is."""
        return self.state == self.State.OPEN and self.broken_rule.remedy == Remedy.ACCEPT

    @property
    def text(self) -> str:
        """The rows as they are to be read: as they were mended last, or as they came."""
        return self.mended or self.raw


def empty_counts() -> dict[str, Any]:
    """The counts of an import that has done nothing yet."""
    return {"read": 0, "documents": 0, "credit_notes": 0, "duplicates": 0, "quarantined": {}, "set_aside": {}}
