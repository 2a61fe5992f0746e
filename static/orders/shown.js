/** Draws the invoices that the feed has shown, newest first: at the pace of the feed, with its backlog. */
import { signedMoney, isCredit } from "../invoices/rows.js";
import { bound, find, make, write } from "../ui/dom.js";
import { formatCount, formatRate } from "../ui/format.js";
import { maskBuyer } from "../ui/privacy.js";
import { makeTime } from "../ui/time.js";

const ROWS_DRAWN = 15;

/** @param {import("./state.js").StorePage} page @param {boolean} mayOpen whether the reader may open documents */
export function mountShown(page, mayOpen) {
  const list = find("[data-feed-rows]");
  page.subscribe((state, before) => {
    if (state.rows !== before?.rows) drawRows(list, state, mayOpen);
    if (state.status !== before?.status) drawNote(state.status.display);
  });
}

/** @param {HTMLElement} list @param {import("./state.js").State} state @param {boolean} mayOpen */
function drawRows(list, { rows, feed }, mayOpen) {
  const shown = rows.slice(0, ROWS_DRAWN);
  const drawn = new Map([...list.children].map((element) => [element instanceof HTMLElement ? element.dataset.seq : "", element]));
  list.replaceChildren(...shown.map((row) => drawn.get(String(row.seq)) ?? makeRow(row, feed, mayOpen)));
  find("[data-feed-none]").hidden = shown.length > 0;
}

/** @param {Wire.Row} row @param {string} feed @param {boolean} mayOpen */
function makeRow({ seq, invoice }, feed, mayOpen) {
  const parts = invoice ? [makeNumber(invoice, feed, mayOpen), makeTotal(invoice), makeBuyer(invoice), makeTime(invoice.invoice_date)] : ["removed"];
  const element = make("li", "feed-row", ...parts);
  element.classList.toggle("is-credit", invoice !== null && isCredit(invoice));
  element.dataset.testid = "grid-row";
  element.dataset.seq = String(seq);
  element.dataset.invoiceNumber = invoice?.invoice_number ?? "";
  return element;
}

/** @param {Wire.Invoice} invoice @param {string} feed @param {boolean} mayOpen */
function makeNumber({ invoice_number: number }, feed, mayOpen) {
  if (!mayOpen) return make("span", "feed-number", number);
  const link = /** @type {HTMLAnchorElement} */ (make("a", "feed-number", number));
  link.href = `/?${new URLSearchParams({ feed, invoice: number })}`;
  return link;
}

/** The feed `live` of the store main has names. @param {Wire.Invoice} invoice */
function makeBuyer({ invoice_number: number, buyer_name: buyer }) {
  const masked = maskBuyer(buyer);
  const element = make("span", "feed-buyer", masked);
  Object.assign(element.dataset, { number, masked });
  return element;
}

/** @param {Wire.Invoice} invoice */
function makeTotal(invoice) {
  return make("span", "feed-total", `${signedMoney(invoice, invoice.total_amount)} `, make("span", "unit", invoice.currency));
}

/** @param {Wire.Display} display */
function drawNote({ backlog, rate_per_second: rate }) {
  write(bound("feed-note"), `shown at ${formatRate(rate)}, ${formatCount(backlog)} queued`);
}
