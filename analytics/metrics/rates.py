"""Exchange rates as they were stamped."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from analytics.metrics.models import Rate


class Rates:
    """The rates to one currency up to a day. `used` are those that were asked for."""

    def __init__(self, *, to: str, until: date, may_be_previous: bool) -> None:
        self._may_be_previous = may_be_previous
        self._to = to
        self._by_currency: dict[str, dict[date, Decimal]] = {}
        self.used: dict[tuple[str, date], Decimal] = {}
        for base, day, rate in (
            Rate.objects.filter(quote=to, day__lte=until).order_by("day").values_list("base", "day", "rate")
        ):
            self._by_currency.setdefault(base, {})[day] = rate

    def of(self, currency: str, day: date) -> Decimal | None:
        """What one unit of `currency` is worth on `day`; None where no rate is stamped."""
        known = self._by_currency.get(currency, {})
        stamped = (
            day
            if day in known or not self._may_be_previous
            else max((each for each in known if each < day), default=day)
        )
        rate = known.get(stamped)
        if rate is not None:
            self.used[currency, stamped] = rate
        return rate

    def as_json(self, missing: set[str]) -> list[dict[str, Any]]:
        """The rates that the answer stands on."""
        return [
            {"day": day.isoformat(), "from": currency, "to": self._to, "rate": f"{rate.normalize():f}"}
            for (currency, day), rate in sorted(self.used.items())
            if currency not in missing
        ]
