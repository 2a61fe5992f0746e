/** The state of the dashboard: its feed, and the lists of invoices around the shown rows. Pure. */
import { beginLists, hangBelow, reduceLists } from "../invoices/list.js";
import { beginFeed, reduceFeed } from "../streaming/feed.js";

/**
 * @typedef {import("../invoices/list.js").ListedFeed} State
 * @typedef {import("../streaming/feed.js").FeedEvent} FeedEvent
 * @typedef {import("../invoices/list.js").ListEvent} ListEvent
 */

/** @param {Wire.Hello} hello @param {string[]} [controls] of the feed @param {string} [wantedCurrency] @returns {State} */
export function begin(hello, controls, wantedCurrency) {
  return { ...beginFeed(hello, controls, wantedCurrency), ...beginLists() };
}

/** @param {State} state @param {FeedEvent | ListEvent} event @returns {State} */
export function reduce(state, event) {
  const [feedEvent, listEvent] = [/** @type {FeedEvent} */ (event), /** @type {ListEvent} */ (event)];
  return reduceLists(hangBelow(reduceFeed(state, feedEvent), state.rows), listEvent);
}
