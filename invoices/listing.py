"""Pages of the invoices of a feed: in the order of issue, newest first, or by number, date or total."""

from __future__ import annotations

import re

from invoices import queries, sorting
from invoices.masking import mask_buyers
from streaming.feed import BadPageQuery, Page, PageQuery

_ID = re.compile(r"[0-9]{1,18}", re.ASCII)


def read_page(feed: str, asked: PageQuery) -> Page:
    """The page of `feed` that is asked for; raises `BadPageQuery`, or `UnknownInvoice` for its `before`."""
    page = _read_sorted(feed, asked) if asked.sort else _read_issued(feed, asked)
    return page if asked.with_names else Page(mask_buyers(page.items), page.next_cursor)


def _read_issued(feed: str, asked: PageQuery) -> Page:
    """In the order of issue."""
    below = id_of(asked.cursor)
    if asked.before:
        below = min(below, queries.id_of(feed, asked.before))
    if asked.until:
        below = min(below, queries.id_dated_until(feed, asked.until) + 1)
    page = queries.read_page(feed, limit=asked.limit, before_id=below, query=asked.query, by_names=asked.with_names)
    return Page(page.items, page.next_id)


def id_of(cursor: str | None) -> int:
    """The id below which a page in the order of issue begins; raises `BadPageQuery`."""
    if not cursor:
        return queries.LARGEST_ID
    if not _ID.fullmatch(cursor):
        raise BadPageQuery("cursor", str(sorting.BadCursor()))
    return int(cursor)


def _read_sorted(feed: str, asked: PageQuery) -> Page:
    if asked.query or asked.before or asked.until:
        raise BadPageQuery("sort", "what is searched for, or begins at a number or a day, comes in the order of issue")
    try:
        page = sorting.read_sorted(feed, asked.sort, limit=asked.limit, cursor=asked.cursor)
    except sorting.BadCursor as bad:
        raise BadPageQuery("cursor", str(bad)) from bad
    except sorting.TooManyToSort as refusal:
        raise BadPageQuery("sort", str(refusal)) from refusal
    return Page(page.items, page.next)
