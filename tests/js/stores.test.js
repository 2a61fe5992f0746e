import assert from "node:assert/strict";
import { test } from "node:test";

import { begin, countAttention, PAGE, reduce, totals, visible } from "../../static/stores/state.js";

/** @param {string} slug @param {Partial<Stores.Card>} [changes] @returns {Stores.Card} */
const card = (slug, changes) => ({
  slug, name: slug, platform: "woocommerce", platform_name: "WooCommerce", domain: `${slug}.example`, status: "active",
  currency: "EUR", is_demo: false, today: { day: "2026-11-30", gross: "0.00", orders: 0 }, days: ["0.00"], health: "ok",
  needs_attention: false, act: null, says: [], webhooks: { missed: 0, healed: 0, healed_at: null }, ...changes,
});

/** @param {string} gross @param {number} orders */
const today = (gross, orders) => ({ today: { day: "2026-11-30", gross, orders } });

const AS_OF = "2026-11-30T14:05:00.000000Z";
/** @param {Stores.Card[]} items */
const page = (...items) => begin({ as_of: AS_OF, items, is_whole: true, may_connect: true }, 0);
/** @param {(Stores.Card | Stores.Gone)[]} items */
const changed = (...items) => /** @type {const} */ ({ type: "frame", now: 0, frame: { type: "stores", as_of: AS_OF, items } });

test("stores that need attention come first, then by name", () => {
  const state = page(card("zoo", { needs_attention: true }), card("beta"), card("alpha"));
  assert.deepEqual(state.order, ["zoo", "alpha", "beta"]);
  assert.equal(countAttention(state), 1);
});

test("a store that begins to need attention moves to the top at once", () => {
  const state = reduce(page(card("alpha"), card("beta")), changed(card("beta", { needs_attention: true })));
  assert.deepEqual(state.order, ["beta", "alpha"]);
});

test("figures reorder the cards only when it is time", () => {
  const sorted = reduce(page(card("alpha", today("5.00", 1)), card("beta")), { type: "sort", sort: "gross" });
  const state = reduce(sorted, changed(card("beta", today("9.00", 1))));
  assert.deepEqual(state.order, ["alpha", "beta"]);
  assert.deepEqual(reduce(state, { type: "resort" }).order, ["beta", "alpha"]);
});

test("a store that is gone leaves, and a new one comes", () => {
  const state = reduce(page(card("alpha")), changed({ slug: "alpha", status: "erased" }, card("beta")));
  assert.deepEqual(state.order, ["beta"]);
});

test("a hello replaces all that is known", () => {
  /** @type {Stores.Frame} */
  const frame = { type: "hello", as_of: AS_OF, items: [card("beta")] };
  assert.deepEqual(reduce(page(card("alpha")), { type: "frame", now: 0, frame }).order, ["beta"]);
});

test("a store without a shop is shown once it has sales", () => {
  const manual = { platform: "manual" };
  assert.deepEqual(page(card("main", manual)).order, []);
  assert.deepEqual(page(card("main", { ...manual, days: ["0.00", "3.00"] })).order, ["main"]);
});

test("totals are exact, by currency, and without demonstration stores", () => {
  const state = page(card("one", today("0.10", 1)), card("two", today("0.20", 2)), card("three", { ...today("-5.00", 0), currency: "USD" }), card("demo", { ...today("9.00", 9), is_demo: true }));
  assert.deepEqual(totals(state), [
    { currency: "EUR", gross: "0.30", orders: 3 },
    { currency: "USD", gross: "-5.00", orders: 0 },
  ]);
});

test("the search looks at name and address", () => {
  const state = page(card("cafe", { name: "Café Milano", domain: "shop.example" }));
  const isFound = (/** @type {string} */ text) => visible(reduce(state, { type: "search", text })).length === 1;
  assert.deepEqual(["CAFÉ ", "shop.ex", "berlin", ""].map(isFound), [true, true, false, true]);
});

test("a page of stores is shown, and more on request", () => {
  const names = Array.from({ length: 2 * PAGE + 1 }, (_, number) => `store-${number}`);
  const state = page(...names.map((name) => card(name)));
  const more = reduce(state, { type: "more" });
  assert.deepEqual([state, more, reduce(more, { type: "more" })].map((each) => visible(each).length), [PAGE, 2 * PAGE, 2 * PAGE + 1]);
  const found = reduce(more, { type: "search", text: "store-12" });
  assert.deepEqual(visible(found), ["store-12", "store-120"]);
  assert.equal(visible(reduce(found, { type: "search", text: "" })).length, PAGE);
});

test("a search holds for stores that come and leave", () => {
  const state = reduce(page(card("alpha"), card("beta")), { type: "search", text: "a" });
  const after = reduce(reduce(state, changed(card("gamma"))), changed({ slug: "alpha", status: "erased" }));
  assert.deepEqual(visible(after), ["beta", "gamma"]);
});

test("a page with very many stores has all of them after the hello", () => {
  const state = begin({ as_of: AS_OF, items: [card("alpha")], is_whole: false, may_connect: true }, 0);
  /** @type {Stores.Frame} */
  const frame = { type: "hello", as_of: AS_OF, items: [card("alpha"), card("beta")] };
  assert.deepEqual([state.isWhole, reduce(state, { type: "frame", now: 0, frame }).isWhole], [false, true]);
});
