/** Makes the element of one order: its state, number and documents, and what opens below: account and lines. */
import { makeAccount } from "./account.js";
import { make } from "../ui/dom.js";
import { formatMoney, formatQuantity } from "../ui/format.js";
import { makeTime } from "../ui/time.js";

/** @type {Record<Wire.Order["invoice_state"], string>} */
export const STATE_WORDS = {
  waiting: "Waiting",
  invoiced: "Invoiced",
  restated: "Restated",
  set_aside: "Set aside",
  quarantined: "Quarantined",
};

/** @param {Wire.Order} order */
export function makeOrder(order) {
  const element = make("li", "order", make("details", "", makeSummary(order), makeOpen(order)));
  element.dataset.order = order.external_id;
  element.dataset.testid = "order-row";
  return element;
}

/** @param {Wire.Order} order */
function makeSummary(order) {
  const state = make("span", "order-state", STATE_WORDS[order.invoice_state]);
  state.dataset.state = order.invoice_state;
  return make(
    "summary",
    "",
    state,
    make("span", "order-number", numberWords(order.number)),
    makeTime(order.placed_at),
    make("span", "order-documents", ...order.documents.map(makeDocument)),
    make("span", "order-total", `${formatMoney(order.total, order.currency)} `, make("span", "unit", order.currency)),
  );
}

/** `#18` for `18`, and `#1001` for Shopify's `#1001`. @param {string} number */
export function numberWords(number) {
  return number.startsWith("#") ? number : `#${number}`;
}

/** @param {Wire.Order["documents"][number]} document */
function makeDocument({ kind, invoice_number: number }) {
  return make("span", kind === "credit_note" ? "document is-credit" : "document", number);
}

/** @param {Wire.Order} order */
function makeOpen(order) {
  const message = order.message ? [make("p", "order-message", order.message)] : [];
  return make("div", "order-open", ...message, makeAccount(order.account, order.currency), makeLines(order));
}

/** @param {Wire.Order} order */
function makeLines({ number, lines, currency }) {
  const rows = lines.map((line) =>
    make(
      "tr",
      "",
      make("td", "", line.description, ...(line.product_code ? [" ", make("span", "unit", line.product_code)] : [])),
      make("td", "number", formatQuantity(line.quantity)),
      make("td", "number", formatMoney(line.net, currency)),
    ),
  );
  return make(
    "table",
    "order-lines",
    make("caption", "unseen", `Lines of order ${number}`),
    make("thead", "", make("tr", "", heading("Line"), heading("Quantity", "number"), heading("Net", "number"))),
    make("tbody", "", ...rows),
  );
}

/** @param {string} text @param {string} kind */
function heading(text, kind = "") {
  const cell = make("th", kind, text);
  cell.setAttribute("scope", "col");
  return cell;
}
