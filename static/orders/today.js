/** Draws the figures of today, and the account of all orders of the store. */
import { emptyAccount, makeAccount } from "./account.js";
import { metricOf } from "./state.js";
import { bound, find, write, writeAll } from "../ui/dom.js";
import { formatCount, formatMoney } from "../ui/format.js";

/** @param {import("./state.js").StorePage} page */
export function mountToday(page) {
  page.subscribe(({ store }, before) => {
    if (store.metrics !== before?.store.metrics) drawCards(store);
    if (store.active_carts !== before?.store.active_carts) drawCarts(store.active_carts);
    if (store.accounts !== before?.store.accounts) drawAccounts(store);
  });
}

/** @param {Wire.StoreState} store */
function drawCards(store) {
  const currency = cardsCurrency(store);
  writeAll("cards-currency", currency);
  for (const card of document.querySelectorAll("[data-metric]")) {
    if (!(card instanceof HTMLElement)) continue;
    const name = card.dataset.metric ?? "";
    write(find('[data-card="value"]', card), valueWords(metricOf(store, name, currency), currency));
    write(find('[data-card="others"]', card), othersWords(store, name, currency));
  }
}

/** Carts come with the status, not as a figure of documents. @param {number | null} count */
function drawCarts(count) {
  const figure = document.querySelector('[data-testid="active-carts"]');
  if (figure) write(figure, count === null ? "–" : formatCount(count));
}

/**
 * The currency of the cards: the store's own, or where today has none in it, the one with the most orders.
 * `dashboard/stores/page.py` has the same rule.
 * @param {Wire.StoreState} store
 */
export function cardsCurrency({ metrics, currency }) {
  const counts = metrics.filter((each) => each.name === "orders_count");
  if (counts.length === 0 || counts.some((each) => each.currency === currency)) return currency;
  return counts.reduce((most, each) => (Number(each.value) > Number(most.value) ? each : most)).currency;
}

/** @param {string | number | null} value @param {string} currency */
function valueWords(value, currency) {
  if (value === null) return "–";
  return typeof value === "number" ? formatCount(value) : formatMoney(value, currency);
}

/**
 * What was sold in other currencies: they are never added together.
 * @param {Wire.StoreState} store @param {string} name @param {string} shown the currency of the card
 */
function othersWords(store, name, shown) {
  const others = store.metrics.filter((each) => each.name === name && each.currency !== shown && each.value !== null);
  return others.map(({ value, currency }) => ` + ${valueWords(value, currency)} ${currency}`).join(",");
}

/** @param {Wire.StoreState} store */
function drawAccounts({ accounts, currency }) {
  const shown = accounts.length ? accounts : [emptyAccount(currency)];
  find("[data-accounts]").replaceChildren(...shown.map((account) => makeAccount(account, account.currency)));
  const count = shown.reduce((sum, account) => sum + account.orders, 0);
  write(bound("account-note"), count === 1 ? "where every cent of 1 order is" : `where every cent of ${formatCount(count)} orders is`);
}
