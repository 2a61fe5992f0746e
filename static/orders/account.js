/** Draws an order account: what orders are worth, and where that money is. */
import { make } from "../ui/dom.js";
import { formatMoney } from "../ui/format.js";

/** How an account is written; `dashboard/templatetags/orders.py` has the same. @type {[keyof Wire.OrderAccount, string, string][]} */
const TERMS = [
  ["total", "", "Total"],
  ["redeemed", "+", "Redeemed"],
  ["refunded", "−", "Refunded"],
  ["worth", "=", "Worth"],
  ["invoiced", "", "Invoiced"],
  ["credited", "−", "Credited"],
  ["vouchers", "+", "Gift cards sold"],
  ["tips", "+", "Tips"],
  ["rounding", "+", "Rounding"],
  ["waiting", "+", "Waiting"],
  ["set_aside", "+", "Set aside"],
  ["quarantined", "+", "Quarantined"],
];
const WORTH_TERMS = 4;

/** @param {Wire.OrderAccount} account @param {string} currency */
export function makeAccount(account, currency) {
  const terms = TERMS.map(([name, sign, label]) => makeTerm(name, sign, label, account[name], currency));
  const element = make(
    "div",
    "account",
    make("dl", "account-side", ...terms.slice(0, WORTH_TERMS)),
    make("dl", "account-side", ...terms.slice(WORTH_TERMS)),
    makeProof(account.difference, currency),
  );
  element.dataset.testid = "order-account";
  element.dataset.account = currency;
  return element;
}

/** The account of a store without orders. @param {string} currency @returns {Wire.StoreAccount} */
export function emptyAccount(currency) {
  const zeros = Object.fromEntries([...TERMS.map(([name]) => name), "difference"].map((name) => [name, "0.00"]));
  return /** @type {Wire.StoreAccount} */ ({ ...zeros, currency, orders: 0 });
}

/** @param {string} name @param {string} sign @param {string} label @param {string} amount @param {string} currency */
function makeTerm(name, sign, label, amount, currency) {
  const term = make("div", "term", make("dt", "", make("span", "sign", sign), label), make("dd", "", formatMoney(amount, currency)));
  term.classList.toggle("is-zero", isZero(amount));
  term.classList.toggle("is-sum", name === "worth");
  return term;
}

/** @param {string} difference @param {string} currency */
function makeProof(difference, currency) {
  const holds = isZero(difference);
  const amount = make("b", "", formatMoney(difference, currency));
  amount.dataset.testid = "order-account-difference";
  const words = make("span", "", holds ? "✓ Every cent is accounted for" : "✗ Cents are missing");
  const proof = make("p", "account-proof", words, " ", make("span", "account-difference", "difference ", amount, ` ${currency}`));
  proof.dataset.holds = holds ? "yes" : "no";
  return proof;
}

/** @param {string} amount */
function isZero(amount) {
  return /^-?0*(\.0*)?$/.test(amount);
}
