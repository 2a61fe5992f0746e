"""The filters beside the list of invoices. Ranges are small forms; a value that is none is named and finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin import ListFilter, SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from invoices import money
from invoices.models import Invoice, Run, Series, Totals

Choices = list[tuple[Any, str]]
RUNS_OFFERED = 15


class SeriesFilter(SimpleListFilter):
    """One open series."""

    title, parameter_name = "series", "series"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(series.pk, series.prefix) for series in Series.objects.filter(closed_at=None).order_by("prefix")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> QuerySet[Invoice]:
        return _by_id(queryset, "series_id", self.value())


class CurrencyFilter(SimpleListFilter):
    """One of the currencies there are invoices in."""

    title, parameter_name = "currency", "currency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        found = Totals.objects.filter(series__closed_at=None, invoice_count__gt=0).order_by("currency")
        return [(code, code) for code in found.values_list("currency", flat=True).distinct()]

    def has_output(self) -> bool:
        return bool(self.lookup_choices or self.value())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> QuerySet[Invoice]:
        code = self.value()
        if code is None:
            return queryset
        return queryset.filter(currency=code) if code.isascii() and code.isalpha() else queryset.none()


class RunFilter(SimpleListFilter):
    """One of the newest runs; the list of runs leads to the invoices of any other."""

    title, parameter_name = "run", "run"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        newest = Run.objects.filter(series__closed_at=None).order_by("-id")[:RUNS_OFFERED]
        return [(run.pk, str(run)) for run in newest]

    def has_output(self) -> bool:
        return bool(self.lookup_choices or self.value())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> QuerySet[Invoice]:
        return _by_id(queryset, "run_id", self.value())


def _by_id(queryset: QuerySet[Invoice], column: str, text: str | None) -> QuerySet[Invoice]:
    if text is None:
        return queryset
    number = as_id(text)
    return queryset.none() if number is None else queryset.filter(**{column: number})


def as_id(text: str | None) -> int | None:
    """The id that `text` may be; None for what can be none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


class RangeFilter(ListFilter):
    """From and to, both optional and both within; `input_type` is the kind of the form's fields."""

    template = "admin/filters/range.html"
    name: ClassVar[str]
    input_type: ClassVar[str]
    pattern: ClassVar[str] = ""

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.names:
            values = params.pop(name, [])
            if values and values[-1].strip():
                self.used_parameters[name] = values[-1].strip()

    @property
    def names(self) -> tuple[str, str]:
        return f"{self.name}_from", f"{self.name}_to"

    def expected_parameters(self) -> list[str | None]:
        return [*self.names]

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        """The context of the template: the two fields, and the parameters of the other filters, which the form repeats."""
        yield {
            "fields": [
                {"name": name, "label": label, "value": self.used_parameters.get(name, "")}
                for name, label in zip(self.names, ("from", "to"), strict=True)
            ],
            "input_type": self.input_type,
            "others": [
                (name, value)
                for name, values in changelist.filter_params.items()
                if name not in self.names
                for value in values
            ],
            "is_active": bool(self.used_parameters),
            "clear_link": changelist.get_query_string(remove=[*self.names]),
        }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> QuerySet[Invoice]:
        try:
            low, high = (str(self.used_parameters.get(name, "")) for name in self.names)
            return queryset.filter(**self.conditions(low, high))
        except ValueError as error:
            messages.error(request, f"By {self.title}: {error}")
            return queryset.none()

    def conditions(self, low: str, high: str) -> dict[str, Any]:
        """The lookups for the two texts, either of which may be empty; raises `ValueError` with a sentence."""
        raise NotImplementedError


class DateFilter(RangeFilter):
    """The days (UTC) of the invoice date."""

    title, name, input_type = "invoice date (UTC)", "date", "date"

    def conditions(self, low: str, high: str) -> dict[str, Any]:
        found = {}
        if low:
            found["invoice_date__gte"] = _midnight(_day(low))
        if high:
            found["invoice_date__lt"] = _midnight(_day(high)) + timedelta(days=1)
        return found


class AmountFilter(RangeFilter):
    """The total of the invoice, in whatever currency."""

    title, name, input_type = "total amount", "total", "text"

    def conditions(self, low: str, high: str) -> dict[str, Decimal]:
        bounds = {"total_amount__gte": low, "total_amount__lte": high}
        return {lookup: money.parse(text) for lookup, text in bounds.items() if text}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a day; write one as 2026-11-21.") from None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
