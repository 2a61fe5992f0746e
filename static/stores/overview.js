/** The overview of stores: its cards follow the WebSocket; search and order are the reader's. */
import { keepAges } from "./ages.js";
import { CardList } from "./cards.js";
import { follow } from "./live.js";
import { begin, countAttention, PAGE, reduce, totals } from "./state.js";
import { bound, find, make, readIsland, write } from "../ui/dom.js";
import { formatCount, formatMoney } from "../ui/format.js";
import { mountPreferences } from "../ui/preferences.js";
import { Store } from "../ui/store.js";

/** Figures change the order of the cards at most this often. */
const RESORT_MS = 10_000;

/** @type {Stores.FirstPaint} */
const page = readIsland("first-paint");
const store = new Store({ reduce }, begin(page, Date.now()));
const list = new CardList(page.may_connect);
const search = /** @type {HTMLInputElement} */ (find("[data-search]"));

mountPreferences();
store.subscribe((state, before) => {
  list.draw(state, before);
  if (state.cards !== before?.cards || state.order !== before?.order) drawTotals(state);
  if (state.found !== before?.found) drawNothing(state);
  if (state.found !== before?.found || state.limit !== before?.limit) drawMore(state);
  if (before) announce(state, before);
});
mountChoices();
keepAges(() => Date.now() + store.state.clock);
follow(store);
setInterval(() => store.dispatch({ type: "resort" }), RESORT_MS);

function mountChoices() {
  const sort = /** @type {HTMLSelectElement} */ (find("[data-sort]"));
  const sortNow = () => store.dispatch({ type: "sort", sort: /** @type {import("./state.js").Sort} */ (sort.value) });
  const searchNow = () => store.dispatch({ type: "search", text: search.value });
  sort.addEventListener("change", sortNow);
  search.addEventListener("input", searchNow);
  find('[data-action="clear-search"]').addEventListener("click", clearSearch);
  find('[data-action="more"]').addEventListener("click", showMore);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLElement && event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    search.focus();
  });
  // The browser fills fields again after a reload.
  sortNow();
  searchNow();
}

function clearSearch() {
  search.value = "";
  store.dispatch({ type: "search", text: "" });
  search.focus();
}

/** @param {import("./state.js").State} state */
function drawTotals(state) {
  if (!state.isWhole) return;
  const count = state.order.length;
  const attention = countAttention(state);
  const parts = [
    make("span", "", make("b", "", formatCount(count)), count === 1 ? " store" : " stores"),
    ...(attention ? [make("span", "is-attention", make("b", "", formatCount(attention)), attention === 1 ? " needs attention" : " need attention")] : []),
    ...totals(state).map(({ currency, gross, orders }) =>
      make("span", "", "today ", make("b", "", formatMoney(gross, currency)), ` ${currency} in ${formatCount(orders)} ${orders === 1 ? "order" : "orders"}`),
    ),
  ];
  bound("totals").replaceChildren(...(count ? parts : []));
}

/** @param {import("./state.js").State} state */
function drawNothing({ order, found }) {
  find("main").classList.toggle("has-nothing", order.length === 0);
  find("[data-unmatched]").hidden = order.length === 0 || found.length > 0;
  write(bound("unmatched"), search.value.trim());
}

/** @param {import("./state.js").State} state */
function drawMore({ found, limit }) {
  const left = found.length - limit;
  find("[data-more]").hidden = left <= 0;
  write(bound("shown"), `${formatCount(limit)} of ${formatCount(found.length)} stores`);
  write(find('[data-action="more"]'), `Show ${formatCount(Math.min(PAGE, left))} more`);
}

/** Shows more stores; the focus goes to the first of them, because the button moves away or vanishes. */
function showMore() {
  const before = list.list.children.length;
  store.dispatch({ type: "more" });
  requestAnimationFrame(() => requestAnimationFrame(() => list.list.children[before]?.querySelector("a")?.focus()));
}

/** Announces stores that begin to need attention. @param {import("./state.js").State} state @param {import("./state.js").State} before */
function announce(state, before) {
  const fresh = state.order.filter((slug) => state.cards.get(slug)?.needs_attention && before.cards.get(slug)?.needs_attention === false);
  if (fresh.length) write(bound("announcer"), `${fresh.map((slug) => state.cards.get(slug)?.name).join(", ")}: needs attention`);
}
