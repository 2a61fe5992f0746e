"""Checks that nothing on a page overlaps, is cut off or scrolls sideways."""

from __future__ import annotations

from playwright.sync_api import Page

PARTS = ".top, .control, .cards, .chart, .grid-panel, .controls, .chart-panel, .breakdown, .standing"

OVERLAPS = """selector => {
    const boxes = [...document.querySelectorAll(selector)].map(each => each.getBoundingClientRect());
    const overlaps = [];
    boxes.forEach((one, at) => boxes.slice(at + 1).forEach((other, next) => {
        const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        if (across > 0.5 && down > 0.5) overlaps.push([at, at + 1 + next]);
    }));
    return overlaps;
}"""

IN_ROWS = ", .row .c-total, .row .c-number"
CUT_OFF = """inRows => [...document.querySelectorAll(
        '.figure, .state-words *, .buttons .button, .pace b, .connection, .facts dd, .wall-fact' + inRows)]
    .filter(each => each.offsetParent && each.scrollWidth > each.clientWidth + 1)
    .map(each => each.textContent)"""


def overlaps(page: Page, selector: str) -> list[list[int]]:
    """Pairs of elements, by their places, that lie over each other."""
    return list(page.evaluate(OVERLAPS, selector))


def faults(page: Page, *, in_rows: bool = True) -> list[object]:
    """Everything that is wrong with where things are, without `in_rows` except for texts of rows that are cut off."""
    sideways = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    over = [
        found for selector in (PARTS, ".card", ".buttons .button", ".rows .row") for found in overlaps(page, selector)
    ]
    return [
        *(["the page scrolls sideways"] if sideways else []),
        *over,
        *page.evaluate(CUT_OFF, IN_ROWS if in_rows else ""),
    ]
