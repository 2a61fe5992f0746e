/** The choice of the currency that the cards show, and the totals in the other currencies of the feed. */
import { otherFigures } from "../streaming/currencies.js";
import { bound, tested } from "../ui/dom.js";
import { formatCount, formatMoney } from "../ui/format.js";

/** @typedef {import("../streaming/feed.js").Feed} Feed */

/** The currency that the page's address asks for; empty when none. */
export function wantedCurrency() {
  return /^[A-Z]{3}$/.exec(new URLSearchParams(location.search).get("currency") ?? "")?.[0] ?? "";
}

/**
 * @param {import("../streaming/feed.js").FeedStore} store
 * @param {(amount: string) => string} [mask] what becomes of formatted amounts
 */
export function mountCurrency(store, mask = (amount) => amount) {
  const choice = /** @type {HTMLSelectElement} */ (tested("currency"));
  choice.addEventListener("change", () => {
    keepInAddress(choice.value);
    store.dispatch({ type: "currency", currency: choice.value });
  });
  store.subscribe((state, before) => {
    if (state.stats === before?.stats && state.currency === before.currency) return;
    drawChoice(choice, state);
    drawOthers(state, mask);
  });
}

/** @param {HTMLSelectElement} choice @param {Feed} state */
function drawChoice(choice, { stats, currency }) {
  const codes = [...new Set([currency, ...stats.currencies.map((each) => each.currency)])].sort();
  if (codes.join() !== [...choice.options].map((option) => option.value).join()) {
    choice.replaceChildren(...codes.map((code) => new Option(code)));
  }
  choice.value = currency;
}

/** @param {Feed} state @param {(amount: string) => string} mask */
export function drawOthers({ stats, currency }, mask) {
  const line = bound("other-currencies");
  const others = otherFigures(stats, currency);
  line.hidden = others.length === 0;
  line.replaceChildren(
    ...others.map((each) => {
      const [part, amount] = [document.createElement("span"), document.createElement("b")];
      amount.textContent = `${mask(formatMoney(each.total_amount, each.currency))} ${each.currency}`;
      part.append(amount, ` in ${formatCount(each.invoice_count)} ${each.invoice_count === 1 ? "invoice" : "invoices"}`);
      return part;
    }),
  );
}

/** A copied link, and a wall that is loaded again, show the same currency. @param {string} currency */
function keepInAddress(currency) {
  const address = new URL(location.href);
  address.searchParams.set("currency", currency);
  history.replaceState(history.state, "", address);
}
