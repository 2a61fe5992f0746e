"""Things happen in all simulated shops in turn, each in one thread."""

from __future__ import annotations

import threading

import pytest

from integrations.simulation.running import MOST_THREADS, run


class Shop:
    url = ""

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.count = 0

    def happen(self) -> None:
        self.threads.add(threading.get_ident())
        self.count += 1

    def connect(self) -> None:
        """It is connected already."""

    def sell(self) -> None:
        self.happen()


class Broken(Shop):
    def happen(self) -> None:
        raise RuntimeError("broken")


def test_each_shop_has_its_turn_and_one_thread() -> None:
    shops = [Shop() for _ in range(2 * MOST_THREADS + 1)]
    run(shops, per_minute=60_000.0, seconds=0.05)
    assert all(shop.count and len(shop.threads) == 1 for shop in shops)


def test_a_shop_that_breaks_ends_the_run() -> None:
    with pytest.raises(RuntimeError, match="broken"):
        run([Shop(), Broken()], per_minute=60.0, seconds=0.0)


def test_without_shops_nothing_happens() -> None:
    run([], per_minute=60.0, seconds=0.0)
