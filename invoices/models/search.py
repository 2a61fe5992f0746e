"""The search index: the parties, their words, and the invoices that name each party.

Written by `invoices.search.upkeep` behind the invoices, so issuing pays nothing for it; what it has not reached yet is
searched row by row. A chunk covers a range of ordinals that has no hole, so no invoice can be added to it later.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Party(models.Model):
    """A seller's or buyer's name, once."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=255)

    class Meta:
        verbose_name_plural = "parties"
        constraints = [models.UniqueConstraint(fields=["name"], name="party_once")]

    def __str__(self) -> str:
        return self.name


class PartyWord(models.Model):
    """The rest of a party's name, in small letters, from the beginning of one of its words."""

    id = models.BigAutoField(primary_key=True)
    party = models.ForeignKey(Party, on_delete=models.CASCADE)
    rest = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rest", "party"], opclasses=["varchar_pattern_ops", "int8_ops"], name="party_word_once"
            )
        ]

    def __str__(self) -> str:
        return self.rest


class Chunk(models.Model):
    """The invoices of a series from ordinal `first` to `last`, which are searched by their postings."""

    id = models.BigAutoField(primary_key=True)
    # No key of the database's: the rows are dropped with the series' invoices.
    series_id = models.BigIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series_id", "first"], name="chunk_once")]

    def __str__(self) -> str:
        return f"{self.series_id}: {self.first} to {self.last}"


class Posting(models.Model):
    """The invoices of a chunk that name a party: ascending offsets of their ordinals from the first of the chunk."""

    pk = models.CompositePrimaryKey("chunk", "party")
    chunk = models.ForeignKey(Chunk, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    offsets = ArrayField(models.IntegerField())

    def __str__(self) -> str:
        return f"{self.chunk_id} {self.party_id}"
