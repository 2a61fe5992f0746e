/**
 * The lists of invoices around a feed's shown rows: the history below them, and a search instead of them. Pure.
 *
 * Guarantee: history begins right below the oldest shown row, or it is closed.
 */
import * as pages from "./pages.js";

/**
 * @typedef {import("./pages.js").Pages} Pages
 * @typedef {import("../streaming/feed.js").Feed} Feed
 * @typedef {object} Lists
 * @property {Pages} history what was issued before the shown rows
 * @property {Pages} search what the reader looks for instead; open while they do
 * @property {number} opened how many lists were opened so far
 *
 * @typedef {{ type: "history-open" } | { type: "search", query: Record<string, string> | null } | PageEvent} ListEvent
 * @typedef {{ type: "page-start", id: number, index: number }
 *   | { type: "page", id: number, index: number, page: Wire.Page }
 *   | { type: "page-failed", id: number, index: number, detail: string }
 *   | { type: "page-retry", id: number }
 *   | { type: "pages-drop", id: number, index: number }
 * } PageEvent events of the list with that id; those of a list that was closed meanwhile change nothing
 *
 * @typedef {Feed & Lists} ListedFeed
 * @typedef {import("../ui/store.js").StoreOf<ListedFeed, import("../streaming/feed.js").FeedEvent | ListEvent>} ListStore
 */

/** @returns {Lists} */
export function beginLists() {
  return { history: pages.closePages(), search: pages.closePages(), opened: 0 };
}

/** The state after an event of its lists. @template {ListedFeed} State @param {State} state @param {ListEvent} event @returns {State} */
export function reduceLists(state, event) {
  switch (event.type) {
    case "history-open":
      return openHistory(state);
    case "search":
      return search(state, event.query);
    default:
      return reducePages(state, event);
  }
}

/**
 * Closes history when the row that it hangs below went, or when it was opened below no invoice and rows came.
 * @template {ListedFeed} State @param {State} state @param {Wire.Row[]} before the rows before the event @returns {State}
 */
export function hangBelow(state, before) {
  if (!state.history.open || state.rows === before) return state;
  const hangs = state.history.query.before !== undefined && state.rows.at(-1) === before.at(-1);
  return hangs ? state : { ...state, history: pages.closePages() };
}

/** @template {ListedFeed} State @param {State} state @param {PageEvent} event @returns {State} */
function reducePages(state, event) {
  if (!event.id) return state;
  if (event.id === state.history.id) return { ...state, history: reduceList(state.history, event) };
  if (event.id === state.search.id) return { ...state, search: reduceList(state.search, event) };
  return state;
}

/** @param {Pages} list @param {PageEvent} event @returns {Pages} */
function reduceList(list, event) {
  switch (event.type) {
    case "page-start":
      return pages.startPage(list, event.index);
    case "page":
      return pages.addPage(list, event.index, event.page);
    case "page-failed":
      return pages.failPage(list, event.index, event.detail);
    case "page-retry":
      return pages.retryPages(list);
    case "pages-drop":
      return pages.dropFarPages(list, event.index);
  }
}

/** @template {ListedFeed} State @param {State} state @returns {State} */
function openHistory(state) {
  if (state.history.open) return state;
  const before = oldestNumber(state.rows);
  const opened = state.opened + 1;
  return { ...state, opened, history: pages.openPages(opened, before === null ? {} : { before }) };
}

/** @template {ListedFeed} State @param {State} state @param {Record<string, string> | null} query null ends the search @returns {State} */
function search(state, query) {
  if (query === null) return state.search.open ? { ...state, search: pages.closePages() } : state;
  const opened = state.opened + 1;
  return { ...state, opened, search: pages.openPages(opened, query) };
}

/** The oldest shown row that still has an invoice. @param {Wire.Row[]} rows */
function oldestNumber(rows) {
  return rows.findLast((row) => row.invoice)?.invoice?.invoice_number ?? null;
}

/**
 * What the grid lists: the shown rows and the history below them, or the results of a search.
 * @param {ListedFeed} state @returns {{ rows: Wire.Row[], pages: Pages }}
 */
export function listed(state) {
  return state.search.open ? { rows: [], pages: state.search } : { rows: state.rows, pages: state.history };
}

/**
 * A row of the list: shown rows have a sequence number, those of history have none. Undefined: not here yet.
 * @param {ReturnType<typeof listed>} list @param {number} at
 * @returns {{ seq: number | null, invoice: Wire.Invoice | null } | undefined}
 */
export function listedRow(list, at) {
  if (at < list.rows.length) return list.rows[at];
  const invoice = pages.invoiceAt(list.pages, at - list.rows.length);
  return invoice === undefined ? undefined : { seq: null, invoice };
}
