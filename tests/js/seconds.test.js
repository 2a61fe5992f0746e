import assert from "node:assert/strict";
import { test } from "node:test";

import {
  CARD_VALUES,
  SECONDS_KEPT,
  addSecond,
  chartColumns,
  condense,
  fromHistory,
  sparkArea,
  sparkPath,
} from "../../static/streaming/seconds.js";
import { run } from "./samples.js";

const zero = { issued: 0, count: 0, lastSeq: 0, backlog: 0, total: 0, vat: 0 };

/** @param {number} at @param {Partial<import("../../static/streaming/seconds.js").Sample>} [more] */
const sample = (at, more) => ({ at, issued: 1, shown: 1, backlog: 0, count: 1, total: 100, vat: 15, ...more });

test("a second is the difference of two readings", () => {
  const samples = addSecond([], 10, zero, { issued: 5, count: 5, lastSeq: 2, backlog: 3, total: 575, vat: 75 });
  assert.deepEqual(samples, [{ at: 10, issued: 5, shown: 2, backlog: 3, count: 5, total: 575, vat: 75 }]);
});

test("what came while a timer was late is spread over the seconds it left out", () => {
  const one = addSecond([], 10, zero, zero);
  const spread = addSecond(one, 12, zero, { ...zero, issued: 10, count: 10, lastSeq: 4 });
  assert.deepEqual(spread.map(({ at, issued, shown }) => [at, issued, shown]), [
    [10, 0, 0],
    [11, 5, 2],
    [12, 5, 2],
  ]);
  assert.equal(addSecond(one, 60, zero, { ...zero, issued: 10, count: 10 }).length, 2);
});

test("a purge issues nothing, rather than less than nothing", () => {
  const [only] = addSecond([], 10, { ...zero, issued: 900, count: 900, total: 9 }, zero);
  assert.deepEqual([only?.issued, only?.total], [0, 0]);
});

test("a second is taken once, and no more than an hour is kept", () => {
  const one = addSecond([], 10, zero, zero);
  assert.equal(addSecond(one, 10, zero, zero), one);
  let many = one;
  for (let at = 11; at < SECONDS_KEPT + 100; at += 1) many = addSecond(many, at, zero, zero);
  assert.equal(many.length, SECONDS_KEPT);
});

test("the server's history keeps the amounts that only the page has seen", () => {
  const items = [
    { at: "1970-01-01T00:00:10Z", issued: 4, shown: 2, backlog: 9, invoice_count: null, total_amount: null, vat_amount: null },
    { at: "1970-01-01T00:00:11Z", issued: 4, shown: 2, backlog: 11, invoice_count: 4, total_amount: "7.50", vat_amount: "1.00" },
    { at: "1970-01-01T00:00:12Z", issued: 4, shown: 2, backlog: 13, invoice_count: null, total_amount: null, vat_amount: null },
  ];
  const samples = fromHistory(items, [sample(10, { total: 42 })]);
  assert.deepEqual(samples.map(({ at, issued, total }) => [at, issued, total]), [
    [10, 4, 42],
    [11, 4, 7.5],
    [12, 4, null],
  ]);
});

test("a sparkline sums its steps and leaves gaps where nothing is known", () => {
  const samples = [sample(100), sample(101), sample(106), sample(109, { total: null })];
  assert.deepEqual(condense(samples, 110, 10, 5, CARD_VALUES.count ?? (() => null)), [2, null, null, 1, 1]);
  assert.deepEqual(condense(samples, 110, 10, 5, CARD_VALUES.total ?? (() => null)), [200, null, null, 100, null]);
});

test("an average needs an invoice", () => {
  assert.equal(CARD_VALUES.average?.([sample(1, { count: 0, total: 0 })]), null);
  assert.equal(CARD_VALUES.average?.([sample(1, { count: 2, total: 300 })]), 150);
});

test("a sparkline starts a new stroke after a gap, and draws nothing of nothing", () => {
  assert.equal(sparkPath([1, null, 2]), "M0.0 14.5M100.0 2.0");
  assert.equal(sparkPath([0, null, 0]), "");
  assert.equal(sparkPath([2, -2]), "M0.0 2.0L100.0 27.0");
  assert.equal(sparkPath([-1]), "M0.0 27.0");
  assert.equal(sparkArea([1, 2, null]), "M0.0 28L0.0 14.5L50.0 2.0L50.0 28Z");
});

test("the chart reaches back to the start of the run, and at least some minutes", () => {
  const samples = Array.from({ length: 1000 }, (_, at) => sample(at));
  const startedAt = new Date(500_000).toISOString();
  assert.equal(chartColumns(samples, 999, 60, run({ started_at: startedAt }))[0][0], 495);
  assert.equal(chartColumns(samples, 999, 60, null)[0][0], 939);
});

test("the chart's rates are means, so that five a second read as five", () => {
  const samples = [4, 6, 5, 4, 6, 5].map((issued, at) => sample(at, { issued }));
  assert.deepEqual(chartColumns(samples, 6, 60, null)[1].slice(-2), [5, 5.2]);
});
