"""Everyone can use it: axe finds nothing on any page, in any state, in either theme; and motion can be had less of."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from invoicedash.environment import BASE_DIR
from tests.browser.desk import Desk, Product
from tests.stack import Stack, wait_for

OpenDesk = Callable[..., Desk]
AXE = BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async rules => {
    const isPassing = each => each instanceof CSSTransition;
    await new Promise(requestAnimationFrame);
    await Promise.all(document.getAnimations().filter(isPassing).map(each => each.finished.catch(() => null)));
    const { violations } = await axe.run(document, { runOnly: rules });
    return violations.map(each => `${each.id}: ${each.nodes.map(node => node.html.slice(0, 160)).join(" | ")}`);
}"""
THEMES = ("light", "dark")


def violations(page: Page) -> list[str]:
    """What axe finds. Its code is put in past the page's own content policy, which stays in force for the page."""
    page.evaluate(AXE.read_text())
    return list(page.evaluate(RUN, RULES))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", ["/", "/wall/", "/system/", "/?feed=live", "/?feed=demo&invoice=NO-SUCH-1"])
def test_axe_finds_nothing_on_any_page(open_desk: OpenDesk, library: Product, path: str, theme: str) -> None:
    desk = open_desk(path, color_scheme=theme)
    desk.expect_connection("Connected")
    assert violations(desk.page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_with_everything_open(open_desk: OpenDesk, library: Product, theme: str) -> None:
    desk = open_desk(color_scheme=theme)
    desk.expect_connection("Connected")
    desk.page.get_by_role("button", name="Options").click()
    desk.rows.nth(2).click()
    desk.page.keyboard.press("j")
    assert violations(desk.page) == []
    desk.page.get_by_role("button", name="Purge…").click()
    assert violations(desk.page) == []
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("?")
    assert violations(desk.page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_on_a_phone(open_desk: OpenDesk, library: Product, theme: str) -> None:
    desk = open_desk(color_scheme=theme, viewport={"width": 390, "height": 844})
    assert violations(desk.page) == []
    desk.page.get_by_role("button", name="Menu").click()
    assert violations(desk.page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_while_it_runs_drains_and_is_lost(open_desk: OpenDesk, product: Product, theme: str) -> None:
    desk = open_desk(color_scheme=theme)
    assert violations(desk.page) == []
    desk.start.click()
    desk.expect_state("Running")
    wait_for(lambda: desk.rows.count() > 3, 10, "rows")
    assert violations(desk.page) == []
    desk.stop.click()
    desk.expect_state("Processing backlog")
    assert violations(desk.page) == []
    desk.page.evaluate("document.querySelector('[data-testid=start]').disabled = false")
    desk.page.context.set_offline(True)
    desk.start.click()
    expect(desk.page.locator('[data-bind="notice"]')).to_contain_text("cannot be reached")
    assert violations(desk.page) == []
    desk.page.context.set_offline(False)


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_on_the_pages_of_refusal(open_desk: OpenDesk, stack: Stack, theme: str) -> None:
    for path in ("/login/", "/nowhere/"):
        assert violations(open_desk(path, color_scheme=theme).page) == []


def test_a_button_pointed_at_is_as_readable_as_before(desk: Desk) -> None:
    for button in (desk.start, desk.reset):
        button.hover()
        assert violations(desk.page) == []


@pytest.fixture
def calm(open_desk: OpenDesk, product: Product) -> Desk:
    return open_desk(reduced_motion="reduce")


def test_with_reduced_motion_nothing_moves(calm: Desk, product: Product) -> None:
    product.start(rate=5, seconds=2)
    wait_for(lambda: calm.rows.count() > 3, 10, "rows")
    assert calm.page.evaluate("document.getAnimations().length") == 0


def test_new_rows_are_announced_politely_and_seldom(open_desk: OpenDesk, product: Product) -> None:
    desk = open_desk()
    desk.page.evaluate("""() => {
        window.told = [];
        const announcer = document.querySelector('[data-bind="announcer"]');
        new MutationObserver(() => window.told.push(announcer.textContent)).observe(announcer, {childList: true});
    }""")
    product.set_pace(50)
    product.start(rate=20, seconds=4)
    wait_for(lambda: desk.rows.count() == 80, 15, "80 rows")
    told = desk.page.evaluate("window.told")
    assert "Running" in told
    assert len(told) <= 4


def test_live_regions_are_few_and_polite(open_desk: OpenDesk, library: Product) -> None:
    desk = open_desk()
    assert desk.page.locator("[aria-live=assertive]").count() == 0
    within = "[role=status] [data-testid=grid-row], [aria-live] [data-testid=grid-row]"
    assert desk.page.locator(within).count() == 0
