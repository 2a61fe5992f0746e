import assert from "node:assert/strict";
import { test } from "node:test";

import * as format from "../../static/ui/format.js";

test("money keeps every digit, beyond what a floating point number holds", () => {
  assert.equal(format.formatMoney("12345678901234567890.05", "EUR", "en-US"), "12,345,678,901,234,567,890.05");
  assert.equal(format.formatMoney("9007199254740993.01", "EUR", "en-US"), "9,007,199,254,740,993.01");
});

test("money is written as the reader writes it", () => {
  assert.equal(format.formatMoney("1234.50", "EUR", "de-DE"), "1.234,50");
  assert.equal(format.formatMoney("1234.00", "JPY", "en-US"), "1,234");
  assert.equal(format.formatMoney("1234.00", "IDR", "en-US"), "1,234.00");
  assert.equal(format.formatMoney("0.00", "EUR", "en-US"), "0.00");
});

test("counts are grouped, never abbreviated", () => {
  assert.equal(format.formatCount(1234567, "en-US"), "1,234,567");
});

test("durations read like a clock", () => {
  assert.deepEqual([0, 9, 154, 3754].map(format.formatDuration), ["0:00", "0:09", "2:34", "1:02:34"]);
});

test("ages take the unit that fits", () => {
  assert.deepEqual([-1, 59, 61, 7200, 200000].map(format.formatAge), ["0 s", "59 s", "1 min", "2 h", "2 d"]);
});

test("a time is shown in the reader's zone, with the exact instant beside it", () => {
  assert.equal(format.formatTime("2026-11-21T03:54:10.123Z", "en-GB", "Asia/Riyadh"), "06:54:10");
  assert.equal(format.formatExact("2026-11-21T03:54:10.123Z"), "2026-11-21 03:54:10.123 UTC");
});

test("a rate of VAT becomes a percentage", () => {
  assert.equal(format.formatPercent("0.15", "en-US"), "15%");
  assert.equal(format.formatPercent("0.075", "en-US"), "7.5%");
  assert.equal(format.formatPercent(null), "several rates");
});

test("rates of issue and display are shown per second", () => {
  assert.deepEqual([format.formatRate(5, "en-US"), format.formatRate(0.5, "en-US")], ["5/s", "0.5/s"]);
});

test("a date names its year only when it is another one", () => {
  const now = new Date("2026-11-21T12:00:00Z");
  assert.equal(format.formatDate("2026-11-20T12:00:00Z", "en-US", "UTC", now), "Nov 20");
  assert.equal(format.formatDate("2025-01-20T12:00:00Z", "en-US", "UTC", now), "Jan 20, 2025");
});
