/** Announces changes to screen readers: each state at once, new rows summarized a few times a minute. Pure. */
import { hasRuns } from "./feed.js";
import { stateWord } from "../ui/format.js";

/** At most one summary of rows in this time, ms. */
export const SUMMARY_MS = 15000;

/** @typedef {{ state: Wire.DisplayState, seq: number, at: number }} Announced the last announcement, and when */

/** @param {import("./feed.js").Feed} state @param {number} now ms @returns {Announced} */
export function beginAnnouncing(state, now) {
  return { state: state.status.state, seq: state.lastSeq, at: now };
}

/**
 * @param {import("./feed.js").Feed} state @param {Announced} last @param {number} now ms
 * @returns {{ words: string, last: Announced } | null} null when there is nothing to announce yet
 */
export function announcement(state, last, now) {
  const current = state.status.state;
  if (current !== last.state) return { words: stateWord(current, hasRuns(state)), last: { ...last, state: current } };
  const count = state.lastSeq - last.seq;
  if (count <= 0 || now - last.at < SUMMARY_MS) return null;
  const newest = (state.following ? state.rows : state.pending)[0]?.invoice?.invoice_number;
  const words = `${count} new ${count === 1 ? "invoice" : "invoices"} shown${newest ? `, the latest ${newest}` : ""}`;
  return { words, last: { state: current, seq: state.lastSeq, at: now } };
}
