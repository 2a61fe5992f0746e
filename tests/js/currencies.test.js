import assert from "node:assert/strict";
import { test } from "node:test";

import { begin, reduce } from "../../static/dashboard/state.js";
import { countAll, figuresIn, otherFigures } from "../../static/streaming/currencies.js";
import { addSecond, readFigures } from "../../static/streaming/seconds.js";
import { hello, stats } from "./samples.js";

/** @param {Record<string, number>} counts of invoices by currency @param {Partial<Wire.Stats>} [more] */
function held(counts, more) {
  const currencies = Object.entries(counts).map(([currency, count]) => ({
    currency,
    invoice_count: count,
    subtotal_amount: `${count}00.00`,
    vat_amount: `${count}0.00`,
    total_amount: `${count}10.00`,
    average_amount: "110.00",
  }));
  const own = currencies.find((each) => each.currency === "SAR");
  return stats({ ...own, currencies, ...more });
}

/** @param {Wire.Stats} first @param {string} [wanted] */
const open = (first, wanted) => begin(hello(0, [], { stats: first }), [], wanted);

test("the only currency of a feed is shown although it is not the default", () => {
  assert.equal(open(held({ EUR: 1 })).currency, "EUR");
});

test("the default currency is shown when the feed holds it, or nothing", () => {
  assert.equal(open(held({ EUR: 9, SAR: 1 })).currency, "SAR");
  assert.equal(open(held({})).currency, "SAR");
});

test("without the default currency the one with the most invoices is shown", () => {
  assert.equal(open(held({ EUR: 117, GBP: 10306, JPY: 3 })).currency, "GBP");
});

test("the currency in the address is shown as soon as the feed holds it", () => {
  const empty = open(held({}), "EUR");
  assert.equal(empty.currency, "EUR");
  const other = reduce(empty, { type: "stats", stats: held({ GBP: 1 }) });
  assert.equal(other.currency, "GBP");
  assert.equal(reduce(other, { type: "stats", stats: held({ GBP: 1, EUR: 1 }) }).currency, "EUR");
});

test("the shown currency stays when another one gets more invoices", () => {
  const state = open(held({ EUR: 5, GBP: 4 }));
  assert.equal(reduce(state, { type: "stats", stats: held({ EUR: 5, GBP: 6 }) }).currency, "EUR");
});

test("a choice outlives new totals and a new hello", () => {
  const chosen = reduce(open(held({ EUR: 5, GBP: 4 })), { type: "currency", currency: "GBP" });
  const state = reduce(chosen, hello(0, [], { stats: held({ EUR: 9, GBP: 4 }), epoch: "another" }));
  assert.deepEqual([chosen.currency, state.currency], ["GBP", "GBP"]);
});

test("totals are those of one currency, and the others stand apart", () => {
  const found = held({ EUR: 2, JPY: 3 });
  assert.equal(figuresIn(found, "JPY").total_amount, "310.00");
  assert.equal(figuresIn(found, "USD").total_amount, "0.00");
  assert.deepEqual(otherFigures(found, "EUR").map((each) => each.currency), ["JPY"]);
  assert.equal(countAll(found), 5);
});

test("a second has the invoices of all currencies and the amounts of the shown one", () => {
  const before = readFigures(open(held({ EUR: 2, JPY: 3 }), "EUR"));
  const after = readFigures(open(held({ EUR: 3, JPY: 5 }), "EUR"));
  const [second] = addSecond([], 10, before, after);
  assert.deepEqual([second?.issued, second?.count, second?.total, second?.vat], [3, 1, 100, 10]);
});
