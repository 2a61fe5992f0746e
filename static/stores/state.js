/**
 * What the overview knows of the stores, as a pure function of the first paint and events.
 *
 * Guarantee: while the reader looks, cards change their places only when a store comes, goes, or begins or ends to need
 * attention; figures that change reorder them at `resort` alone.
 */

/**
 * @typedef {import("../streaming/feed.js").Connection} Connection
 * @typedef {"attention" | "gross" | "orders" | "name"} Sort
 *
 * @typedef {object} State
 * @property {ReadonlyMap<string, Stores.Card>} cards by slug
 * @property {string[]} order the slugs of the shown stores
 * @property {Sort} sort
 * @property {string} search
 * @property {boolean} isWhole whether all stores are known: a page with very many stores begins with the first ones
 * @property {number} limit how many stores the page shows
 * @property {string[]} found the slugs of the stores that match the search, in order
 * @property {Connection} connection
 * @property {number | null} receivedAt when the last frame came, ms of the reader's clock
 * @property {number} clock what to add to the reader's clock to have the server's, ms
 *
 * @typedef {{ type: "frame", frame: Stores.Frame, now: number }
 *   | { type: "connection", connection: Connection }
 *   | { type: "search", text: string }
 *   | { type: "more" }
 *   | { type: "sort", sort: Sort }
 *   | { type: "resort" }
 * } Event
 * @typedef {import("../ui/store.js").StoreOf<State, Event>} StoresStore
 */

/** How many of a thousand stores are drawn at a time: each card is twenty elements. */
export const PAGE = 60;

/** @param {Stores.FirstPaint} page @param {number} now ms of the reader's clock @returns {State} */
export function begin({ as_of, items, is_whole }, now) {
  const cards = new Map(items.map((card) => [card.slug, card]));
  const clock = Date.parse(as_of) - now;
  const order = arrange(cards, "attention");
  const shown = { order, sort: /** @type {Sort} */ ("attention"), search: "", limit: PAGE, found: order };
  return { cards, isWhole: is_whole, ...shown, connection: "connecting", receivedAt: null, clock };
}

/** @param {State} state @param {Event} event @returns {State} */
export function reduce(state, event) {
  const next = change(state, event);
  const isSame = next.order === state.order && next.search === state.search && next.cards.size === state.cards.size;
  return isSame ? next : { ...next, found: next.order.filter((slug) => isFound(next.cards.get(slug), next.search)) };
}

/** The slugs of the stores that the page shows. @param {State} state */
export function visible({ found, limit }) {
  return found.slice(0, limit);
}

/** @param {State} state @param {Event} event @returns {State} */
function change(state, event) {
  switch (event.type) {
    case "frame":
      return takeFrame(state, event.frame, event.now);
    case "connection":
      return event.connection === state.connection ? state : { ...state, connection: event.connection };
    case "search":
      return { ...state, search: event.text.trim().toLocaleLowerCase(), limit: PAGE };
    case "more":
      return { ...state, limit: state.limit + PAGE };
    case "sort":
      return { ...state, sort: event.sort, order: arrange(state.cards, event.sort), limit: PAGE };
    case "resort":
      return reorder(state);
    default:
      return state;
  }
}

/** @param {State} state @param {Stores.Frame} frame @param {number} now @returns {State} */
function takeFrame(state, frame, now) {
  if (frame.type !== "hello" && frame.type !== "stores") return { ...state, receivedAt: now };
  const next = { ...state, receivedAt: now, clock: Date.parse(frame.as_of) - now };
  if (!frame.items.length && frame.type === "stores") return next;
  const cards = new Map(frame.type === "hello" ? [] : state.cards);
  for (const card of frame.items) {
    if (isGone(card)) cards.delete(card.slug);
    else cards.set(card.slug, card);
  }
  next.cards = cards;
  next.isWhole ||= frame.type === "hello";
  return hasOtherPlaces(state.cards, cards) ? reorder(next) : next;
}

/** @param {Stores.Card | Stores.Gone} card @returns {card is Stores.Gone} */
function isGone(card) {
  return card.status === "erased";
}

/** @param {State} state @returns {State} */
function reorder(state) {
  const order = arrange(state.cards, state.sort);
  return order.join() === state.order.join() ? state : { ...state, order };
}

/** @param {ReadonlyMap<string, Stores.Card>} before @param {ReadonlyMap<string, Stores.Card>} after */
function hasOtherPlaces(before, after) {
  if (before.size !== after.size) return true;
  for (const [slug, card] of after) {
    const held = before.get(slug);
    if (held === card) continue;
    if (!held || held.name !== card.name || held.needs_attention !== card.needs_attention || isShown(held) !== isShown(card)) return true;
  }
  return false;
}

/** Whether a store has something to show: one without a shop has its sales alone. @param {Stores.Card} card */
export function isShown(card) {
  return card.platform !== "manual" || card.days.some((gross) => Number(gross) !== 0);
}

/** @type {Record<Sort, (one: Stores.Card, other: Stores.Card) => number>} */
const COMPARE = {
  attention: (one, other) => Number(other.needs_attention) - Number(one.needs_attention),
  gross: (one, other) => Number(other.today.gross) - Number(one.today.gross),
  orders: (one, other) => other.today.orders - one.today.orders,
  name: () => 0,
};
const names = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });

/** @param {ReadonlyMap<string, Stores.Card>} cards @param {Sort} sort */
function arrange(cards, sort) {
  const compare = COMPARE[sort];
  const shown = [...cards.values()].filter(isShown);
  shown.sort((one, other) => compare(one, other) || names.compare(one.name, other.name) || (one.slug < other.slug ? -1 : 1));
  return shown.map((card) => card.slug);
}

/** @param {Stores.Card | undefined} card @param {string} search in lower case */
function isFound(card, search) {
  return card !== undefined && (!search || [card.name, card.slug, card.domain].some((text) => text.toLocaleLowerCase().includes(search)));
}

/**
 * The sales of today in each currency, the most orders first. Demonstration stores are left out.
 * @param {State} state @returns {{ currency: string, gross: string, orders: number }[]}
 */
export function totals({ cards, order }) {
  /** @type {Map<string, { currency: string, cents: bigint, orders: number }>} */
  const sums = new Map();
  for (const slug of order) {
    const card = cards.get(slug);
    if (!card || card.is_demo) continue;
    const sum = sums.get(card.currency) ?? { currency: card.currency, cents: 0n, orders: 0 };
    sum.cents += BigInt(card.today.gross.replace(".", ""));
    sum.orders += card.today.orders;
    sums.set(card.currency, sum);
  }
  const found = [...sums.values()].sort((one, other) => other.orders - one.orders || (one.currency < other.currency ? -1 : 1));
  return found.map(({ currency, cents, orders }) => ({ currency, gross: writeCents(cents), orders }));
}

/** @param {bigint} cents */
function writeCents(cents) {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, "0");
  return `${cents < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** How many stores need attention. @param {State} state */
export function countAttention({ cards, order }) {
  return order.filter((slug) => cards.get(slug)?.needs_attention).length;
}
