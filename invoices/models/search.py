"""The search index: names and their words, the invoices that have each name, and the parts of their numbers.

Written by `invoices.search.upkeep` behind the invoices, so issuing pays nothing for it; what it has not reached yet is
searched row by row. A chunk covers a range of ordinals that has no hole, so no invoice can be added to it later.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Party(models.Model):
    """A name of a seller, a buyer or a product, once."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=255)

    class Meta:
        verbose_name_plural = "parties"
        constraints = [models.UniqueConstraint(fields=["name"], name="party_once")]

    def __str__(self) -> str:
        return self.name


class PartyWord(models.Model):
    """The rest of a name, in small letters without accents, from the beginning of one of its words."""

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
    # 1: without products and parts of numbers; `invoices.search.upkeep` covers it again.
    version = models.PositiveSmallIntegerField(default=2, db_default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series_id", "first"], name="chunk_once")]

    def __str__(self) -> str:
        return f"{self.series_id}: {self.first} to {self.last}"


class NumberPart(models.Model):
    """The invoices of a chunk that have four characters in a number that is not ours; null where nearly all have.

    Shorter parts are the ends of numbers. The database deletes them with their chunk.
    """

    pk = models.CompositePrimaryKey("chunk", "gram")
    chunk = models.ForeignKey(Chunk, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    # In the order of bytes, so that a beginning is a range.
    gram = models.CharField(max_length=4, db_collation="C")
    count = models.IntegerField()
    offsets = ArrayField(models.IntegerField(), null=True)

    def __str__(self) -> str:
        return f"{self.chunk_id} {self.gram}"


class Posting(models.Model):
    """The invoices of a chunk that name a party: ascending offsets of their ordinals from the first of the chunk."""

    pk = models.CompositePrimaryKey("chunk", "party")
    chunk = models.ForeignKey(Chunk, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    offsets = ArrayField(models.IntegerField())

    def __str__(self) -> str:
        return f"{self.chunk_id} {self.party_id}"
