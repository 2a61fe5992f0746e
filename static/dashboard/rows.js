/** Makes the elements of the grid's rows. A row never changes once it is made: an issued invoice does not. */
import { formatDate, formatExact, formatMoney, formatTime } from "./format.js";

/** @typedef {{ seq: number | null, invoice: Wire.Invoice | null } | undefined} ListedRow */

/** Tells rows apart. @param {ListedRow} row @param {number} at its place, for one that is not here yet */
export function keyOf(row, at) {
  if (!row) return `at ${at}`;
  const kind = row.seq === null ? "old" : String(row.seq);
  return `${kind} ${row.invoice ? row.invoice.invoice_number : at}`;
}

/** @param {ListedRow} row @param {string} feed */
export function makeRow(row, feed) {
  const element = document.createElement("div");
  element.className = "row";
  element.setAttribute("role", "row");
  if (!row) return fillWaiting(element);
  element.dataset.testid = "grid-row";
  element.dataset.invoiceNumber = row.invoice?.invoice_number ?? "";
  if (row.seq !== null) element.dataset.seq = String(row.seq);
  if (row.invoice) fill(element, row.invoice, feed);
  else fillRemoved(element);
  return element;
}

/** @param {HTMLElement} element @param {Wire.Invoice} invoice @param {string} feed */
function fill(element, invoice, feed) {
  const link = document.createElement("a");
  link.href = invoiceHref(invoice.invoice_number, feed);
  link.textContent = invoice.invoice_number;
  element.append(
    cell("c-number", link),
    cell("c-date", makeTime(invoice.invoice_date)),
    cell("c-seller", invoice.seller_name),
    cell("c-buyer", invoice.buyer_name),
    cell("c-subtotal", formatMoney(invoice.subtotal)),
    cell("c-vat", formatMoney(invoice.vat_amount)),
    cell("c-total", formatMoney(invoice.total_amount)),
  );
}

/** @param {HTMLElement} element */
function fillRemoved(element) {
  element.classList.add("is-removed");
  element.append(cell("c-number", "removed"));
}

/** @param {HTMLElement} element */
function fillWaiting(element) {
  element.classList.add("is-loading");
  element.append(cell("c-number", ""), cell("c-date", ""), cell("c-seller", ""), cell("c-buyer", ""));
  return element;
}

/** @param {string} name @param {string | Node} content */
function cell(name, content) {
  const element = document.createElement("span");
  element.className = name;
  element.setAttribute("role", "cell");
  element.append(content);
  return element;
}

/** In the reader's zone, the exact instant in its title. @param {string} instant */
export function makeTime(instant) {
  const element = document.createElement("time");
  element.dateTime = instant;
  element.title = formatExact(instant);
  element.textContent = `${formatDate(instant)}, ${formatTime(instant)}`;
  return element;
}

/** The address of a page with that invoice open. @param {string} number @param {string} feed */
export function invoiceHref(number, feed) {
  return `?${new URLSearchParams({ feed, invoice: number })}`;
}
