"""Finding invoices by what people know of them: the beginning of a number, or words of seller and buyer."""

from __future__ import annotations

from django.db import OperationalError
from django.db.models import Q, QuerySet

from invoices.admin import changelist
from invoices.admin.figures import at_most
from invoices.models import Invoice, Series
from invoices.search.find import find, word_pattern

# Fewer are handed over by their keys; of more, the newest are soon found by reading along.
MOST_KEYS = 1000


def search(invoices: QuerySet[Invoice], text: str) -> QuerySet[Invoice]:
    """The `invoices` whose number begins with `text`, or whose parties match it.

    Parties match when each word of `text` is the beginning of one of their words.
    """
    if not text.strip():
        return invoices
    try:
        with at_most(changelist.LIST_SECONDS):
            keys = _keys(text)
    except OperationalError:
        # The list is read in the same time, and says what became of it.
        keys = None
    if keys is None:
        return invoices.filter(Q(invoice_number__istartswith=text.strip()) | _has_words(text))
    chosen = [Q(series_id=series_id, ordinal__in=ordinals) for series_id, ordinals in keys.items() if ordinals]
    return invoices.filter(Q(*chosen, _connector=Q.OR)) if chosen else invoices.none()


def _keys(text: str) -> dict[int, list[int]] | None:
    """The ordinals of what matches in each open series; None when they are many."""
    keys = {}
    for series in Series.objects.filter(closed_at=None):
        keys[series.pk] = find(series, text, bound=2**63 - 1, limit=MOST_KEYS + 1)
        if len(keys[series.pk]) > MOST_KEYS:
            return None
    return keys


def _has_words(text: str) -> Q:
    words = Q()
    for word in text.split():
        pattern = word_pattern(word)
        words &= Q(seller_name__iregex=pattern) | Q(buyer_name__iregex=pattern)
    return words
