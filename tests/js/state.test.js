import assert from "node:assert/strict";
import { test } from "node:test";

import { begin, reduce } from "../../static/dashboard/state.js";
import { listed, listedRow } from "../../static/invoices/list.js";
import { ROWS_KEPT, compareInstants, isOlder } from "../../static/streaming/feed.js";
import { hello, invoice, row, rows, run, stats, status } from "./samples.js";

/** @param {ReturnType<typeof begin>} state @param {Parameters<typeof reduce>[1][]} events */
const play = (state, ...events) => events.reduce(reduce, state);

/** @param {number} seq */
const shown = (seq) => /** @type {const} */ ({ type: "invoice", ...row(seq) });

/** @param {ReturnType<typeof begin>} state */
const seqs = (state) => state.rows.map((each) => each.seq);

test("a first hello puts the newest row on top", () => {
  assert.deepEqual(seqs(begin(hello(3, rows(1, 3)))), [3, 2, 1]);
});

test("a shown row goes on top and moves the last sequence number", () => {
  const state = play(begin(hello(3, rows(1, 3))), shown(4));
  assert.deepEqual(seqs(state), [4, 3, 2, 1]);
  assert.equal(state.lastSeq, 4);
});

test("a row that was taken in already is not doubled", () => {
  const state = play(begin(hello(3, rows(1, 3))), shown(3), shown(2));
  assert.deepEqual(seqs(state), [3, 2, 1]);
});

test("a resuming hello adds exactly what was missed", () => {
  const state = play(begin(hello(3, rows(1, 3))), hello(6, rows(4, 6)));
  assert.deepEqual(seqs(state), [6, 5, 4, 3, 2, 1]);
  assert.equal(state.clearings, 0);
});

test("a resuming hello that repeats known rows doubles none", () => {
  assert.deepEqual(seqs(play(begin(hello(3, rows(1, 3))), hello(4, rows(2, 4)))), [4, 3, 2, 1]);
});

test("a hello with reset starts again", () => {
  const state = play(begin(hello(3, rows(1, 3))), hello(900, rows(851, 900), { reset: true }));
  assert.equal(state.rows.length, 50);
  assert.equal(state.lastSeq, 900);
  assert.equal(state.clearings, 1);
});

test("a hello of another epoch starts again, also with lower numbers", () => {
  const state = play(begin(hello(300, rows(299, 300))), hello(2, rows(1, 2), { epoch: "e2" }), shown(3));
  assert.deepEqual(seqs(state), [3, 2, 1]);
});

test("a reset clears rows, waiting rows and history, and keeps the place in the feed", () => {
  const scrolled = play(begin(hello(3, rows(1, 3))), { type: "hold" }, shown(4), { type: "history-open" });
  const state = play(scrolled, { type: "reset", last_seq: 4 });
  assert.deepEqual(
    [state.rows, state.pending, state.pendingCount, state.history.open, state.following, state.lastSeq],
    [[], [], 0, false, true, 4],
  );
});

test("while the reader has scrolled away the list holds still and new rows are counted", () => {
  const before = play(begin(hello(3, rows(1, 3))), { type: "hold" });
  const state = play(before, shown(4), shown(5));
  assert.equal(state.rows, before.rows);
  assert.equal(state.pendingCount, 2);
  assert.equal(state.lastSeq, 5);
});

test("back on top, what waited joins in order", () => {
  const state = play(begin(hello(1, rows(1, 1))), { type: "hold" }, shown(2), shown(3), { type: "follow" });
  assert.deepEqual(seqs(state), [3, 2, 1]);
  assert.equal(state.pendingCount, 0);
});

test("more rows than are kept wait as a number; back on top the newest are there without a hole", () => {
  const away = play(begin(hello(1, rows(1, 1))), { type: "hold" });
  const later = rows(2, ROWS_KEPT * 2).reduce((state, each) => reduce(state, { type: "invoice", ...each }), away);
  assert.equal(later.pending.length, ROWS_KEPT);
  assert.equal(later.pendingCount, ROWS_KEPT * 2 - 1);
  const back = reduce(later, { type: "follow" });
  assert.deepEqual([back.rows[0]?.seq, back.rows.at(-1)?.seq], [ROWS_KEPT * 2, ROWS_KEPT + 1]);
});

test("twenty thousand rows leave the kept ones only", () => {
  const last = rows(1, 20_000).reduce(
    (state, each) => reduce(state, { type: "invoice", ...each }),
    begin(hello(0)),
  );
  assert.equal(last.rows.length, ROWS_KEPT);
  assert.equal(last.lastSeq, 20_000);
});

test("history hangs below the oldest row that still has an invoice", () => {
  const items = [{ seq: 1, invoice: null }, row(2), row(3)];
  assert.equal(play(begin(hello(3, items)), { type: "history-open" }).history.query.before, "DEMO-1-2");
});

test("history goes when the row it hangs below goes", () => {
  const full = play(begin(hello(ROWS_KEPT, rows(1, ROWS_KEPT))), { type: "history-open" });
  assert.equal(play(full, shown(ROWS_KEPT + 1)).history.open, false);
});

test("history opened below nothing gives way to the first shown row, so that none appears twice", () => {
  const state = play(begin(hello(0)), { type: "history-open" }, { type: "page-start", id: 1, index: 0 });
  const filled = play(state, { type: "page", id: 1, index: 0, page: { items: [invoice(1)], next: null } });
  assert.equal(play(filled, shown(1)).history.open, false);
});

test("a page of a list that was closed meanwhile is thrown away", () => {
  const asked = play(begin(hello(1, rows(1, 1))), { type: "history-open" }, { type: "page-start", id: 1, index: 0 });
  const cleared = play(asked, { type: "reset", last_seq: 1 }, { type: "history-open" });
  const state = play(cleared, { type: "page", id: 1, index: 0, page: { items: [invoice(9)], next: null } });
  assert.equal(state.history.pages.length, 0);
});

test("a search takes the place of the rows and gives it back", () => {
  const looking = play(begin(hello(2, rows(1, 2))), { type: "search", query: { q: "olive" } });
  const found = play(looking, { type: "page-start", id: 1, index: 0 }, {
    type: "page",
    id: 1,
    index: 0,
    page: { items: [invoice(1)], next: null },
  });
  assert.equal(listedRow(listed(found), 0)?.seq, null);
  assert.equal(listedRow(listed(found), 0)?.invoice?.id, 1);
  assert.equal(listed(play(found, { type: "search", query: null })).rows.length, 2);
});

test("what an earlier search found does not appear in the next one", () => {
  const first = play(begin(hello(0)), { type: "search", query: { q: "o" } }, { type: "page-start", id: 1, index: 0 });
  const second = play(first, { type: "search", query: { q: "ol" } }, { type: "page-start", id: 2, index: 0 });
  const state = play(second, { type: "page", id: 1, index: 0, page: { items: [invoice(1)], next: null } });
  assert.equal(state.search.pages.length, 0);
});

test("rows go on being taken in during a search", () => {
  const state = play(begin(hello(0)), { type: "search", query: { q: "olive" } }, shown(1));
  assert.deepEqual(seqs(state), [1]);
});

test("totals never go back to older ones", () => {
  const newer = stats({ invoice_count: 5, as_of: "2026-11-21T03:54:11.500000Z" });
  const older = stats({ invoice_count: 4, as_of: "2026-11-21T03:54:11Z" });
  const state = play(begin(hello(0)), { type: "stats", stats: newer }, { type: "stats", stats: older });
  assert.equal(state.stats.invoice_count, 5);
});

test("totals fall to nothing after a purge, which is newer", () => {
  const full = stats({ invoice_count: 5, as_of: "2026-11-21T03:54:11Z" });
  const purged = stats({ invoice_count: 0, as_of: "2026-11-21T03:54:12Z" });
  assert.equal(play(begin(hello(0, [], { stats: full })), { type: "stats", stats: purged }).stats.invoice_count, 0);
});

test("instants are ordered whatever number of fraction digits they have", () => {
  assert.equal(compareInstants("2026-11-21T03:54:10Z", "2026-11-21T03:54:10.1Z"), -1);
  assert.equal(compareInstants("2026-11-21T03:54:10.100Z", "2026-11-21T03:54:10.1Z"), 0);
  assert.equal(compareInstants("2026-11-21T03:54:11+00:00", "2026-11-21T03:54:10.999999Z"), 1);
});

test("a status overtaken by the answer to START is thrown away", () => {
  const started = status({ state: "running", run: run({ id: 2 }) });
  assert.equal(isOlder(status({ run: run({ id: 1, state: "completed" }) }), started), true);
  assert.equal(isOlder(status({ state: "running", run: run({ id: 2, issued_count: 1 }) }), started), false);
});

test("a status of a running run does not undo the stop of that run", () => {
  const stopped = status({ state: "draining", run: run({ state: "stopped", issued_count: 7 }) });
  assert.equal(isOlder(status({ state: "running", run: run({ issued_count: 7 }) }), stopped), true);
});

test("fewer shown rows mean an older status", () => {
  assert.equal(isOlder(status({}, { shown_count: 3 }), status({}, { shown_count: 4 })), true);
});

test("a purge may take the run away", () => {
  assert.equal(isOlder(status({ run: null }), status({ run: run({ state: "stopped" }) })), false);
});
