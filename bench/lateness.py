"""How late the invoices of orders are, in the database and on screens, after the first webhook of each order was sent."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.client import Listener
from bench.connected import wait_until_applied
from bench.product import connect, query
from tests.stack import Stack
from tests.waiting import wait_for

SAMPLE_SECONDS = 0.5
_ISSUED = """
SELECT s.slug || ' ' || o.external_id, extract(epoch FROM min(i.created_at))::float
FROM orders_orderdocument d JOIN orders_order o ON o.id = d.order_id JOIN stores_store s ON s.id = o.store_id
JOIN invoices_invoice i ON i.id = d.invoice_id GROUP BY 1
"""
# The age of the oldest document that is not in the live figures.
_BEHIND = """
SELECT coalesce(extract(epoch FROM clock_timestamp() - min(i.created_at)), 0)::float
FROM facts_generation g CROSS JOIN invoices_series s
LEFT JOIN facts_watermark w ON w.generation = g.number AND w."group" = 'live' AND w.series_id = s.id
JOIN invoices_invoice i ON i.series_id = s.id AND i.ordinal = coalesce(w.folded_to, 0) + 1
WHERE g.is_current AND s.closed_at IS NULL AND s.last_ordinal > coalesce(w.folded_to, 0)
"""
Sent = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class Delays:
    """Seconds from the sending of the first webhook of an order, sorted: of its answer, of the invoice, of the frame on the
    page of its store, and of its sale in the overview.
    """

    answered: list[float]
    invoiced: list[float]
    on_page: list[float]
    on_overview: list[float]

    def by_name(self) -> dict[str, list[float]]:
        return {
            "webhook answered": self.answered, "invoice issued": self.invoiced, "on the page of its store": self.on_page,
            "in the overview of all stores": self.on_overview,
        }  # fmt: skip


def delays_of(stack: Stack, orders: Sent, screens: Mapping[str, Listener]) -> Delays:
    """The delays of all `orders`; waits until all of them are there. `screens` are the open pages by slug, the overview is
    under "".
    """
    wait_until_applied(stack)
    wait_for(lambda: orders.keys() <= _issued(stack).keys(), "the invoices of all orders")
    mine = {name: sent for name, (sent, _) in orders.items() if name.partition(" ")[0] in screens}
    wait_for(lambda: mine.keys() <= _shown(screens).keys(), "the orders on the pages of their stores")
    wait_for(lambda: len(list(_on_overview(orders, screens[""]))) == len(orders), "all orders in the overview")
    issued, shown = _issued(stack), _shown(screens)
    return Delays(
        answered=sorted(answered - sent for sent, answered in orders.values()),
        invoiced=sorted(issued[name] - sent for name, (sent, _) in orders.items()),
        on_page=sorted(shown[name] - sent for name, sent in mine.items()),
        on_overview=sorted(_on_overview(orders, screens[""])),
    )


def _issued(stack: Stack) -> dict[str, float]:
    return dict(query(stack, _ISSUED))


def _shown(screens: Mapping[str, Listener]) -> dict[str, float]:
    """When the first frame of each order with its invoice came to the page of its store."""
    found: dict[str, float] = {}
    for slug, screen in screens.items():
        for received in screen.frames("order"):
            order = received.frame["order"]
            if order["invoice_state"] == "invoiced":
                found.setdefault(f"{slug} {order['external_id']}", received.at)
    return found


def _on_overview(orders: Sent, overview: Listener) -> Iterator[float]:
    """The delay of each order in the overview: the n-th order of a store is there with a card that counts n more."""
    counted = {item["slug"]: item["today"]["orders"] for item in overview.hello["items"]}
    reached: defaultdict[str, list[float]] = defaultdict(list)
    for received in overview.frames("stores"):
        for item in received.frame["items"]:
            more = item["today"]["orders"] - counted.get(item["slug"], 0) - len(reached[item["slug"]])
            reached[item["slug"]] += [received.at] * more
    sold: defaultdict[str, list[float]] = defaultdict(list)
    for name, (sent_at, _) in orders.items():
        sold[name.partition(" ")[0]].append(sent_at)
    for slug, times in sold.items():
        yield from (at - sent_at for sent_at, at in zip(sorted(times), reached[slug], strict=False))


class Sampler:
    """A context manager that reads twice a second how far the live figures are behind: `figures_seconds` at most."""

    def __init__(self, stack: Stack) -> None:
        self.figures_seconds = 0.0
        self._connection = connect(stack)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self) -> Sampler:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._connection.close()

    def _sample(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            [(seconds,)] = self._connection.execute(_BEHIND.encode()).fetchall()
            self.figures_seconds = max(self.figures_seconds, seconds)
