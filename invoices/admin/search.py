"""Finding invoices by what people know of them: a part of a number, or words of seller, buyer and products."""

from __future__ import annotations

from django.db import OperationalError
from django.db.models import Exists, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Left
from django.db.models.lookups import Regex

from invoices.admin import changelist
from invoices.admin.figures import at_most
from invoices.models import Invoice, Line, Series
from invoices.search.find import NO_BOUND, find
from invoices.search.rows import DESCRIPTION, Wanted, wanted_of, word_pattern

# Fewer are handed over by their keys; of more, the newest are soon found by reading along.
MOST_KEYS = 1000


def search(invoices: QuerySet[Invoice], text: str) -> QuerySet[Invoice]:
    """The `invoices` that match `text`: see `invoices.search.rows`."""
    if not text.strip():
        return invoices
    try:
        with at_most(changelist.LIST_SECONDS):
            keys = _keys(text)
    except OperationalError:
        # The list is read in the same time, and says what became of it.
        keys = None
    if keys is None:
        wanted = wanted_of(text)
        return invoices.filter(_has_number(text.strip(), wanted) | _has_words(wanted))
    chosen = [Q(series_id=series_id, ordinal__in=ordinals) for series_id, ordinals in keys.items() if ordinals]
    return invoices.filter(Q(*chosen, _connector=Q.OR)) if chosen else invoices.none()


def _keys(text: str) -> dict[int, list[int]] | None:
    """The ordinals of what matches in each open series; None when they are many."""
    keys = {}
    for series in Series.objects.filter(closed_at=None):
        keys[series.pk] = find(series, text, bound=NO_BOUND, limit=MOST_KEYS + 1)
        if len(keys[series.pk]) > MOST_KEYS:
            return None
    return keys


def _has_number(text: str, wanted: Wanted) -> Q:
    lookup = "icontains" if wanted.is_part else "iexact"
    columns = ("printed_number", "document__external_id", "document__details__order_reference")
    others = [Q(**{f"{column}__{lookup}": text}) for column in columns]
    own = Q(invoice_number__icontains=text) if wanted.is_part else Q(invoice_number__istartswith=text)
    return Q(own, Q(printed_number__istartswith=text), *others, _connector=Q.OR)


def _has_words(wanted: Wanted) -> Q:
    words = Q()
    for word in wanted.words:
        pattern = word_pattern(word)
        products = Line.objects.filter(invoice_id=OuterRef("pk")).annotate(
            said=_Folded(Left("description", DESCRIPTION)), code=_Folded("product_code")
        )
        is_in_lines = Exists(products.filter(Q(said__regex=pattern) | Q(code__regex=pattern)))
        names = [Q(Regex(_Folded(name), Value(pattern))) for name in ("seller_name", "buyer_name")]
        words &= Q(*names, is_in_lines, _connector=Q.OR)
    return words if wanted.words else Q(pk=None)


class _Folded(Func):
    function = "invoices_fold"
    output_field = TextField()
