import assert from "node:assert/strict";
import { test } from "node:test";

import { describeRate, markFacts, partyFacts, paymentFacts, referenceFacts } from "../../static/invoices/facts.js";
import { invoice } from "./samples.js";

const NOWHERE = { street: "", street2: "", postcode: "", city: "", region: "", country: "" };
const NOBODY = { ...NOWHERE, name: "Jo", vat_id: "", email: "", external_id: "", registration: "", electronic_address: null, contact: null };

/** @param {Partial<Wire.Document>} [more] @returns {Wire.Document} */
function document(more) {
  const row = invoice(1, { currency: "EUR" });
  return {
    ...row, seller: NOBODY, buyer: NOBODY, lines: [], vat_groups: [], allowances: [], charges: [], preceding: [], accept: [], erasures: [],
    credit_notes: [], credited_amount: "0.00", corrects: null, reason: "", note: "", source: "", external_id: "", series: "INV",
    due_date: null, payment: null, delivery: null, buyer_reference: "", order_reference: "", profile: "", prepaid_amount: "0.00",
    rounding_amount: "0.00", payable_amount: row.total_amount, invoice_day: "2026-11-21",
    ...more,
  };
}

test("an ordinary document has its day alone", () => {
  const plain = document();
  assert.deepEqual(referenceFacts(plain), [["Invoice date", ["2026-11-21"]]]);
  assert.deepEqual([partyFacts(plain), paymentFacts(plain), markFacts(plain)], [[], [], []]);
});

test("numbers, days and references", () => {
  const facts = referenceFacts(document({
    printed_number: "581475", due_date: "2026-12-24", order_reference: "PO-77", buyer_reference: "0401", profile: "peppol",
    delivery: { ...NOWHERE, date: "2026-11-20", name: "" }, preceding: [{ number: "OLD-1", date: "2026-01-02" }, { number: "OLD-2", date: null }],
  }));
  assert.deepEqual(facts, [
    ["Printed number", ["581475"]], ["Invoice date", ["2026-11-21"]], ["Due", ["2026-12-24"]], ["Delivered", ["2026-11-20"]],
    ["Order", ["PO-77"]], ["Buyer reference", ["0401"]], ["Refers to", ["OLD-1 of 2026-01-02", "OLD-2"]], ["Profile", ["peppol"]],
  ]);
});

test("a party with all that is known of it", () => {
  const buyer = {
    ...NOBODY, street: "Weg 1", street2: "Hof 2", postcode: "50667", city: "Köln", region: "NRW", country: "DE", vat_id: "DE1",
    registration: "HRB 1", external_id: "7", email: "a@b.example", electronic_address: { scheme: "0088", value: "401" },
    contact: { name: "Ada", phone: "+49", email: "a@b.example" },
  };
  assert.deepEqual(partyFacts(document({ buyer })), [["Buyer", [
    "Jo", "Weg 1", "Hof 2", "50667 Köln", "NRW", "DE", "VAT no. DE1", "Registration HRB 1", "No. 7", "E-invoices to 0088:401",
    "Ada", "+49", "a@b.example",
  ]]]);
});

test("what is to be paid, and how", () => {
  const payment = { means_code: "58", iban: "DE89370400440532013000", terms: "Net 14", reference: "RF18" };
  const facts = paymentFacts(document({ prepaid_amount: "15.00", rounding_amount: "0.02", payable_amount: "100.02", payment }));
  assert.deepEqual(facts, [
    ["Prepaid", ["15.00"]], ["Rounding", ["0.02"]], ["To pay", ["100.02"]], ["Payment", ["SEPA transfer", "Net 14"]],
    ["Account", ["DE89 3704 0044 0532 0130 00"]], ["Payment reference", ["RF18"]],
  ]);
  assert.deepEqual(paymentFacts(document({ payment: { ...payment, means_code: "97", iban: "", terms: "", reference: "" } })), [["Payment", ["97"]]]);
});

test("what was accepted and whose names were erased", () => {
  const erasures = [{ role: /** @type {const} */ ("buyer"), basis: "Art. 17 GDPR", erased_at: "2026-11-21T03:54:10Z" }];
  assert.deepEqual(markFacts(document({ accept: ["zero-total"], erasures })), [
    ["Accepted", ["a total of zero"]], ["Erased", ["buyer on 2026-11-21: Art. 17 GDPR"]],
  ]);
});

test("a rate names its category only where the rate does not say it", () => {
  assert.deepEqual([describeRate("0.19", "S"), describeRate("0.00", "Z"), describeRate("0.00", "AE")], ["19%", "0%", "0% AE"]);
});
