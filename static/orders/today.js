/** Draws the figures of today, and the account of all orders of the store. */
import { emptyAccount, makeAccount } from "./account.js";
import { metricOf } from "./state.js";
import { bound, find, write } from "../ui/dom.js";
import { formatCount, formatMoney } from "../ui/format.js";

/** @param {import("./state.js").StorePage} page */
export function mountToday(page) {
  page.subscribe(({ store }, before) => {
    if (store.metrics !== before?.store.metrics) drawCards(store);
    if (store.accounts !== before?.store.accounts) drawAccounts(store);
  });
}

/** @param {Wire.StoreState} store */
function drawCards(store) {
  for (const card of document.querySelectorAll("[data-metric]")) {
    if (!(card instanceof HTMLElement)) continue;
    const name = card.dataset.metric ?? "";
    write(find('[data-card="value"]', card), valueWords(metricOf(store, name, store.currency), store.currency));
    write(find('[data-card="others"]', card), othersWords(store, name));
  }
}

/** @param {string | number | null} value @param {string} currency */
function valueWords(value, currency) {
  if (value === null) return "–";
  return typeof value === "number" ? formatCount(value) : formatMoney(value, currency);
}

/** What was sold in other currencies: they are never added together. @param {Wire.StoreState} store @param {string} name */
function othersWords(store, name) {
  const others = store.metrics.filter((each) => each.name === name && each.currency !== store.currency && each.value !== null);
  return others.map(({ value, currency }) => `+ ${valueWords(value, currency)} ${currency}`).join(", ") || "\u00a0";
}

/** @param {Wire.StoreState} store */
function drawAccounts({ accounts, currency }) {
  const shown = accounts.length ? accounts : [emptyAccount(currency)];
  find("[data-accounts]").replaceChildren(...shown.map((account) => makeAccount(account, account.currency)));
  const count = shown.reduce((sum, account) => sum + account.orders, 0);
  write(bound("account-note"), count === 1 ? "where every cent of 1 order is" : `where every cent of ${formatCount(count)} orders is`);
}
