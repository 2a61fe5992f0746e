/** Draws the details of a real document beyond its row: lines, VAT by rate, the corrected invoice and credit notes. */
import { withInvoice } from "./address.js";
import { make } from "../ui/dom.js";
import { formatMoney, formatPercent } from "../ui/format.js";

/** Whether the number has the prefix of generated invoices, which have no details beyond their row. @param {string} number */
export function hasDocument(number) {
  return !number.startsWith("DEMO");
}

/** @param {Wire.Document} document @returns {HTMLElement[]} */
export function drawDocument(document) {
  const parts = [lines(document)];
  if (document.vat_groups.length > 1) parts.push(vat(document));
  const facts = [
    ...(document.due_date ? [fact("Due", document.due_date)] : []),
    ...(document.corrects ? [fact("Corrects", link(document.corrects))] : []),
    ...document.credit_notes.map((note) => fact("Credited by", link(note.invoice_number), ` ${formatMoney(note.total_amount, note.currency)}`)),
    ...(document.source ? [fact("Source", [document.source, document.external_id].filter(Boolean).join(", "))] : []),
    ...(document.reason ? [fact("Reason", document.reason)] : []),
    ...(document.note ? [fact("Note", document.note)] : []),
  ];
  if (facts.length) parts.push(make("dl", "detail-facts", ...facts));
  return parts;
}

/** @param {Wire.Document} document */
function lines({ lines, currency }) {
  const rows = lines.map((line) =>
    make(
      "tr",
      "",
      make("td", "", line.description, make("span", "detail-code", line.product_code)),
      make("td", "amount", `${line.quantity} × ${line.unit_price}`),
      make("td", "amount", formatMoney(line.net, currency)),
    ),
  );
  return table("Lines", ["What", "Quantity × price", "Net"], rows);
}

/** @param {Wire.Document} document */
function vat({ vat_groups, currency }) {
  const rows = vat_groups.map((group) =>
    make(
      "tr",
      "",
      make("td", "", formatPercent(group.vat_rate)),
      make("td", "amount", formatMoney(group.net, currency)),
      make("td", "amount", formatMoney(group.vat_amount, currency)),
    ),
  );
  return table("VAT by rate", ["Rate", "Net", "VAT"], rows);
}

/** @param {string} title @param {string[]} heads @param {HTMLElement[]} rows */
function table(title, heads, rows) {
  const head = make("tr", "", ...heads.map((name, index) => scoped(make("th", index ? "amount" : "", name))));
  return make("table", "detail-table", make("caption", "", title), make("thead", "", head), make("tbody", "", ...rows));
}

/** @param {HTMLElement} cell */
function scoped(cell) {
  cell.setAttribute("scope", "col");
  return cell;
}

/** @param {string} number */
function link(number) {
  const anchor = /** @type {HTMLAnchorElement} */ (make("a", "", number));
  anchor.href = withInvoice(location.search, number);
  return anchor;
}

/** @param {string} name @param {(string | Node)[]} content */
function fact(name, ...content) {
  return make("div", "", make("dt", "", name), make("dd", "", ...content));
}
