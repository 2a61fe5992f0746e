"""The imported files, with the progress of each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import models
from django.db.models import Q

from imports.reading import dialects, options
from imports.reading.options import Options
from runtime.clock import ClockTimestamp

# How rows in quarantine say that they came from a file.
SOURCE = "file"


class SourceFile(models.Model):
    """A file that was imported into a series, identified by its content. `done_count` of its documents are processed.

    The count is raised in the transaction that issues them, so an import after a kill resumes after the last commit.
    """

    id = models.BigAutoField(primary_key=True)
    series = models.CharField(max_length=20)
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField("bytes")
    options = models.JSONField()
    header = models.JSONField(default=list)
    # How the file writes its table; empty for files that were imported before that was detected.
    dialect = models.JSONField(default=dict, db_default={})
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
        """The options of the import of this file, with the format and the dialect of the file."""
        return replace(options.make(self.options), dialect=dialects.from_json(self.dialect))


def empty_counts() -> dict[str, Any]:
    """The counts of an import that has done nothing yet."""
    return {"read": 0, "documents": 0, "credit_notes": 0, "duplicates": 0, "quarantined": {}, "set_aside": {}}
