/** Creates the elements of the grid's rows. A row never changes, because an issued invoice does not. */
import { formatMoney } from "../ui/format.js";
import { shownBuyer } from "../ui/privacy.js";
import { makeTime } from "../ui/time.js";

/** @typedef {{ seq: number | null, invoice: Wire.Invoice | null } | undefined} ListedRow */

/** A key that identifies a row. @param {ListedRow} row @param {number} at its index, for a row that is not loaded */
export function keyOf(row, at) {
  if (!row) return `at ${at}`;
  const kind = row.seq === null ? "old" : String(row.seq);
  return `${kind} ${row.invoice ? row.invoice.invoice_number : at}`;
}

/** An element that shows that row. @param {ListedRow} row @param {string} feed */
export function makeRow(row, feed) {
  const element = document.createElement("div");
  element.className = "row";
  element.setAttribute("role", "row");
  if (!row) return fillWaiting(element);
  element.dataset.testid = "grid-row";
  element.dataset.invoiceNumber = row.invoice?.invoice_number ?? "";
  if (row.seq !== null) element.dataset.seq = String(row.seq);
  return row.invoice ? fill(element, row.invoice, feed) : fillRemoved(element);
}

/** Whether a document is a credit note, which subtracts its amounts. @param {Wire.Invoice} invoice */
export function isCredit({ kind }) {
  return kind === "credit_note";
}

/** An amount with the sign of its document: negative for a credit note. @param {Wire.Invoice} invoice @param {string} amount */
export function signedMoney(invoice, amount) {
  return formatMoney(isCredit(invoice) ? `-${amount.replace(/^-/, "")}` : amount, invoice.currency);
}

/** @param {HTMLElement} element @param {Wire.Invoice} invoice @param {string} feed */
function fill(element, invoice, feed) {
  element.classList.toggle("is-credit", isCredit(invoice));
  const link = document.createElement("a");
  link.href = invoiceHref(invoice.invoice_number, feed);
  link.textContent = invoice.invoice_number;
  element.append(
    makeCell("c-number", link, ...(isCredit(invoice) ? [makeBadge()] : [])),
    makeCell("c-date", makeTime(invoice.invoice_date)),
    makeCell("c-seller", invoice.seller_name),
    makeCell("c-buyer", shownBuyer(invoice.buyer_name, feed)),
    makeCell("c-subtotal", signedMoney(invoice, invoice.subtotal)),
    makeCell("c-vat", signedMoney(invoice, invoice.vat_amount)),
    makeCell("c-total", `${signedMoney(invoice, invoice.total_amount)} `, makeUnit(invoice.currency)),
  );
  return element;
}

/** @param {string} currency */
function makeUnit(currency) {
  const unit = document.createElement("span");
  unit.className = "unit";
  unit.textContent = currency;
  return unit;
}

/** @param {HTMLElement} element */
function fillRemoved(element) {
  element.classList.add("is-removed");
  element.append(makeCell("c-number", "removed"));
  return element;
}

/** Marks a row that is being loaded. @param {HTMLElement} element */
function fillWaiting(element) {
  element.classList.add("is-loading");
  element.append(...["c-number", "c-date", "c-seller", "c-buyer"].map((name) => makeCell(name, "")));
  return element;
}

export function makeBadge() {
  const badge = document.createElement("span");
  badge.className = "kind";
  badge.textContent = "Credit note";
  return badge;
}

/** @param {string} name @param {(string | Node)[]} content */
function makeCell(name, ...content) {
  const element = document.createElement("span");
  element.className = name;
  element.setAttribute("role", "cell");
  element.append(...content);
  return element;
}

/** The address of a page with that invoice open. @param {string} number @param {string} feed */
export function invoiceHref(number, feed) {
  return `?${new URLSearchParams({ feed, invoice: number })}`;
}

/** Whether the number has the prefix of generated invoices, which have no details beyond their row. @param {string} number */
export function hasDocument(number) {
  return !number.startsWith("DEMO");
}
