/** The state of a store's page: its feed, and what the store shows besides. Pure. */
import { beginFeed, reduceFeed } from "../streaming/feed.js";

/**
 * @typedef {import("../streaming/feed.js").Feed & { store: Wire.StoreState }} State
 * @typedef {import("../streaming/feed.js").FeedEvent} Event
 * @typedef {import("../ui/store.js").StoreOf<State, Event>} StorePage
 */

/** The number of orders that are shown before the reader asks for older ones; the server sends as many. */
export const ORDERS_KEPT = 20;

/** @param {Wire.Hello} hello @returns {State} */
export function begin(hello) {
  if (!hello.status.store) throw new Error(`The feed ${hello.feed} is that of no store`);
  return { ...beginFeed(hello), store: hello.status.store };
}

/** @param {State} state @param {Event} event @returns {State} */
export function reduce(state, event) {
  const next = reduceFeed(state, event);
  switch (event.type) {
    case "hello":
    case "status":
      // The server sends no status that is older than the frames before it.
      return next.status === state.status ? next : { ...next, store: next.status.store ?? next.store };
    case "order":
      return { ...next, store: { ...next.store, orders: withOrder(next.store.orders, event.order) } };
    case "account":
      return { ...next, store: { ...next.store, accounts: event.accounts, order_counts: event.order_counts } };
    case "metric":
      return { ...next, store: { ...next.store, metrics: withMetric(next.store.metrics, event) } };
    case "source":
      return { ...next, store: { ...next.store, health: event.health } };
    default:
      return next;
  }
}

/** The order that changed last comes first. @param {Wire.Order[]} orders @param {Wire.Order} order */
function withOrder(orders, order) {
  return [order, ...orders.filter((each) => each.external_id !== order.external_id)].slice(0, ORDERS_KEPT);
}

/** @param {Wire.StoreMetric[]} metrics @param {Wire.StoreMetric} metric */
function withMetric(metrics, { name, currency, value }) {
  const others = metrics.filter((each) => each.name !== name || each.currency !== currency);
  return [...others, { name, currency, value }];
}

/** The value of a metric in one currency. @param {Wire.StoreState} store @param {string} name @param {string} currency */
export function metricOf(store, name, currency) {
  return store.metrics.find((each) => each.name === name && each.currency === currency)?.value ?? null;
}
