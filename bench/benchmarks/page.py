"""Measures the dashboard in a browser while rows stream, against the same page with an empty script and a reference
task.

A slow machine or another browser slows both sides, so the results are ratios.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from playwright.sync_api import Browser, Page, Route, sync_playwright

from bench.frame import CannotMeasure, Goal, Options, Table, compare_all, ratio
from bench.product import post, product
from tests import chromium
from tests.stack import Stack
from tests.system.browser.costs import reference_ms, tasks_ms

PAGE, EMPTY = "the dashboard", "the same page with an empty script"
ROWS_PER_SECOND, RUN_SECONDS = 20, 1000
FRAMES_SECONDS, SMOKE_FRAMES_SECONDS = 5, 1
ROUNDS, SMOKE_ROUNDS = 7, 1
KEYS = (*"/DEMO", "Escape", "j", "j", "Enter", "j", "Escape", "t")
TABLES = {
    "paint": ("First visit: the largest paint", "ms"),
    "frames": ("Frames while rows stream", "a second"),
    "interaction": ("The slowest of twelve keys, until it is painted", "ms"),
}
GOALS = {
    "paint": Goal(least=1.5, aim=1.1, upwards=False),
    "frames": Goal(least=0.9, aim=0.98),
    "interaction": Goal(least=10, aim=4, upwards=False),
}
TASK_GOAL = Goal(least=4, aim=2, upwards=False)

OBSERVE = """
window.seen = {paint: 0, interaction: 16};
const watch = (type, take, more) => new PerformanceObserver(list => list.getEntries().forEach(take))
    .observe({type, buffered: true, ...more});
watch('largest-contentful-paint', entry => { window.seen.paint = entry.startTime; });
watch('event', entry => { window.seen.interaction = Math.max(window.seen.interaction, entry.duration); },
    {durationThreshold: 16});
"""
FRAMES = """async seconds => {
    const began = performance.now();
    let frames = 0;
    for (; performance.now() - began < 1000 * seconds; frames += 1) await new Promise(requestAnimationFrame);
    return 1000 * frames / (performance.now() - began);
}"""


def run(options: Options) -> Iterator[Table]:
    """Tables of the visits, then of the page's tasks."""
    rounds, seconds = options.pick(ROUNDS, SMOKE_ROUNDS), options.pick(FRAMES_SECONDS, SMOKE_FRAMES_SECONDS)
    with product() as stack, browsing() as browser:
        post(stack, "/api/feed", {"rate_per_second": ROWS_PER_SECOND, "mode": "every"}, method="PUT")
        body = {"rate_per_second": ROWS_PER_SECOND, "duration_seconds": RUN_SECONDS}
        post(stack, "/api/control/start", body)
        sides: dict[str, Callable[[], dict[str, float]]] = {
            PAGE: partial(visit, browser, stack, seconds, is_empty=False),
            EMPTY: partial(visit, browser, stack, seconds, is_empty=True),
        }
        for key, table in zip(TABLES, compare_all(TABLES, sides, rounds=rounds), strict=True):
            ratio(table, "dashboard : empty script", of=PAGE, to=EMPTY, goal=GOALS[key])
            yield table
        yield tasks(browser, stack, seconds, rounds)
        post(stack, "/api/control/stop")


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            browser = chromium.launch(playwright)
        except chromium.NoChromium as error:
            raise CannotMeasure(str(error)) from error
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, stack: Stack, *, is_empty: bool) -> Iterator[Page]:
    """The complete dashboard in a separate browser profile."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(OBSERVE)
    if is_empty:
        context.route("**/*.js", leave_empty)
    page = context.new_page()
    page.goto(stack.url, wait_until="networkidle" if is_empty else "load")
    if not is_empty:
        page.get_by_test_id("connection").get_by_text("Connected").wait_for()
    yield page
    context.close()


def leave_empty(route: Route) -> None:
    route.fulfill(body="", content_type="text/javascript")


def visit(browser: Browser, stack: Stack, seconds: float, *, is_empty: bool) -> dict[str, float]:
    """What the browser measures of one visit."""
    with opened(browser, stack, is_empty=is_empty) as page:
        paint = page.evaluate("window.seen.paint")
        frames = page.evaluate(FRAMES, seconds)
        press(page)
        return {"paint": paint, "frames": frames, "interaction": page.evaluate("window.seen.interaction")}


def press(page: Page) -> None:
    for key in KEYS:
        page.keyboard.press(key)
        page.wait_for_timeout(100)


def tasks(browser: Browser, stack: Stack, seconds: float, rounds: int) -> Table:
    """The page's longest task while rows stream and keys are pressed, in units of the reference task."""
    table = Table(title="The longest task of the page's main thread, in processor time")
    longest, reference = [], []
    for _ in range(rounds):
        with opened(browser, stack, is_empty=False) as page:
            reference.append(reference_ms(browser, page))
            longest.append(max(tasks_ms(browser, page, partial(use, page, seconds))))
    table.add("the dashboard", "ms", *longest)
    table.add("reference: 500 rows made, laid out, removed", "ms", *reference)
    table.judge(
        "dashboard : reference",
        "x",
        *(ours / theirs for ours, theirs in zip(longest, reference, strict=True)),
        goal=TASK_GOAL,
    )
    return table


def use(page: Page, seconds: float) -> None:
    page.evaluate(FRAMES, seconds)
    press(page)
