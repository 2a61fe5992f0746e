"""Finding invoices by what people know of them: the beginning of a number, or words of seller and buyer."""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet

from invoices.models import Invoice


def search(invoices: QuerySet[Invoice], text: str) -> QuerySet[Invoice]:
    """Those whose number begins with `text`, or else those of whose parties each word of `text` begins a word.

    Numbers are tried first and as they are written, ours in capitals: their index finds the prefix at once.
    """
    words = text.split()
    if len(words) == 1:
        numbered = invoices.filter(
            Q(invoice_number__startswith=words[0]) | Q(invoice_number__startswith=words[0].upper())
        )
        if numbered.order_by().exists():
            return numbered
    for word in words:
        pattern = rf"(^|[^[:alnum:]]){re.escape(word)}"
        invoices = invoices.filter(Q(seller_name__iregex=pattern) | Q(buyer_name__iregex=pattern))
    return invoices
