"""Sends frames to a dashboard in place of the hub, faster than any pacer shows rows.

The page, its first paint and its API are the product's own. Only the frames of the WebSocket come from here: a script
replaces the browser's `WebSocket` class and calls `onmessage` of the page with the same text that a hub sends.
"""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page

from tests.waiting import wait_for

# The replacement of the browser's WebSocket. There is one for all connections of a page, because on a slow machine the
# page may miss frames for so long that it connects again; what is sent waits until it has.
FAKE_WEBSOCKET = """
window.WebSocket = class {
    constructor() {
        return window.firehose ??= this;
    }
    close() {}
    async connected() {
        while (!this.onmessage) await new Promise(requestAnimationFrame);
    }
    sendHello() {
        this.hello = JSON.parse(document.querySelector('#first-paint').textContent).hello;
        this.sample = this.hello.items.at(-1).invoice;
        this.seq = this.hello.last_seq;
        this.send({...this.hello, items: []});
    }
    send(frame) {
        this.onmessage({data: JSON.stringify(frame)});
    }
    sendRow(fields) {
        this.seq += 1;
        const number = {id: 1e7 + this.seq, invoice_number: `HOSE-${this.seq}`};
        this.send({type: 'invoice', seq: this.seq, invoice: {...this.sample, ...number, ...fields}});
    }
    sendTotalsAndStatus() {
        const {stats, status} = this.hello;
        // The page ignores totals that are older than its own, so the time lies ahead and grows with each row.
        const as_of = `2099-01-01T00:00:00.${String(this.seq).padStart(9, '0')}Z`;
        this.send({type: 'stats', stats: {...stats, invoice_count: this.seq, as_of}});
        const display = {...status.display, last_seq: this.seq, shown_count: this.seq};
        this.send({type: 'status', status: {...status, display}});
    }
    sendTotals(amount) {
        const sums = {subtotal_amount: amount, vat_amount: amount, total_amount: amount, average_amount: amount};
        const stats = {...this.hello.stats, ...sums, invoice_count: 123456789, as_of: '2099-01-01T00:00:00Z'};
        this.send({type: 'stats', stats});
    }
    async sendRows(count, rowsPerPaint) {
        for (let left = count; left > 0; left -= rowsPerPaint) {
            await new Promise(requestAnimationFrame);
            await this.connected();
            for (let row = 0; row < Math.min(left, rowsPerPaint); row += 1) this.sendRow();
            this.sendTotalsAndStatus();
        }
        return this.seq;
    }
};
"""


class Firehose:
    """Sends frames to the pages that `context` opens from now on. Call `send_hello` before any other method."""

    def __init__(self, context: BrowserContext) -> None:
        context.add_init_script(FAKE_WEBSOCKET)

    def send_hello(self, page: Page) -> None:
        """Wait until `page` connects, and send it the hello of its first paint, without rows."""
        wait_for(lambda: page.evaluate("Boolean(window.firehose)"), "the page to connect")
        page.evaluate("window.firehose.sendHello()")

    def send_row(self, page: Page, **fields: str) -> None:
        """Send one row: the invoice of the newest row of the first paint, with a new number and these `fields`."""
        self._send(page, "sendRow", fields)

    def send_totals(self, page: Page, amount: str) -> None:
        """Send totals in which each amount is `amount`."""
        self._send(page, "sendTotals", amount)

    def send_rows(self, page: Page, count: int, *, rows_per_paint: int = 50) -> None:
        """Send `count` rows, with totals and status before each paint, and wait until the page shows the last row."""
        arguments = [count, rows_per_paint]
        last_seq = page.evaluate("([count, rows]) => window.firehose.sendRows(count, rows)", arguments)
        newest = page.get_by_test_id("grid-row").first
        wait_for(lambda: newest.get_attribute("data-seq") == str(last_seq), f"row {last_seq} on top")

    def _send(self, page: Page, method: str, argument: object) -> None:
        script = "([method, argument]) => window.firehose.connected().then(() => window.firehose[method](argument))"
        page.evaluate(script, [method, argument])
