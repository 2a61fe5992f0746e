/**
 * Makes the elements of the grid's rows, and writes new rows into elements that have left the list: a stream of
 * thousands leaves no garbage of elements behind.
 */
import { formatDate, formatExact, formatMoney, formatTime } from "./format.js";

/** @typedef {{ seq: number | null, invoice: Wire.Invoice | null } | undefined} ListedRow */

const CELLS = ["c-number", "c-date", "c-seller", "c-buyer", "c-subtotal", "c-vat", "c-total"];
/** Elements kept for reuse. */
const SPARE_ROWS = 200;

/** Tells rows apart. @param {ListedRow} row @param {number} at its place, for one that is not here yet */
export function keyOf(row, at) {
  if (!row) return `at ${at}`;
  const kind = row.seq === null ? "old" : String(row.seq);
  return `${kind} ${row.invoice ? row.invoice.invoice_number : at}`;
}

export class RowPool {
  /** @param {string} feed */
  constructor(feed) {
    this.feed = feed;
    /** @type {HTMLElement[]} */
    this.spare = [];
  }

  /** An element that shows that row. @param {ListedRow} row */
  take(row) {
    if (!row?.invoice) return makeBare(row);
    const element = this.spare.pop() ?? makeRow();
    element.dataset.invoiceNumber = row.invoice.invoice_number;
    if (row.seq === null) delete element.dataset.seq;
    else element.dataset.seq = String(row.seq);
    fill(element, row.invoice, this.feed);
    return element;
  }

  /** Takes back an element that left the list. @param {HTMLElement} element */
  give(element) {
    if (element.childElementCount !== CELLS.length || this.spare.length >= SPARE_ROWS) return;
    element.className = "row";
    this.spare.push(element);
  }
}

function makeRow() {
  const element = document.createElement("div");
  element.className = "row";
  element.setAttribute("role", "row");
  element.dataset.testid = "grid-row";
  element.append(...CELLS.map((name) => makeCell(name, "")));
  element.children[0]?.replaceChildren(document.createElement("a"));
  element.children[1]?.replaceChildren(document.createElement("time"));
  return element;
}

/** @param {HTMLElement} element @param {Wire.Invoice} invoice @param {string} feed */
function fill(element, invoice, feed) {
  const [number, date, seller, buyer, subtotal, vat, total] = element.children;
  if (!number || !date || !seller || !buyer || !subtotal || !vat || !total) return;
  const link = /** @type {HTMLAnchorElement} */ (number.firstElementChild);
  link.href = invoiceHref(invoice.invoice_number, feed);
  link.textContent = invoice.invoice_number;
  writeTime(/** @type {HTMLTimeElement} */ (date.firstElementChild), invoice.invoice_date);
  seller.textContent = invoice.seller_name;
  buyer.textContent = invoice.buyer_name;
  subtotal.textContent = formatMoney(invoice.subtotal);
  vat.textContent = formatMoney(invoice.vat_amount);
  total.textContent = formatMoney(invoice.total_amount);
}

/** A row that is on its way, or whose invoice was removed. @param {ListedRow} row */
function makeBare(row) {
  const element = document.createElement("div");
  element.className = row ? "row is-removed" : "row is-loading";
  element.setAttribute("role", "row");
  if (!row) {
    element.append(...CELLS.slice(0, 4).map((name) => makeCell(name, "")));
    return element;
  }
  element.dataset.testid = "grid-row";
  element.dataset.invoiceNumber = "";
  if (row.seq !== null) element.dataset.seq = String(row.seq);
  element.append(makeCell("c-number", "removed"));
  return element;
}

/** @param {string} name @param {string} text */
function makeCell(name, text) {
  const element = document.createElement("span");
  element.className = name;
  element.setAttribute("role", "cell");
  element.textContent = text;
  return element;
}

/** In the reader's zone, the exact instant in its title. @param {string} instant */
export function makeTime(instant) {
  return writeTime(document.createElement("time"), instant);
}

/** @param {HTMLTimeElement} element @param {string} instant */
function writeTime(element, instant) {
  element.dateTime = instant;
  element.title = formatExact(instant);
  element.textContent = `${formatDate(instant)}, ${formatTime(instant)}`;
  return element;
}

/** The address of a page with that invoice open. @param {string} number @param {string} feed */
export function invoiceHref(number, feed) {
  return `?${new URLSearchParams({ feed, invoice: number })}`;
}
