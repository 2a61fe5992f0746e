/** Draws what a real document says beyond its row: lines, VAT, parties, payment, references, and the notes that correct it. */
import { withInvoice } from "./address.js";
import { describeRate, markFacts, partyFacts, paymentFacts, referenceFacts } from "./facts.js";
import { make } from "../ui/dom.js";
import { formatMoney } from "../ui/format.js";

/** @param {Wire.Document} document @returns {HTMLElement[]} */
export function drawDocument(document) {
  const rows = [...referenceFacts(document).map(textFact), ...links(document), ...remarks(document)];
  return [
    list(rows),
    lines(document),
    ...adjustments(document),
    ...vat(document),
    list(paymentFacts(document).map(textFact)),
    list(partyFacts(document).map(textFact)),
    list(markFacts(document).map(textFact)),
  ].filter((part) => part.hasChildNodes());
}

/** @param {Wire.Document} document */
function links({ corrects, credit_notes }) {
  return [
    ...(corrects ? [fact("Corrects", link(corrects))] : []),
    ...credit_notes.map((note) => fact("Credited by", link(note.invoice_number), ` ${formatMoney(note.total_amount, note.currency)}`)),
  ];
}

/** @param {Wire.Document} document */
function remarks({ source, external_id, reason, note }) {
  return [
    ...(source ? [fact("Source", [source, external_id].filter(Boolean).join(", "))] : []),
    ...(reason ? [fact("Reason", reason)] : []),
    ...(note ? [fact("Note", note)] : []),
  ];
}

/** @param {Wire.Document} document */
function lines({ lines, currency, vat_groups }) {
  const rows = lines.map((line) => {
    const rate = vat_groups.length > 1 ? describeRate(line.vat_rate, line.vat_category) : "";
    const taken = line.allowances.map((each) => `${each.reason || "Allowance"} ${formatMoney(`-${each.amount}`, currency)}`);
    const more = [line.product_code, rate, ...taken].map((text) => make("span", "detail-code", text));
    return make(
      "tr",
      "",
      make("td", "", line.description, ...more),
      make("td", "amount", `${line.quantity} × ${line.unit_price}`),
      make("td", "amount", formatMoney(line.net, currency)),
    );
  });
  return table("Lines", ["What", "Quantity × price", "Net"], rows);
}

/** Allowances and charges of the whole document; nothing where there are none. @param {Wire.Document} document */
function adjustments({ allowances, charges, currency }) {
  const rows = [
    ...allowances.map((each) => adjustment(each.reason || "Allowance", each, `-${each.amount}`, currency)),
    ...charges.map((each) => adjustment(each.reason || "Charge", each, each.amount, currency)),
  ];
  return rows.length ? [table("Allowances and charges", ["What", "Rate", "Net"], rows)] : [];
}

/** @param {string} name @param {Wire.Document["charges"][number]} each @param {string} signed @param {string} currency */
function adjustment(name, each, signed, currency) {
  const rate = describeRate(each.vat_rate, each.vat_category);
  return make("tr", "", make("td", "", name), make("td", "amount", rate), make("td", "amount", formatMoney(signed, currency)));
}

/** Nothing for a single usual rate: the row says it all. @param {Wire.Document} document */
function vat({ vat_groups, currency }) {
  const [only, ...others] = vat_groups;
  if (only && !others.length && "SZ".includes(only.category) && !only.reason) return [];
  const rows = vat_groups.map((group) =>
    make(
      "tr",
      "",
      make("td", "", describeRate(group.rate, group.category), make("span", "detail-code", group.reason)),
      make("td", "amount", formatMoney(group.net, currency)),
      make("td", "amount", formatMoney(group.vat, currency)),
    ),
  );
  return [table("VAT by rate", ["Rate", "Net", "VAT"], rows)];
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

/** @param {HTMLElement[]} rows */
function list(rows) {
  return make("dl", "detail-facts", ...rows);
}

/** @param {string} number */
function link(number) {
  const anchor = /** @type {HTMLAnchorElement} */ (make("a", "", number));
  anchor.href = withInvoice(location.search, number);
  return anchor;
}

/** @param {import("./facts.js").Fact} fact */
function textFact([name, lines]) {
  return fact(name, ...lines.map((line) => make("span", "detail-line", line)));
}

/** @param {string} name @param {(string | Node)[]} content */
function fact(name, ...content) {
  return make("div", "", make("dt", "", name), make("dd", "", ...content));
}
