import assert from "node:assert/strict";
import { test } from "node:test";

import { invoiceIn, invoicePath, withInvoice } from "../../static/invoices/address.js";
import { SUMMARY_MS, beginAnnouncing, announcement } from "../../static/streaming/announce.js";
import { hasRuns } from "../../static/streaming/feed.js";
import { describeProblem } from "../../static/ui/api.js";
import { stateWord } from "../../static/ui/format.js";
import { happenings } from "../../static/dashboard/events.js";
import { describeEnd, hasEarlier } from "../../static/invoices/listend.js";
import { describeIssued, describeRun, describeTitle } from "../../static/dashboard/figures.js";
import { averageQuery, parseMetrics, total } from "../../static/dashboard/metrics.js";
import { numberWords } from "../../static/orders/order.js";
import { maskAmount, maskName, shownBuyer } from "../../static/ui/privacy.js";
import { refusals } from "../../static/ui/rights.js";
import { begin, reduce } from "../../static/dashboard/state.js";
import { OVERSCAN, TOP_ROWS, rowsToDraw } from "../../static/ui/viewport.js";
import { hello, row, run, stats, status } from "./samples.js";

const DEMO = ["start", "stop", "reset", "purge"];

test("START works in idle and draining, STOP in running", () => {
  const able = (/** @type {Wire.DisplayState} */ state) => {
    const { start, stop } = refusals(status({ state }), true, DEMO);
    return [start === null, stop === null];
  };
  assert.deepEqual(able("idle"), [true, false]);
  assert.deepEqual(able("running"), [false, true]);
  assert.deepEqual(able("stopping"), [false, false]);
  assert.deepEqual(able("draining"), [true, false]);
});

test("a viewer without control rights gets the reason for every action", () => {
  assert.ok(Object.values(refusals(status(), false, DEMO)).every((reason) => reason?.includes("operator")));
});

test("the live feed cannot be started or purged, but cleared", () => {
  const live = refusals(status({ feed: "live" }), true, ["reset"]);
  assert.ok(live.start && live.purge);
  assert.equal(live.reset, null);
});

test("nothing queued, nothing to skip", () => {
  assert.equal(refusals(status(), true, DEMO).skip, "Nothing is queued.");
  assert.equal(refusals(status({}, { backlog: 1 }), true, DEMO).skip, null);
});

test("on top the newest hundred are in the document, whatever the height", () => {
  assert.deepEqual(rowsToDraw({ scrollTop: 0, height: 300, rowHeight: 30, count: 5000 }), { start: 0, end: TOP_ROWS });
  assert.deepEqual(rowsToDraw({ scrollTop: 0, height: 300, rowHeight: 30, count: 7 }), { start: 0, end: 7 });
});

test("deep down only what is near is in the document", () => {
  const { start, end } = rowsToDraw({ scrollTop: 30 * 4000, height: 600, rowHeight: 30, count: 10_000 });
  assert.ok(start <= 4000 - OVERSCAN && start > 3900);
  assert.ok(end >= 4020 + OVERSCAN && end < 4100);
});

test("a place beyond the end still draws the last rows", () => {
  const { start, end } = rowsToDraw({ scrollTop: 99_999, height: 600, rowHeight: 30, count: 10 });
  assert.ok(start < end && end === 10);
});

test("an invoice has an address, and closing it leaves the rest of the address", () => {
  assert.equal(withInvoice("?feed=demo", "A/1 b"), "?feed=demo&invoice=A%2F1+b");
  assert.equal(invoiceIn("?feed=demo&invoice=A%2F1+b"), "A/1 b");
  assert.equal(withInvoice("?feed=demo&invoice=A", null), "?feed=demo");
  assert.equal(invoicePath("A/1"), "/api/invoices/A%2F1");
});

test("privacy leaves an initial of names and nothing of amounts, not even their length", () => {
  assert.equal(maskName("Olive & Sons", true), maskName("Oz", true));
  assert.equal(maskAmount("1.00", true), maskAmount("1,000,000.00", true));
  assert.equal(maskName("Olive", false), "Olive");
});

test("a buyer of a store is masked as the frames of its feed are, whatever a list has", () => {
  assert.equal(shownBuyer("Ångström & Co", "store-nord"), "Å. ••••");
  assert.equal(shownBuyer("Å. ••••", "store-nord"), "Å. ••••");
  assert.equal(shownBuyer("Olive", "live"), "Olive");
});

test("the number of an order has one sign, also where the shop has put it", () => {
  assert.equal(numberWords("18"), "#18");
  assert.equal(numberWords("#1001"), "#1001");
});

test("a problem is shown in the server's words, or at least by its number", () => {
  assert.equal(describeProblem(409, { detail: "A run is under way." }), "A run is under way.");
  assert.equal(describeProblem(500, {}), "The server answered 500.");
  assert.match(describeProblem(401, { detail: "x" }), /signed out/);
});

test("a feed without runs is live, and its issued invoices are no part of a run", () => {
  const sales = begin(hello(0, []), ["reset"]);
  assert.equal(stateWord("idle", hasRuns(sales)), "Live");
  assert.equal(describeRun(sales), "Each sale is shown as it arrives");
  assert.equal(describeIssued(sales), "as sales arrive");
  assert.equal(describeTitle(sales), "Live · invoicedash");
  const demo = begin(hello(0, []), DEMO);
  assert.equal(describeTitle(demo), "Idle · invoicedash");
  assert.equal(describeRun(demo), "No run yet");
});

test("a screen reader announces a change of state at once, and rows a few times a minute", () => {
  const state = begin(hello(0));
  let announced = beginAnnouncing(state, 0);
  const busy = reduce(reduce(state, { type: "invoice", ...row(1) }), { type: "invoice", ...row(2) });
  assert.equal(announcement(busy, announced, 1000), null);
  const summary = announcement(busy, announced, SUMMARY_MS);
  assert.equal(summary?.words, "2 new invoices shown, the latest DEMO-1-2");
  announced = summary?.last ?? announced;
  const stopped = reduce(busy, { type: "status", status: status({ state: "draining" }) });
  assert.equal(announcement(stopped, announced, SUMMARY_MS + 1)?.words, "Processing backlog");
});

test("events describe restarts, losses and runs in words", () => {
  const process = { name: "worker", state: "up", pid: 1, started_at: null, restarts: 0, last_heartbeat_at: null };
  const before = status({ processes: [/** @type {Wire.Process} */ (process)] });
  const after = status({
    state: "running",
    run: run({ id: 4 }),
    processes: [{ .../** @type {Wire.Process} */ (process), restarts: 1, pid: 9 }],
    services: { postgres: "up", redis: "down" },
  });
  assert.deepEqual(happenings(before, after), [
    "The feed is running",
    "Run 4 started at 5/s",
    "worker was started again as 9",
    "Redis is down",
  ]);
  assert.deepEqual(happenings(after, after), []);
});

test("events say which conditions began and which are over, and nothing while one lasts", () => {
  const stalled = { name: "run-stalled", subject: "run 4", since: "2026-11-30T00:00:00Z", sentence: "Run 4 owes 5 invoices." };
  const [fine, wrong] = [status(), status({ conditions: [stalled] })];
  assert.deepEqual(happenings(fine, wrong), ["run-stalled (run 4): Run 4 owes 5 invoices."]);
  assert.deepEqual(happenings(wrong, status({ conditions: [{ ...stalled, sentence: "Run 4 owes 6 invoices." }] })), []);
  assert.deepEqual(happenings(wrong, fine), ["run-stalled (run 4) is over"]);
});

test("metrics are read with and without labels", () => {
  const metrics = parseMetrics(
    '# HELP x y\ninvoicedash_db_queries_total{process="web"} 100.0\ninvoicedash_db_queries_total{process="beat"} 100.0\n' +
      'invoicedash_db_query_seconds_total{process="web"} 0.5\ninvoicedash_websocket_connections 2.0\n',
  );
  assert.equal(averageQuery(metrics), 2.5);
  assert.equal(total(metrics, "invoicedash_websocket_connections"), 2);
  assert.equal(total(metrics, "absent"), null);
});

test("an empty list says what to do, and offers history only where there is some", () => {
  const empty = begin(hello(0), DEMO);
  assert.match(describeEnd(empty, empty.history, true).join(" "), /Press START/);
  assert.equal(hasEarlier(empty), false);
  const running = begin(hello(0, [], { status: status({ state: "running", run: run() }) }));
  assert.match(describeEnd(running, running.history, true)[0], /on its way/);
  assert.equal(hasEarlier(begin(hello(9, [row(9)]))), true);
  assert.equal(hasEarlier(begin(hello(1, [row(1)]))), false);
  const imported = stats({ currency: "SAR", currencies: [{ ...stats(), currency: "EUR", invoice_count: 6 }] });
  assert.equal(hasEarlier(begin(hello(0, [], { stats: imported }))), true);
});
