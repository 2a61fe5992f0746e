/**
 * The state of a dashboard, as a pure function of snapshot and events: `reduce(state, event)`.
 *
 * Guarantees: each sequence number is applied once and in order; numbers are never replaced by older ones; the list
 * that a reader looks at (`following` false) does not change; memory is bounded.
 */
import * as lists from "../invoices/pages.js";

/**
 * @typedef {import("../invoices/pages.js").Pages} Pages
 * @typedef {"connecting" | "connected" | "reconnecting" | "stale" | "refused"} Connection
 * @typedef {object} State
 * @property {string} feed
 * @property {string[]} controls what the feed takes: start, stop, reset, purge
 * @property {string} epoch
 * @property {number} lastSeq the last sequence number applied (or cleared)
 * @property {Wire.Stats} stats
 * @property {Wire.Status} status
 * @property {Connection} connection
 * @property {number | null} heardAt when the last frame came, ms of the reader's clock
 * @property {Wire.Row[]} rows the shown rows on screen, newest first
 * @property {boolean} following false while the reader has scrolled away: new rows wait in `pending`
 * @property {Wire.Row[]} pending newest first, the newest of them only
 * @property {number} pendingCount how many came since the reader scrolled away
 * @property {Pages} history the invoices issued before the shown rows
 * @property {Pages} search the results of the current search; open during a search
 * @property {number} opened how many lists were opened so far
 * @property {number} clearings how often the screen was cleared; a change makes the drawing restart
 */

/**
 * @typedef {Wire.Frame
 *   | { type: "connection", connection: Connection }
 *   | { type: "heard", at: number }
 *   | { type: "follow" } | { type: "hold" }
 *   | { type: "history-open" }
 *   | { type: "search", query: Record<string, string> | null }
 *   | PageEvent
 * } Event
 * @typedef {{ type: "page-start", id: number, index: number }
 *   | { type: "page", id: number, index: number, page: Wire.Page }
 *   | { type: "page-failed", id: number, index: number, detail: string }
 *   | { type: "page-retry", id: number }
 *   | { type: "pages-drop", id: number, index: number }
 * } PageEvent events of the list with that id; events of a closed list are ignored
 */

/** Shown rows kept; older ones are reached as history. */
export const ROWS_KEPT = 500;

/** @param {Wire.Hello} hello @param {string[]} controls of the feed @returns {State} */
export function begin(hello, controls = []) {
  return {
    feed: hello.feed,
    controls,
    epoch: hello.epoch,
    lastSeq: hello.last_seq,
    stats: hello.stats,
    status: hello.status,
    connection: "connecting",
    heardAt: null,
    rows: newestFirst(hello.items),
    following: true,
    pending: [],
    pendingCount: 0,
    history: lists.closePages(),
    search: lists.closePages(),
    opened: 0,
    clearings: 0,
  };
}

/** @param {State} state @param {Event} event @returns {State} */
export function reduce(state, event) {
  switch (event.type) {
    case "hello":
      return takeHello(state, event);
    case "invoice":
      return takeRows(state, [event]);
    case "stats":
      return takeStats(state, event.stats);
    case "status":
      return takeStatus(state, event.status);
    case "reset":
      return clear({ ...state, lastSeq: Math.max(state.lastSeq, event.last_seq) });
    case "connection":
      return state.connection === event.connection ? state : { ...state, connection: event.connection };
    case "heard":
      return { ...state, heardAt: event.at };
    case "hold":
      return state.following ? { ...state, following: false } : state;
    case "follow":
      return follow(state);
    case "history-open":
      return openHistory(state);
    case "search":
      return search(state, event.query);
    default:
      return reducePages(state, event);
  }
}

/** @param {State} state @param {Event} event @returns {State} */
function reducePages(state, event) {
  if (!("id" in event) || event.id === 0) return state;
  if (event.id === state.history.id) return { ...state, history: reduceList(state.history, event) };
  if (event.id === state.search.id) return { ...state, search: reduceList(state.search, event) };
  return state;
}

/** @param {Pages} list @param {PageEvent} event @returns {Pages} */
function reduceList(list, event) {
  switch (event.type) {
    case "page-start":
      return lists.startPage(list, event.index);
    case "page":
      return lists.addPage(list, event.index, event.page);
    case "page-failed":
      return lists.failPage(list, event.index, event.detail);
    case "page-retry":
      return lists.retryPages(list);
    case "pages-drop":
      return lists.dropFarPages(list, event.index);
  }
}

/** @param {State} state @returns {State} */
function openHistory(state) {
  if (state.history.open) return state;
  const before = oldestNumber(state.rows);
  const opened = state.opened + 1;
  return { ...state, opened, history: lists.openPages(opened, before === null ? {} : { before }) };
}

/** @param {State} state @param {Record<string, string> | null} query null ends the search @returns {State} */
function search(state, query) {
  if (query === null) return state.search.open ? { ...state, search: lists.closePages() } : state;
  const opened = state.opened + 1;
  return { ...state, opened, search: lists.openPages(opened, query) };
}

/**
 * A hello that resumes contains exactly the missed rows; one with `reset` or of another epoch replaces the state.
 * @param {State} state @param {Wire.Hello} hello @returns {State}
 */
function takeHello(state, hello) {
  const anew = hello.reset || hello.epoch !== state.epoch || hello.feed !== state.feed;
  if (!anew) {
    const resumed = takeStatus(takeStats(takeRows(state, hello.items), hello.stats), hello.status);
    return { ...resumed, lastSeq: Math.max(resumed.lastSeq, hello.last_seq) };
  }
  const { connection, heardAt, search, opened } = state;
  return { ...begin(hello, state.controls), connection, heardAt, search, opened, clearings: state.clearings + 1 };
}

/**
 * @param {State} state @param {Wire.Row[]} items ascending by sequence number
 * @returns {State}
 */
function takeRows(state, items) {
  const fresh = items.filter((row) => row.seq > state.lastSeq);
  const last = fresh.at(-1);
  if (!last) return state;
  const rows = newestFirst(fresh);
  const lastSeq = last.seq;
  if (!state.following) {
    const pending = [...rows, ...state.pending].slice(0, ROWS_KEPT);
    return { ...state, lastSeq, pending, pendingCount: state.pendingCount + rows.length };
  }
  return { ...state, lastSeq, ...putOnTop(state, rows) };
}

/**
 * The rows with the new ones on top. History continues below the oldest row: when that row is dropped, or when
 * history was opened without a row, history restarts from the new oldest row.
 * @param {State} state @param {Wire.Row[]} rows newest first
 * @returns {{ rows: Wire.Row[], history: Pages }}
 */
function putOnTop(state, rows) {
  const all = [...rows, ...state.rows];
  if (all.length > ROWS_KEPT) return { rows: all.slice(0, ROWS_KEPT), history: lists.closePages() };
  const hungBelowNothing = state.history.open && !state.history.query.before;
  return { rows: all, history: hungBelowNothing ? lists.closePages() : state.history };
}

/** The reader is back on top. @param {State} state @returns {State} */
function follow(state) {
  if (state.following) return state;
  const back = { ...state, following: true, pending: [], pendingCount: 0 };
  if (state.pendingCount === 0) return back;
  if (state.pendingCount > state.pending.length) return { ...back, rows: state.pending, history: lists.closePages() };
  return { ...back, ...putOnTop(state, state.pending) };
}

/** @param {State} state @returns {State} */
function clear(state) {
  return {
    ...state,
    rows: [],
    pending: [],
    pendingCount: 0,
    following: true,
    history: lists.closePages(),
    clearings: state.clearings + 1,
  };
}

/** @param {State} state @param {Wire.Stats} stats @returns {State} */
function takeStats(state, stats) {
  return compareInstants(stats.as_of, state.stats.as_of) < 0 ? state : { ...state, stats };
}

/** @param {State} state @param {Wire.Status} status @returns {State} */
function takeStatus(state, status) {
  return isOlder(status, state.status) ? state : { ...state, status };
}

const RUN_ORDER = { running: 0, stopping: 1, stopped: 2, completed: 2 };

/**
 * Whether a status is older than the known one (an answer to START and a frame of the socket can overtake each other).
 * @param {Wire.Status} status @param {Wire.Status} known
 */
export function isOlder(status, known) {
  const seen = status.display.shown_count + status.display.skipped_count;
  if (seen < known.display.shown_count + known.display.skipped_count) return true;
  if (!status.run || !known.run) return false;
  if (status.run.id !== known.run.id) return status.run.id < known.run.id;
  if (status.run.issued_count < known.run.issued_count) return true;
  return RUN_ORDER[status.run.state] < RUN_ORDER[known.run.state];
}

/**
 * Orders two ISO 8601 UTC instants with any number of fraction digits.
 * @param {string} left @param {string} right
 */
export function compareInstants(left, right) {
  const [a, b] = [fixedWidth(left), fixedWidth(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @param {string} instant */
function fixedWidth(instant) {
  const [seconds = "", fraction = ""] = instant.replace(/(Z|\+00:00)$/, "").split(".");
  return `${seconds}.${fraction.padEnd(9, "0")}`;
}

/** @param {Wire.Row[]} items */
function newestFirst(items) {
  return [...items].sort((left, right) => right.seq - left.seq);
}

/** The oldest shown row that still has an invoice. @param {Wire.Row[]} rows */
function oldestNumber(rows) {
  return rows.findLast((row) => row.invoice)?.invoice?.invoice_number ?? null;
}

/**
 * What the grid lists: the shown rows and the history below them, or the results of a search.
 * @param {State} state
 * @returns {{ rows: Wire.Row[], pages: Pages }}
 */
export function listed(state) {
  return state.search.open ? { rows: [], pages: state.search } : { rows: state.rows, pages: state.history };
}

/**
 * A row of the list: shown rows have a sequence number, those of history have none. Undefined: not loaded yet.
 * @param {{ rows: Wire.Row[], pages: Pages }} list @param {number} at
 * @returns {{ seq: number | null, invoice: Wire.Invoice | null } | undefined}
 */
export function listedRow({ rows, pages }, at) {
  if (at < rows.length) return rows[at];
  const invoice = lists.invoiceAt(pages, at - rows.length);
  return invoice === undefined ? undefined : { seq: null, invoice };
}
