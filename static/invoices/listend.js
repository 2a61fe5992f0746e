/** The message and the button below the last row of the list. Pure. */

/** Whether something may have been issued before the shown rows. @param {import("./list.js").ListedFeed} state */
export function hasEarlier({ rows, stats, status }) {
  const oldest = rows.at(-1);
  const issuedCount = stats.currencies.reduce((sum, each) => sum + each.invoice_count, 0);
  if (!oldest) return issuedCount > 0;
  const hasUnannounced = status.state === "idle" && issuedCount > status.display.announced_count;
  return oldest.seq > 1 || hasUnannounced;
}

/**
 * The message below the last row, and for an empty list what the reader can do.
 * @param {import("./list.js").ListedFeed} state @param {import("./pages.js").Pages} pages @param {boolean} isEmpty
 * @returns {[text: string, advice: string]}
 */
export function describeEnd(state, pages, isEmpty) {
  if (pages.loading !== null) return ["Loading…", ""];
  if (!isEmpty) return [pages.ended ? "All issued invoices are listed." : "", ""];
  if (state.search.open) return state.search.query.q ? ["No invoice matches.", NO_MATCH] : ["Nothing issued yet.", ""];
  if (pages.open) return ["Nothing was issued before.", ""];
  if (state.status.state === "running" || state.status.state === "draining") return ["The first invoice is on its way…", ""];
  return ["Nothing shown yet.", state.controls.includes("start") ? "Press START, and invoices appear here." : "Invoices appear here as they are issued."];
}

const NO_MATCH = "Search for a part of a number or order, or for the beginnings of words in seller, buyer and products.";
