"""Accessibility: screen readers get new rows politely, and motion can be reduced. (test_tour checks each state with axe.)"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.system.browser.axe import violations
from tests.system.browser.desk import Desk, Product
from tests.waiting import wait_for

OpenDesk = Callable[..., Desk]
THEMES = ("light", "dark")
SUMMARY_SECONDS = 15


def test_a_button_pointed_at_is_as_readable_as_before(desk: Desk) -> None:
    for button in (desk.start, desk.reset):
        button.hover()
        assert violations(desk.page) == []


@pytest.fixture
def calm(open_desk: OpenDesk, product: Product) -> Desk:
    return open_desk(reduced_motion="reduce")


def test_with_reduced_motion_nothing_moves(calm: Desk, product: Product) -> None:
    product.start(rate=5, seconds=2)
    wait_for(lambda: calm.rows.count() > 3, "rows")
    assert calm.page.evaluate("document.getAnimations().length") == 0


def test_new_rows_are_announced_politely_and_seldom(open_desk: OpenDesk, product: Product) -> None:
    desk = open_desk()
    desk.page.evaluate("""() => {
        window.announced = [];
        const announcer = document.querySelector('[data-bind="announcer"]');
        new MutationObserver(() => window.announced.push(announcer.textContent)).observe(announcer, {childList: true});
    }""")
    product.set_pace(50)
    product.start(rate=20, seconds=4)
    wait_for(lambda: desk.rows.count() == 80, "80 rows")
    # The page counts from its own begin, which is before that of the observer.
    announced, seconds = desk.page.evaluate("[window.announced, performance.now() / 1000]")
    assert "Running" in announced
    assert len([words for words in announced if "shown" in words]) <= seconds / SUMMARY_SECONDS


def test_live_regions_are_few_and_polite(open_desk: OpenDesk, library: Product) -> None:
    desk = open_desk()
    assert desk.page.locator("[aria-live=assertive]").count() == 0
    within = "[role=status] [data-testid=grid-row], [aria-live] [data-testid=grid-row]"
    assert desk.page.locator(within).count() == 0
