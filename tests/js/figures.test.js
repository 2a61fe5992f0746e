import assert from "node:assert/strict";
import { test } from "node:test";

import { toCsv } from "../../static/analytics/acts.js";
import { DEFAULT, formatAddress, parseAddress, withFilter } from "../../static/analytics/address.js";
import { askBreakdown, askDocuments, askFigures, askPeople, documentsOf, whyNot } from "../../static/analytics/ask.js";
import { bucketText, changeOf, daysText, heldText, valueText } from "../../static/analytics/labels.js";
import { addDays, dayIn, daysOf, daysOfBucket, grainOf, grainsOf, isDay, moved, zonesLike } from "../../static/analytics/ranges.js";
import { bucketsOf, isEmpty, membersOf, shownCurrency } from "../../static/analytics/reading.js";
import { Refresher } from "../../static/analytics/refresh.js";
import { boundsOf, ticksOf, whenOf } from "../../static/analytics/series.js";
import { begin, reduce } from "../../static/analytics/state.js";

const TODAY = "2026-03-15";
const ADDRESS = { ...DEFAULT, range: "", from: "2026-03-01", to: "2026-03-31" };
const HOME = { dimension: "category", members: ["Home"], isNot: false };
const MUG = { dimension: "product", members: ["MUG"], isNot: false };

/** @param {string} name @param {Partial<Figures.Metric>} [more] @returns {Figures.Metric} */
const metric = (name, more = {}) => ({
  name, title: name, says: "", unit: "money", additive: true, over: null, has_documents: true,
  grains: ["hour", "day", "week", "month", "quarter", "year"], dimensions: ["category", "product", "currency", "feed", "store"], ...more,
});
const METRICS = [
  metric("revenue"),
  metric("transactions", { unit: "count", dimensions: ["currency", "feed", "store"] }),
  metric("avg_order_value", { additive: false, has_documents: false, over: ["revenue", "transactions"], dimensions: ["currency", "feed", "store"] }),
  metric("unique_customers", { unit: "count", additive: false, has_documents: false, grains: ["day", "week", "month"], dimensions: ["currency", "store"] }),
];
const NAMES = METRICS.map(({ name }) => name);
/** @param {Partial<Figures.Address>} [change] */
const page = (change = {}) => ({ address: { ...ADDRESS, ...change }, today: TODAY, metrics: METRICS });
/** @param {string} asked */
const parameters = (asked) => Object.fromEntries(new URLSearchParams(asked.split("?")[1]));

test("an address is read as it was written, and the default address is empty", () => {
  const address = { ...ADDRESS, grain: "week", metric: "refunds", compare: /** @type {const} */ ("year"), filters: [HOME, { dimension: "feed", members: ["demo", "live"], isNot: true }], drill: "revenue", at: "2026-03-02T10:00:00+01:00" };
  assert.deepEqual(parseAddress(formatAddress(address)), address);
  assert.equal(formatAddress(DEFAULT), "");
  assert.deepEqual(parseAddress(""), DEFAULT);
});

test("values of an address that are not valid are left out", () => {
  const address = parseAddress("?from=2026-02-30&to=2026-03-01&grain=decade&compare=never&filter.category=&filter.DROP=1&range=ever");
  assert.deepEqual(address, DEFAULT);
  assert.deepEqual([isDay("2026-02-29"), isDay("2024-02-29"), isDay("2026-2-1")], [false, true, false]);
});

test("filters of several dimensions hold together, also in days of another zone", () => {
  const filtered = withFilter(withFilter({ ...ADDRESS, tz: "Asia/Riyadh" }, HOME), MUG);
  assert.deepEqual([filtered.tz, filtered.filters], ["Asia/Riyadh", [HOME, MUG]]);
  assert.deepEqual(withFilter(filtered, { ...MUG, members: [] }).filters, [HOME]);
  assert.deepEqual(parseAddress(formatAddress(filtered)), filtered);
});

test("a range moves with today", () => {
  assert.deepEqual(daysOf({ ...DEFAULT, range: "last-7-days" }, TODAY), { from: "2026-03-09", to: TODAY });
  assert.deepEqual(daysOf({ ...DEFAULT, range: "last-month" }, TODAY), { from: "2026-02-01", to: "2026-02-28" });
});

test("the period before a month is the month before; others move by their length", () => {
  assert.deepEqual(moved({ from: "2026-03-01", to: "2026-03-31" }, -1), { from: "2026-02-01", to: "2026-02-28" });
  assert.deepEqual(moved({ from: "2026-01-01", to: "2026-12-31" }, -1), { from: "2025-01-01", to: "2025-12-31" });
  assert.deepEqual(moved({ from: "2026-03-02", to: "2026-03-08" }, 1), { from: "2026-03-09", to: "2026-03-15" });
});

test("days are steps of the calendar, also where clocks change", () => {
  assert.equal(addDays("2026-03-28", 2), "2026-03-30");
  assert.equal(dayIn(Date.parse("2026-03-01T02:00:00Z"), "America/New_York"), "2026-02-28");
});

test("the grain fits the range", () => {
  const days = { from: "2026-03-01", to: "2026-03-31" };
  assert.equal(grainOf(ADDRESS, days), "day");
  assert.equal(grainOf({ ...ADDRESS, grain: "hour", filters: [HOME] }, days), "hour");
  assert.equal(grainOf(ADDRESS, { from: "2026-03-01", to: "2026-03-01" }), "hour");
  assert.deepEqual(grainsOf({ from: "2010-01-01", to: "2026-12-31" }), ["month", "quarter", "year"]);
  assert.deepEqual(daysOfBucket("2026-03-01", "month", { from: "2026-03-10", to: "2026-03-20" }), { from: "2026-03-10", to: "2026-03-20" });
  assert.deepEqual(daysOfBucket("2026-03-02", "week", days), { from: "2026-03-02", to: "2026-03-08" });
});

test("a call asks for the metrics that can follow the filters alone", () => {
  assert.equal(parameters(askFigures(page(), NAMES)).metric, "revenue,transactions,avg_order_value");
  const filtered = parameters(askFigures(page({ filters: [HOME] }), NAMES));
  assert.deepEqual([filtered.metric, filtered["filter.category"], filtered.compare], ["revenue", "Home", "previous"]);
  assert.equal(askPeople(page({ filters: [HOME] }), NAMES), "");
  assert.equal(parameters(askPeople(page({ grain: "hour", from: "2026-03-01", to: "2026-03-01" }), NAMES)).grain, "day");
});

test("a breakdown falls back to revenue and to a dimension that it has", () => {
  assert.equal(parameters(askBreakdown(page({ metric: "transactions" }))).metric, "revenue");
  assert.equal(parameters(askBreakdown(page({ by: "country" }))).by, "category,currency");
});

test("products of many invoices are broken down by whole months, without a comparison", () => {
  const state = page({ by: "product", from: "2026-03-05", convert: "EUR" });
  const few = parameters(askBreakdown(state));
  assert.deepEqual([few.from, few.compare, few.convert], ["2026-03-05", "previous", "EUR"]);
  const parts = { figures: { answer: { ...ANSWER, totals: [{ currency: "SAR", transactions: 20_000 }, { currency: "EUR", transactions: 9000 }] } } };
  const many = parameters(askBreakdown({ ...state, parts }));
  assert.deepEqual([many.from, many.to, many.compare, many.convert], ["2026-03-01", "2026-03-31", undefined, undefined]);
});

test("the documents of a bucket are those of its days and of the shown currency", () => {
  const asked = parameters(askDocuments(page({ grain: "week" }), "avg_order_value", "2026-03-30", "SAR"));
  assert.deepEqual([asked.metric, asked.from, asked.to, asked.currency], ["revenue", "2026-03-30", "2026-03-31", "SAR"]);
  const hour = parameters(askDocuments(page({ grain: "hour" }), "revenue", "2026-10-25T02:00:00+01:00", "SAR"));
  assert.deepEqual([hour.from, hour.to], ["2026-10-25T01:00:00.000Z", "2026-10-25T02:00:00.000Z"]);
  assert.equal(documentsOf(page(), "unique_customers"), "");
});

/** @type {Figures.Answer} */
const ANSWER = {
  data: [
    { date: "2026-03-01", currency: "EUR", revenue: "5.00" },
    { date: "2026-03-01", currency: "SAR", revenue: "7.00" },
  ],
  totals: [{ currency: "EUR", revenue: "5.00" }, { currency: "SAR", revenue: "7.00" }],
  comparison: { range: { from: "2026-02-28", to: "2026-02-28" }, data: [{ date: "2026-02-28", currency: "SAR", revenue: "6.00" }], totals: [{ currency: "SAR", revenue: "6.00" }] },
  metadata: { range: { from: "2026-03-01", to: "2026-03-01" }, timezone: "UTC", as_of: "2026-03-15T10:00:00.5Z", folded_to: {}, complete_until: "2026-03-15T10:00:00.5Z", query_time_ms: 1, cache_hit: false, engine: "postgres" },
};

test("rows of another currency are left out, and each bucket stands beside the earlier one", () => {
  const [bucket] = bucketsOf(ANSWER, "revenue", "SAR");
  assert.deepEqual([bucket?.value, bucket?.earlier], ["7.00", "6.00"]);
  assert.equal(bucketsOf(ANSWER, "revenue", "EUR")[0]?.earlier, null);
  const longer = { ...ANSWER, data: [...ANSWER.data, { date: "2026-03-02", currency: "SAR", revenue: "8.00" }] };
  assert.equal(bucketsOf(longer, "revenue", "SAR")[0]?.earlier, undefined);
  assert.deepEqual([shownCurrency(ANSWER, "", "SAR"), shownCurrency(ANSWER, "", "GBP"), shownCurrency(ANSWER, "EUR", "SAR")], ["SAR", "EUR", "EUR"]);
});

test("an answer is empty when every total is nothing", () => {
  assert.equal(isEmpty(ANSWER), false);
  assert.equal(isEmpty({ ...ANSWER, totals: [{ currency: "SAR", revenue: "0.00", transactions: 0, avg_order_value: null }] }), true);
});

test("members are ranked by their value", () => {
  const answer = { ...ANSWER, comparison: null, totals: [{ currency: "SAR", category: "Home", revenue: "9.00" }, { currency: "SAR", category: "(none)", revenue: "10.00" }] };
  assert.deepEqual(membersOf(answer, "category", "revenue", "SAR").map(({ member }) => member), ["(none)", "Home"]);
});

test("an answer to an older question is not taken, nor an older answer to the same one", () => {
  const first = { now: "2026-03-15T10:00:00Z", timezone: "UTC", metrics: METRICS };
  let state = begin(/** @type {any} */ (first), ADDRESS, 0);
  assert.equal(state.today, TODAY);
  state = reduce(state, { type: "ask", part: "figures", asked: "b" });
  assert.equal(reduce(state, { type: "answer", part: "figures", asked: "a", answer: ANSWER, now: 0 }), state);
  state = reduce(state, { type: "answer", part: "figures", asked: "b", answer: ANSWER, now: 0 });
  const older = { ...ANSWER, metadata: { ...ANSWER.metadata, as_of: "2026-03-15T10:00:00.49Z" } };
  assert.equal(reduce(state, { type: "answer", part: "figures", asked: "b", answer: older, now: 0 }), state);
});

test("the zone of the answer decides which day is today", () => {
  const first = { now: "2026-03-15T23:30:00Z", timezone: "UTC", metrics: METRICS };
  let state = reduce(begin(/** @type {any} */ (first), ADDRESS, 0), { type: "ask", part: "figures", asked: "a" });
  const answer = { ...ANSWER, metadata: { ...ANSWER.metadata, timezone: "Asia/Riyadh" } };
  state = reduce(state, { type: "answer", part: "figures", asked: "a", answer, now: 0 });
  assert.equal(state.today, "2026-03-16");
});

/** A refresher on a clock of its own. @param {(() => Promise<boolean>)[]} answers */
function makeRefresher(answers) {
  const world = { now: 0, asked: /** @type {number[]} */ ([]), plans: /** @type {{ at: number, act: () => void }[]} */ ([]), isSeen: true };
  const refresher = new Refresher({
    ask: () => {
      world.asked.push(world.now);
      return (answers.shift() ?? (async () => true))();
    },
    periodMs: 1000,
    isSeen: () => world.isSeen,
    now: () => world.now,
    later: (act, ms) => world.plans.push({ at: world.now + ms, act }),
  });
  /** @param {number} until */
  const pass = async (until) => {
    for (;;) {
      const [plan] = world.plans.sort((one, other) => one.at - other.at);
      if (!plan || plan.at > until) break;
      world.plans.shift();
      world.now = plan.at;
      plan.act();
      await new Promise(setImmediate);
    }
    world.now = until;
  };
  return { world, refresher, pass };
}

test("many messages make one call a period, and none stays unanswered", async () => {
  const { world, refresher, pass } = makeRefresher([]);
  for (let at = 0; at < 2500; at += 100) {
    refresher.changed();
    await pass(at);
  }
  await pass(10_000);
  assert.deepEqual(world.asked, [0, 1000, 2000, 3000]);
});

test("an answer that is not complete is asked again, less and less often", async () => {
  const { world, refresher, pass } = makeRefresher([async () => false, async () => false, () => Promise.reject(new Error("away"))]);
  refresher.changed();
  await pass(20_000);
  assert.deepEqual(world.asked, [0, 1000, 3000, 6000]);
});

test("a page that is not seen asks nothing until it is", async () => {
  const { world, refresher, pass } = makeRefresher([]);
  world.isSeen = false;
  refresher.changed();
  await pass(5000);
  assert.deepEqual(world.asked, []);
  world.isSeen = true;
  refresher.seen();
  await pass(6000);
  assert.deepEqual(world.asked, [5000]);
});

test("values are written from their text, and what is not known is a dash", () => {
  assert.equal(valueText("12345678901234.50", "money", "SAR", "en-US"), "12,345,678,901,234.50");
  assert.deepEqual([valueText(null, "money", "SAR"), valueText(1234, "count", "SAR", "en-US"), valueText("0.1234", "share", "SAR", "en-US"), valueText("2.5", "quantity", "SAR", "en-US")], ["–", "1,234", "12.34%", "2.5"]);
  assert.equal(heldText({ rows: 3, amount: [{ currency: "SAR", amount: "412.00" }] }, "en-US"), "3 held (SAR 412.00)");
  assert.equal(heldText({ rows: 0 }), "");
});

test("a change says how much, and whether it is good", () => {
  assert.deepEqual(changeOf("150.00", "100.00", "revenue", "en-US"), { text: "50.0%", way: "up", isGood: true });
  assert.deepEqual(changeOf("150.00", "100.00", "refunds", "en-US"), { text: "50.0%", way: "up", isGood: false });
  assert.deepEqual(changeOf("1.00", "0.00", "vat", "en-US"), { text: "from 0", way: "up", isGood: null });
  assert.deepEqual(changeOf("-50.00", "-100.00", "revenue", "en-US"), { text: "from below 0", way: "up", isGood: true });
  assert.equal(changeOf(null, "1.00", "revenue"), null);
});

test("buckets have the store's days in every zone", () => {
  const row = { currency: null, date: "2026-03-02", label: "2026-W10" };
  assert.equal(bucketText(row, "day", "en-US"), "Mon, Mar 2, 2026");
  assert.equal(bucketText(row, "week", "en-US"), "2026-W10, from Mar 2");
  assert.equal(bucketText({ ...row, date: "2026-10-25T02:00:00+01:00", offset: "+01:00" }, "hour", "en-US"), "Oct 25, 02:00 +01:00");
  assert.equal(daysText({ from: "2026-03-01", to: "2026-03-01" }, "en-US"), "Mar 1, 2026");
});

test("the bucket that is still going on is not over, and later ones are to come", () => {
  assert.deepEqual(["2026-03-14", "2026-03-15", "2026-03-16"].map((day) => whenOf(day, "day", TODAY, 0)), ["past", "now", "future"]);
  const now = Date.parse("2026-03-15T10:30:00Z");
  assert.deepEqual(["09", "10", "11"].map((hour) => whenOf(`2026-03-15T${hour}:00:00+00:00`, "hour", TODAY, now)), ["past", "now", "future"]);
});

test("the axis has zero and the labels do not touch", () => {
  assert.deepEqual(boundsOf([[null, 100], [-50]]), [-54, 108]);
  assert.deepEqual(boundsOf([[null]]), [0, 1]);
  /** @param {number} count */
  const buckets = (count) => Array.from({ length: count }, (_, at) => ({ row: { currency: null, date: `2026-03-0${1 + Math.floor(at / 24)}T${String(at % 24).padStart(2, "0")}:00:00Z` }, value: 0, earlier: undefined, when: /** @type {const} */ ("past") }));
  assert.deepEqual(ticksOf(buckets(10), "day", 4), [0, 3, 6, 9]);
  assert.deepEqual(ticksOf(buckets(72), "hour", 4), [0, 24, 48]);
});

test("a CSV file has exact values, and no cell is a formula", () => {
  const rows = [{ date: "2026-03-01", label: "2026-03-01", currency: "SAR", revenue: "-12.00", category: '=SUM(A1,"x")' }];
  assert.equal(toCsv(rows, ["revenue", "category"]), 'date,label,currency,revenue,category\r\n2026-03-01,2026-03-01,SAR,-12.00,"\'=SUM(A1,""x"")"\r\n');
});

test("days of another zone leave customers out, who are known by days of the store", () => {
  const state = page({ tz: "Asia/Riyadh" });
  assert.equal(parameters(askFigures(state, ["revenue", "transactions"])).metric, "revenue,transactions");
  assert.equal(askPeople(state, ["unique_customers"]), "");
  const [customers] = METRICS.slice(-1);
  assert.ok(customers);
  assert.equal(whyNot(customers, state.address, "day"), "available by days of the store only");
});

test("only zones that differ by whole hours are offered", () => {
  const zones = zonesLike("UTC", "2026-03-01");
  assert.deepEqual([zones.includes("Asia/Riyadh"), zones.includes("America/New_York"), zones.includes("Asia/Kathmandu")], [true, true, false]);
});

test("refunds by the date of the sale are asked for, and say what they cannot follow", () => {
  const refunds = metric("refunds");
  const state = { ...page({ dated: "sale", metric: "refunds" }), metrics: [...METRICS, refunds] };
  assert.deepEqual(parameters(askFigures(state, ["revenue", "refunds"])).dated, "sale");
  assert.equal(parameters(askFigures(state, ["revenue"])).dated, undefined);
  assert.equal(parameters(askDocuments(state, "refunds", "", "SAR")).dated, "sale");
  assert.equal(parameters(askBreakdown(state)).metric, "revenue");
  const filtered = { ...state, address: { ...state.address, filters: [HOME] } };
  assert.equal(whyNot(refunds, filtered.address, "day"), "not available by category and date of sale");
  assert.equal(parameters(askFigures(filtered, ["revenue", "refunds"])).metric, "revenue");
  assert.equal(parseAddress("?dated=never").dated, "");
});
