import { chooseCurrency } from "./currencies.js";

/**
 * What a page knows of its feed, as a pure function of snapshot and events: `reduceFeed(state, event)`.
 *
 * Guarantees: a sequence number is taken in once and in order; figures never go back to older ones; the rows
 * a reader is looking at (`following` false) do not change under their eyes; memory is bounded.
 */

/**
 * @typedef {"connecting" | "connected" | "reconnecting" | "stale" | "refused"} Connection
 * @typedef {object} Feed
 * @property {string} feed
 * @property {string[]} controls what the feed takes: start, stop, reset, purge
 * @property {string} epoch
 * @property {number} lastSeq the last sequence number taken in (or cleared)
 * @property {Wire.Stats} stats
 * @property {string} wantedCurrency the currency that the reader has chosen; empty when none
 * @property {string} currency the currency that is shown
 * @property {Wire.Status} status
 * @property {Connection} connection
 * @property {number | null} receivedAt when the last frame came, ms of the reader's clock
 * @property {Wire.Row[]} rows the shown rows on screen, newest first
 * @property {boolean} following false while the reader has scrolled away: new rows wait in `pending`
 * @property {Wire.Row[]} pending newest first, the newest of them only
 * @property {number} pendingCount how many came since the reader scrolled away
 * @property {number} clearings how often the screen was cleared; a change makes the drawing start again
 *
 * @typedef {Wire.Frame
 *   | { type: "connection", connection: Connection }
 *   | { type: "received", at: number }
 *   | { type: "follow" } | { type: "hold" }
 *   | { type: "currency", currency: string }
 * } FeedEvent
 * @typedef {import("../ui/store.js").StoreOf<Feed, FeedEvent>} FeedStore
 */

/** Shown rows kept; older ones are reached as history. */
export const ROWS_KEPT = 500;

/** Whether the rows of the feed come from runs or a replay, which begin and end. @param {Pick<Feed, "controls">} feed */
export function hasRuns({ controls }) {
  return controls.includes("stop");
}

/** @param {Wire.Hello} hello @param {string[]} controls of the feed @param {string} wantedCurrency @returns {Feed} */
export function beginFeed(hello, controls = [], wantedCurrency = "") {
  return {
    feed: hello.feed,
    controls,
    epoch: hello.epoch,
    lastSeq: hello.last_seq,
    stats: hello.stats,
    wantedCurrency,
    currency: chooseCurrency(hello.stats, wantedCurrency, ""),
    status: hello.status,
    connection: "connecting",
    receivedAt: null,
    rows: newestFirst(hello.items),
    following: true,
    pending: [],
    pendingCount: 0,
    clearings: 0,
  };
}

/**
 * The state after an event: other events, and what a page keeps besides its feed, change nothing.
 * @template {Feed} State @param {State} state @param {FeedEvent} event @returns {State}
 */
export function reduceFeed(state, event) {
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
    case "received":
      return { ...state, receivedAt: event.at };
    case "currency":
      return { ...state, wantedCurrency: event.currency, currency: chooseCurrency(state.stats, event.currency, state.currency) };
    case "hold":
      return state.following ? { ...state, following: false } : state;
    case "follow":
      return follow(state);
    default:
      return state;
  }
}

/**
 * A hello that resumes carries exactly what was missed; one with `reset`, or of another epoch, starts again.
 * @template {Feed} State @param {State} state @param {Wire.Hello} hello @returns {State}
 */
function takeHello(state, hello) {
  const anew = hello.reset || hello.epoch !== state.epoch || hello.feed !== state.feed;
  if (!anew) {
    const resumed = takeStatus(takeStats(takeRows(state, hello.items), hello.stats), hello.status);
    return { ...resumed, lastSeq: Math.max(resumed.lastSeq, hello.last_seq) };
  }
  const { connection, receivedAt, wantedCurrency } = state;
  return { ...state, ...beginFeed(hello, state.controls, wantedCurrency), connection, receivedAt, clearings: state.clearings + 1 };
}

/** @template {Feed} State @param {State} state @param {Wire.Row[]} items ascending by sequence number @returns {State} */
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
  return { ...state, lastSeq, rows: [...rows, ...state.rows].slice(0, ROWS_KEPT) };
}

/** The reader is back on top. @template {Feed} State @param {State} state @returns {State} */
function follow(state) {
  if (state.following) return state;
  const back = { ...state, following: true, pending: [], pendingCount: 0 };
  if (state.pendingCount === 0) return back;
  // Of more rows than are kept the newest are left: those below them would leave a hole.
  const isHole = state.pendingCount > state.pending.length;
  return { ...back, rows: isHole ? state.pending : [...state.pending, ...state.rows].slice(0, ROWS_KEPT) };
}

/** @template {Feed} State @param {State} state @returns {State} */
function clear(state) {
  return { ...state, rows: [], pending: [], pendingCount: 0, following: true, clearings: state.clearings + 1 };
}

/** @template {Feed} State @param {State} state @param {Wire.Stats} stats @returns {State} */
function takeStats(state, stats) {
  if (compareInstants(stats.as_of, state.stats.as_of) < 0) return state;
  return { ...state, stats, currency: chooseCurrency(stats, state.wantedCurrency, state.currency) };
}

/** @template {Feed} State @param {State} state @param {Wire.Status} status @returns {State} */
function takeStatus(state, status) {
  return isOlder(status, state.status) ? state : { ...state, status };
}

const RUN_ORDER = { running: 0, stopping: 1, stopped: 2, completed: 2 };

/**
 * Whether a status was overtaken on its way by the one we have (an answer to START and the socket race).
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
