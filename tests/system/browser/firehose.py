"""Sends frames to a dashboard in place of the hub, faster than any pacer shows rows.

The page, its first paint and its API are the real product's; only the frames of the WebSocket come from here, as the
same text that a hub sends.
"""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page

from tests.waiting import wait_for

HOSE = """
window.WebSocket = class {
    constructor() {
        window.hose = this;
    }
    close() {}
    greet() {
        this.hello = JSON.parse(document.querySelector('#first-paint').textContent).hello;
        this.sample = this.hello.items.at(-1).invoice;
        this.seq = this.hello.last_seq;
        this.say({...this.hello, items: []});
    }
    say(frame) {
        this.onmessage({data: JSON.stringify(frame)});
    }
    sayRow(more) {
        this.seq += 1;
        const number = {id: 1e7 + this.seq, invoice_number: `HOSE-${this.seq}`};
        this.say({type: 'invoice', seq: this.seq, invoice: {...this.sample, ...number, ...more}});
    }
    sayFigures() {
        const {stats, status} = this.hello;
        const as_of = `2099-01-01T00:00:00.${String(this.seq).padStart(9, '0')}Z`;
        this.say({type: 'stats', stats: {...stats, invoice_count: this.seq, as_of}});
        const display = {...status.display, last_seq: this.seq, shown_count: this.seq};
        this.say({type: 'status', status: {...status, display}});
    }
    sayTotals(amount) {
        const sums = {subtotal_amount: amount, vat_amount: amount, total_amount: amount, average_amount: amount};
        const stats = {...this.hello.stats, ...sums, invoice_count: 123456789, as_of: '2099-01-01T00:00:00Z'};
        this.say({type: 'stats', stats});
    }
    async show(count, aFrame) {
        for (let left = count; left > 0; left -= aFrame) {
            await new Promise(requestAnimationFrame);
            for (let row = 0; row < Math.min(left, aFrame); row += 1) this.sayRow();
            this.sayFigures();
        }
        return this.seq;
    }
};
"""


class Firehose:
    """Rows of the wire for the page of a context, as many a frame as wanted."""

    def __init__(self, context: BrowserContext) -> None:
        context.add_init_script(HOSE)

    def greet(self, page: Page) -> None:
        """Answer the page's connection with the hello it was painted from."""
        wait_for(lambda: page.evaluate("Boolean(window.hose)"), "the page to connect")
        page.evaluate("window.hose.greet()")

    def say_row(self, page: Page, **more: str) -> None:
        """Send one row whose invoice has `more` fields."""
        page.evaluate("more => window.hose.sayRow(more)", more)

    def say_totals(self, page: Page, amount: str) -> None:
        """Send totals that add up to `amount` each."""
        page.evaluate("amount => window.hose.sayTotals(amount)", amount)

    def show(self, page: Page, count: int, *, rows_a_frame: int = 50) -> None:
        """Send `count` rows, totals and status with each frame, and wait until the page has them."""
        last = page.evaluate("([count, rows]) => window.hose.show(count, rows)", [count, rows_a_frame])
        top = page.get_by_test_id("grid-row").first
        wait_for(lambda: top.get_attribute("data-seq") == str(last), f"row {last} on top")
