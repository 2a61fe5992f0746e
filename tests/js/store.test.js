/** The state of a store's page: orders, figures and accounts follow the frames, and a status brings the present state. */
import assert from "node:assert/strict";
import test from "node:test";
import { describe as describeReplay } from "../../static/integrations/replay.js";
import { ORDERS_KEPT, begin, metricOf, reduce } from "../../static/orders/state.js";
import { cardsCurrency } from "../../static/orders/today.js";
import { hello, status } from "./samples.js";

/** @param {string} name @param {Partial<Wire.Order>} [overrides] @returns {Wire.Order} */
function order(name, overrides) {
  return /** @type {Wire.Order} */ ({ external_id: name, number: name, invoice_state: "invoiced", ...overrides });
}

/** @param {Partial<Wire.StoreState>} [overrides] @returns {Wire.StoreState} */
function store(overrides) {
  const state = { slug: "main", currency: "EUR", orders: [], accounts: [], order_counts: {}, metrics: [], health: null, ...overrides };
  return /** @type {Wire.StoreState} */ (state);
}

/** @param {Partial<Wire.StoreState>} [overrides] */
function page(overrides) {
  return begin(hello(0, [], { status: status({ store: store(overrides) }) }));
}

test("the order that changed last comes first, and each order is there once", () => {
  let state = page({ orders: [order("2"), order("1")] });
  state = reduce(state, { type: "order", order: order("1", { invoice_state: "restated" }) });
  assert.deepEqual(state.store.orders.map((each) => [each.external_id, each.invoice_state]), [["1", "restated"], ["2", "invoiced"]]);
});

test("a busy store keeps no more orders than a new screen gets", () => {
  let state = page();
  for (let name = 1; name <= ORDERS_KEPT + 5; name += 1) state = reduce(state, { type: "order", order: order(String(name)) });
  assert.equal(state.store.orders.length, ORDERS_KEPT);
  assert.equal(state.store.orders[0]?.external_id, String(ORDERS_KEPT + 5));
});

test("a metric replaces the one of its name and currency", () => {
  let state = page({ metrics: [{ name: "refunds", value: "1.00", currency: "EUR" }, { name: "refunds", value: "2.00", currency: "USD" }] });
  state = reduce(state, { type: "metric", name: "refunds", value: "3.00", currency: "EUR" });
  assert.deepEqual(["EUR", "USD", "SEK"].map((code) => metricOf(state.store, "refunds", code)), ["3.00", "2.00", null]);
});

test("a status brings the present state, and rows of the feed change nothing of the store", () => {
  const before = page({ orders: [order("1")] });
  const after = reduce(before, { type: "status", status: status({ store: store({ orders: [order("2"), order("1")] }) }) });
  assert.equal(after.store.orders.length, 2);
  assert.equal(reduce(after, { type: "invoice", seq: after.lastSeq + 1, invoice: null }).store, after.store);
});

test("the cards have the currency of the store, or else the one with the most orders", () => {
  const metrics = [{ name: "orders_count", value: 2, currency: "USD" }, { name: "orders_count", value: 5, currency: "SEK" }];
  assert.equal(cardsCurrency(store({ metrics })), "SEK");
  assert.equal(cardsCurrency(store({ metrics: [...metrics, { name: "orders_count", value: 0, currency: "EUR" }] })), "EUR");
  assert.equal(cardsCurrency(store()), "EUR");
});

test("a dry run is said in the words of the contract", () => {
  assert.equal(describeReplay({ nothing: 12, update: 3, issue: 1, credit: 0 }), "It would change nothing 12, update 3, issue 1, credit 0.");
});
