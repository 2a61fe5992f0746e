/** What a document says beside its amounts, as names and lines of text. Pure. */
import { formatMoney, formatPercent } from "../ui/format.js";

/** @typedef {[name: string, lines: string[]]} Fact */
/** @typedef {Wire.Document["seller"]} Party */

/** UNTDID 4461. @type {Record<string, string>} */
const MEANS = {
  10: "Cash", 20: "Cheque", 30: "Credit transfer", 31: "Debit transfer", 42: "Bank account", 48: "Card", 49: "Direct debit",
  54: "Credit card", 55: "Debit card", 57: "Standing agreement", 58: "SEPA transfer", 59: "SEPA direct debit", 68: "Online payment",
};

/** @type {Record<string, string>} */
const ACCEPTED = {
  "future-date": "a date in the future",
  "before-newest": "a date before the newest document",
  "credit-differs": "a credit note unlike its invoice",
  "zero-total": "a total of zero",
};

/** Facts without a line are left out. @param {Fact[]} facts */
function known(facts) {
  return facts.map(([name, lines]) => /** @type {Fact} */ ([name, lines.filter((line) => line !== "")])).filter(([, lines]) => lines.length);
}

/** Numbers, days and references. @param {Wire.Document} document */
export function referenceFacts(document) {
  const { printed_number: printed, invoice_number: number, delivery } = document;
  return known([
    ["Printed number", [printed === number ? "" : printed]],
    ["Invoice date", [document.invoice_day]],
    ["Due", [document.due_date ?? ""]],
    ["Delivered", [delivery?.date ?? ""]],
    ["Order", [document.order_reference]],
    ["Buyer reference", [document.buyer_reference]],
    ["Refers to", document.preceding.map((each) => (each.date ? `${each.number} of ${each.date}` : each.number))],
    ["Profile", [document.profile]],
  ]);
}

/** Seller, buyer and place of delivery. @param {Wire.Document} document */
export function partyFacts({ seller, buyer, delivery }) {
  return known([
    ["Seller", describeParty(seller)],
    ["Buyer", describeParty(buyer)],
    ["Delivered to", delivery ? [delivery.name, ...addressOf(delivery)] : []],
  ]);
}

/** What was paid, what is to be paid, and how. @param {Wire.Document} document */
export function paymentFacts({ currency, prepaid_amount: prepaid, rounding_amount: rounding, payable_amount: payable, total_amount: total, payment }) {
  return known([
    ["Prepaid", [isZero(prepaid) ? "" : formatMoney(prepaid, currency)]],
    ["Rounding", [isZero(rounding) ? "" : formatMoney(rounding, currency)]],
    ["To pay", [payable === total ? "" : formatMoney(payable, currency)]],
    ["Payment", payment ? [MEANS[payment.means_code] ?? payment.means_code, payment.terms] : []],
    ["Account", [(payment?.iban ?? "").replace(/\S{4}(?=\S)/g, "$& ")]],
    ["Payment reference", [payment?.reference ?? ""]],
  ]);
}

/** What was confirmed, and whose names were erased. @param {Wire.Document} document */
export function markFacts({ accept, erasures = [] }) {
  return known([
    ["Accepted", accept.map((word) => ACCEPTED[word] ?? word)],
    ["Erased", erasures.map((each) => `${each.role} on ${each.erased_at.slice(0, 10)}: ${each.basis}`)],
  ]);
}

/** `19 %`; with its category where the rate alone does not say it, as in `0 % AE`. @param {string} rate @param {string} category */
export function describeRate(rate, category) {
  const usual = isZero(rate) ? "Z" : "S";
  return category === usual ? formatPercent(rate) : `${formatPercent(rate)} ${category}`;
}

/** Nothing for a party of which only the name is known: the row has it. @param {Party} party */
function describeParty(party) {
  const { electronic_address: electronic, contact } = party;
  const lines = [
    ...addressOf(party),
    party.vat_id && `VAT no. ${party.vat_id}`,
    party.registration && `Registration ${party.registration}`,
    party.external_id && `No. ${party.external_id}`,
    electronic ? `E-invoices to ${electronic.scheme}:${electronic.value}` : "",
    ...(contact ? [contact.name, contact.phone, contact.email] : []),
    party.email === contact?.email ? "" : party.email,
  ];
  return lines.some(Boolean) ? [party.name, ...lines] : [];
}

/** @param {{ street: string, street2: string, postcode: string, city: string, region: string, country: string }} place */
function addressOf({ street, street2, postcode, city, region, country }) {
  return [street, street2, `${postcode} ${city}`.trim(), region, country];
}

/** @param {string} amount */
function isZero(amount) {
  return Number(amount) === 0;
}
