"""Measures the processor time of a page's main thread, in units of a reference task in the same tab.

A slow machine, a busy one and another browser make both longer: the ratio is the page's own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page

CATEGORIES = ["toplevel", "devtools.timeline"]
ROUNDS = 5
# What a page does: elements are made, laid out and taken away.
REFERENCE = """() => {
    const box = document.body.appendChild(document.createElement('div'));
    for (let row = 0; row < 500; row += 1) {
        const line = box.appendChild(document.createElement('div'));
        for (let cell = 0; cell < 8; cell += 1) {
            line.appendChild(document.createElement('span')).textContent = `${row} ${cell}`;
        }
    }
    box.getBoundingClientRect();
    box.remove();
}"""


def reference_ms(browser: Browser, page: Page) -> float:
    """What the reference task takes in this tab now: the median of a few."""
    return median(max(tasks_ms(browser, page, lambda: page.evaluate(REFERENCE))) for _ in range(ROUNDS))


def tasks_ms(browser: Browser, page: Page, work: Callable[[], object]) -> list[float]:
    """The processor time of each task of the page's main thread during `work`, without waiting for the processor."""
    browser.start_tracing(page=page, categories=CATEGORIES)
    try:
        work()
    finally:
        trace = browser.stop_tracing()
    events = json.loads(trace)["traceEvents"]
    threads = {(event["pid"], event["tid"]) for event in events if _is_main_thread(event)}
    tasks = (event for event in events if event["name"].endswith("RunTask") and (event["pid"], event["tid"]) in threads)
    return [event["tdur"] / 1000 for event in tasks if "tdur" in event]


def _is_main_thread(event: dict[str, Any]) -> bool:
    return bool(event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain")
