/** Announces changes to screen readers: each state at once, new rows summarized a few times a minute. Pure. */
import { stateWord } from "../ui/format.js";

/** At most one summary of rows in this time, ms. */
export const SUMMARY_MS = 15000;

/** @typedef {{ state: Wire.DisplayState, seq: number, at: number }} Told what was told last, and when */

/** @param {import("./feed.js").Feed} state @param {number} now ms @returns {Told} */
export function beginTelling(state, now) {
  return { state: state.status.state, seq: state.lastSeq, at: now };
}

/**
 * @param {import("./feed.js").Feed} state @param {Told} told @param {number} now ms
 * @returns {{ words: string, told: Told } | null} null when there is nothing to say yet
 */
export function tell(state, told, now) {
  const current = state.status.state;
  if (current !== told.state) return { words: stateWord(current), told: { ...told, state: current } };
  const count = state.lastSeq - told.seq;
  if (count <= 0 || now - told.at < SUMMARY_MS) return null;
  const newest = (state.following ? state.rows : state.pending)[0]?.invoice?.invoice_number;
  const words = `${count} new ${count === 1 ? "invoice" : "invoices"} shown${newest ? `, the latest ${newest}` : ""}`;
  return { words, told: { state: current, seq: state.lastSeq, at: now } };
}
