import assert from "node:assert/strict";
import { test } from "node:test";

import { HOURS, hoursOf, wordsOf } from "../../static/orders/hours.js";

const NOW = Date.parse("2026-11-30T14:05:30Z");
/** @param {string} starts_at @param {number} value */
const bucket = (starts_at, value) => ({ starts_at, value });

test("the last hour is the present one, and hours without orders are there", () => {
  const hours = hoursOf([bucket("2026-11-30T14:00:00Z", 2), bucket("2026-11-29T15:00:00Z", 1)], NOW, "UTC");
  assert.equal(hours.length, HOURS);
  assert.deepEqual([hours.at(0), hours.at(1), hours.at(-1)], [
    { label: "15:00", count: 1 }, { label: "16:00", count: 0 }, { label: "14:00", count: 2 },
  ]);
});

test("currencies are counted together, and older hours are left out", () => {
  const items = [bucket("2026-11-30T13:00:00Z", 2), bucket("2026-11-30T13:00:00Z", 3), bucket("2026-11-28T13:00:00Z", 9)];
  assert.equal(hoursOf(items, NOW, "UTC").at(-2)?.count, 5);
  assert.equal(wordsOf(hoursOf(items, NOW, "UTC")), "5 in the last 24 hours, most from 13:00: 5");
});

test("hours are those of the zone of the store, also half an hour apart", () => {
  const hours = hoursOf([bucket("2026-11-30T13:30:00Z", 4)], NOW, "Asia/Kolkata");
  assert.deepEqual(hours.at(-1), { label: "19:00", count: 4 });
});

test("a store without orders says so", () => {
  assert.equal(wordsOf(hoursOf([], NOW, "Europe/Berlin")), "no order in the last 24 hours");
});
