"""The table of what is printed on the documents of a store. A store without a row prints plain documents."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from runtime.clock import ClockTimestamp
from stores.letterhead import INK, LONGEST_TEXTS
from stores.models.store import Store


class Letterhead(models.Model):
    """Language, colour, texts and logo of one store. The logo is a PNG that `stores.logos` has made."""

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        GERMAN = "de", "German"
        FRENCH = "fr", "French"
        ARABIC = "ar", "Arabic"

    store = models.OneToOneField(Store, on_delete=models.CASCADE, primary_key=True, related_name="letterhead")
    language = models.CharField("language of labels", max_length=2, choices=Language, default=Language.ENGLISH)
    colour = models.CharField(max_length=7, default=INK, help_text="Such as #0a7a5a; dark enough for white paper.")
    header = models.TextField(blank=True, default="", max_length=LONGEST_TEXTS["header"])
    footer = models.TextField(blank=True, default="", max_length=LONGEST_TEXTS["footer"])
    payment_note = models.TextField(blank=True, default="", max_length=LONGEST_TEXTS["payment_note"])
    logo = models.BinaryField(null=True, editable=False)
    changed_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    objects: models.Manager[Letterhead] = ScopedManager(store="store_id")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(colour__regex=r"^#[0-9a-f]{6}$"), name="letterhead_colour")
        ]

    def __str__(self) -> str:
        return f"letterhead of {self.store_id}"
