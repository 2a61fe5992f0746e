"""Checks a page with axe: any finding fails."""

from __future__ import annotations

import functools

from playwright.sync_api import Page

from runtime.environment import BASE_DIR
from tests.system.browser.report import report

AXE = BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async rules => {
    const isPassing = each => !(each instanceof CSSAnimation);
    await new Promise(requestAnimationFrame);
    await Promise.all(document.getAnimations().filter(isPassing).map(each => each.finished.catch(() => null)));
    const { violations, passes } = await axe.run(document, { runOnly: rules });
    const found = violations.map(each => `${each.id}: ${each.nodes.map(node => node.html.slice(0, 160)).join(" | ")}`);
    return [found, passes.length];
}"""


@functools.cache
def code() -> str:
    return AXE.read_text()


def violations(page: Page, state: str = "") -> list[str]:
    """What axe finds. Its code is put in past the page's own content policy, which stays in force for the page."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(code())
    found, passed = page.evaluate(RUN, RULES)
    assert passed > 10
    if found:
        # A row that came in while axe looked was half there; what is wrong with the page is wrong at the next look too.
        found = [each for each in page.evaluate(RUN, RULES)[0] if each in found]
    if state:
        report(f"axe {state}", violations=len(found), rules_passed=passed)
    return list(found)
