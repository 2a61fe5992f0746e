"""The list of a table of millions: pages by key instead of OFFSET, and no COUNT over the table.

`?before=ID` continues below an invoice, `?totals=1` asks for the sums of what is filtered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import OperationalError
from django.db.models import F
from django.http import HttpRequest
from psycopg.errors import QueryCanceled

from invoices import queries
from invoices.admin import figures
from invoices.admin.filters import DateFilter, SeriesFilter, as_id
from invoices.models import Invoice

T = TypeVar("T")

LIST_SECONDS = 5.0
SORTED_AT_MOST = 1_000_000
LARGEST_ID = 2**63 - 1
BEFORE, TOTALS = "before", "totals"


class InvoiceChangeList(ChangeList):
    """One page of invoices, newest first. `result_count` is an estimate unless `is_exact`."""

    def __init__(self, request: HttpRequest, *args: Any, **options: Any) -> None:
        # The two are no filters: Django would look for fields of those names, and keep them in every link.
        query = request.GET.copy()
        self.before_id = parse_id((query.pop(BEFORE, None) or [""])[-1])
        self.wants_totals = bool(query.pop(TOTALS, None))
        request.GET = query  # type: ignore[assignment]
        super().__init__(request, *args, **options)

    def get_results(self, request: HttpRequest) -> None:
        """Read the page, and the sums when they are asked for; what takes too long is given up and said."""
        rows = self._within(request, self._read_rows) or []
        self.result_list = rows[: self.list_per_page]
        self.next_before = self.result_list[-1].pk if len(rows) > self.list_per_page else None
        self.totals = self._within(request, self._read_sums) if self.wants_totals else None
        self.result_count = self.full_result_count = self._count()
        self.show_full_result_count = self.multi_page = self.can_show_all = False
        self.show_admin_actions = bool(self.result_list)
        self.paginator = Paginator(self.result_list, self.list_per_page)

    @property
    def is_unfiltered(self) -> bool:
        return not self.query and not self.get_filters_params()

    @property
    def _is_by_date(self) -> bool:
        return bool({f"{DateFilter.name}_from", f"{DateFilter.name}_to"} & self.get_filters_params().keys())

    @property
    def _series(self) -> int | None:
        """The series that is filtered by."""
        chosen = [spec.value() for spec in self.filter_specs if isinstance(spec, SeriesFilter)]
        return as_id(chosen[0]) if chosen else None

    @property
    def is_whole(self) -> bool:
        """Whether this page holds all that matches."""
        return self.next_before is None and self.before_id == LARGEST_ID

    @property
    def is_exact(self) -> bool:
        return self.is_whole or self.is_unfiltered or self.totals is not None

    @property
    def older_link(self) -> str | None:
        """The page of those issued before these."""
        return self.get_query_string({BEFORE: self.next_before}) if self.next_before else None

    @property
    def newest_link(self) -> str | None:
        """The first page, for who is not on it."""
        return None if self.before_id == LARGEST_ID else self.get_query_string()

    @property
    def totals_link(self) -> str:
        return self.get_query_string({TOTALS: 1})

    def _read_rows(self) -> list[Invoice]:
        rows = self.queryset.filter(pk__lt=self.before_id)
        if self._is_by_date and figures.estimate(rows) <= SORTED_AT_MOST:
            # Not by the index of ids, which would be walked down to that time: the days have an index of their own.
            rows = rows.order_by((F("pk") + 0).desc())
        elif series := self._series:
            # The same order, by the series' own index: that of ids would be walked down through all the others.
            newest = queries.newest_ordinals([series], before_id=self.before_id)
            rows = self.queryset.filter(ordinal__lte=newest.get(series, 0)).order_by("-ordinal")
        return list(rows[: self.list_per_page + 1])

    def _read_sums(self) -> figures.Sums:
        return figures.kept_sums() if self.is_unfiltered else figures.add_up(self.queryset)

    def _count(self) -> int:
        if self.is_whole:
            return len(self.result_list)
        if self.is_exact:
            return figures.kept_count()
        return max(figures.estimate(self.queryset), len(self.result_list))

    def _within(self, request: HttpRequest, read: Callable[[], T]) -> T | None:
        try:
            with figures.at_most(LIST_SECONDS):
                return read()
        except OperationalError as error:
            if not isinstance(error.__cause__, QueryCanceled):
                raise
            sentence = f"That took more than {LIST_SECONDS:g} s; narrow it by number, series or run."
            messages.error(request, sentence)
            return None


def parse_id(text: str) -> int:
    """The id to continue below; the largest there can be for what is none."""
    number = as_id(text)
    return LARGEST_ID if number is None else number
