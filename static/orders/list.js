/** The list of orders: the newest live, or those of one state, with older ones on request. */
import { makeOrder } from "./order.js";
import { call } from "../ui/api.js";
import { bound, find, write } from "../ui/dom.js";
import { formatCount } from "../ui/format.js";

/** A list of one state is read again this long after an order changed, ms. */
const REREAD_MS = 1000;
const NONE = {
  "": ["No order yet", "The first order of the shop appears here within a second, with its invoice."],
  waiting: ["No order waits", "Orders wait here until they are paid or delivered."],
  set_aside: ["No order is set aside", "Test orders, orders that cost nothing and the like come here, each with its reason."],
  quarantined: ["No order is quarantined", "Orders whose sums or taxes do not add up come here, each with its reason."],
};

/** @typedef {keyof typeof NONE} Choice */

export class OrderList {
  /** @param {import("./state.js").StorePage} page */
  constructor(page) {
    this.page = page;
    this.list = find("[data-orders]");
    this.olderButton = /** @type {HTMLButtonElement} */ (find('[data-action="older"]'));
    /** @type {Map<string, { order: Wire.Order, element: HTMLElement }>} */
    this.drawn = new Map();
    /** @type {Choice} */
    this.choice = "";
    /** @type {Wire.Order[]} orders that were read from the API: of the chosen state, or older than the live ones */
    this.read = [];
    /** @type {string | null | undefined} where the next page begins; undefined before the first one was read */
    this.next = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.rereadTimer = undefined;
    this.list.replaceChildren();
    this.listen();
    page.subscribe((state, before) => this.follow(state, before));
  }

  listen() {
    for (const button of this.buttons()) button.addEventListener("click", () => this.choose(/** @type {Choice} */ (button.dataset.stateChoice)));
    this.olderButton.addEventListener("click", () => this.readMore());
  }

  /** @returns {HTMLElement[]} */
  buttons() {
    return [...document.querySelectorAll("[data-state-choice]")].filter((each) => each instanceof HTMLElement);
  }

  /** @param {import("./state.js").State} state @param {import("./state.js").State | null} before */
  follow({ store }, before) {
    if (store.order_counts !== before?.store.order_counts) this.drawCounts(store.order_counts);
    if (store.orders === before?.store.orders) return;
    if (this.choice === "") this.draw(before !== null);
    else this.rereadTimer ??= setTimeout(() => this.reread(), REREAD_MS);
  }

  /** @param {Record<string, number>} counts */
  drawCounts(counts) {
    for (const element of document.querySelectorAll("[data-count]")) {
      if (element instanceof HTMLElement) write(element, formatCount(counts[element.dataset.count ?? ""] ?? 0));
    }
  }

  /** @param {Choice} choice */
  choose(choice) {
    this.choice = choice;
    [this.read, this.next] = [[], undefined];
    for (const button of this.buttons()) button.setAttribute("aria-pressed", String(button.dataset.stateChoice === choice));
    if (choice === "") this.draw(false);
    else void this.reread();
  }

  /** Reads the first page of the chosen state. */
  async reread() {
    clearTimeout(this.rereadTimer);
    this.rereadTimer = undefined;
    this.next = undefined;
    await this.readPage([]);
  }

  readMore() {
    return this.readPage(this.read);
  }

  /** @param {Wire.Order[]} kept the orders that stay above the page */
  async readPage(kept) {
    const choice = this.choice;
    const query = new URLSearchParams({ limit: "20", ...(choice && { state: choice }), ...(this.next && { cursor: this.next }) });
    this.olderButton.setAttribute("aria-busy", "true");
    try {
      const page = await call("GET", `/api/stores/${this.page.state.store.slug}/orders?${query}`);
      if (choice !== this.choice) return;
      [this.read, this.next] = [[...kept, ...page.items], page.next];
      this.complain("");
      this.draw(false);
    } catch (error) {
      this.complain(error instanceof Error ? error.message : String(error));
    } finally {
      this.olderButton.removeAttribute("aria-busy");
    }
  }

  /** @param {string} words empty when all is well */
  complain(words) {
    const notice = bound("orders-error");
    notice.hidden = !words;
    write(notice, words);
  }

  /** The orders to show: live ones first, each once. */
  shown() {
    if (this.choice !== "") return this.read;
    const live = this.page.state.store.orders;
    const known = new Set(live.map((order) => order.external_id));
    return [...live, ...this.read.filter((order) => !known.has(order.external_id))];
  }

  /** @param {boolean} isLive whether orders that are not drawn yet are news */
  draw(isLive) {
    const orders = this.shown();
    const kept = new Set(orders.map((order) => order.external_id));
    for (const [name, { element }] of this.drawn) if (!kept.has(name)) this.drop(name, element);
    orders.forEach((order, at) => this.place(order, at, isLive));
    this.drawEnd(orders.length);
  }

  /** @param {string} name @param {HTMLElement} element */
  drop(name, element) {
    element.remove();
    this.drawn.delete(name);
  }

  /** Puts the element of an order in its place; one that stands right is not moved. @param {Wire.Order} order @param {number} at @param {boolean} isLive */
  place(order, at, isLive) {
    const held = this.drawn.get(order.external_id);
    const isSame = held && JSON.stringify(held.order) === JSON.stringify(order);
    const element = isSame ? held.element : this.make(order, held?.element, isLive);
    this.drawn.set(order.external_id, { order, element });
    const present = this.list.children[at] ?? null;
    if (present !== element) this.list.insertBefore(element, present);
  }

  /** @param {Wire.Order} order @param {HTMLElement | undefined} old the element that it replaces @param {boolean} isLive */
  make(order, old, isLive) {
    const element = makeOrder(order);
    if (old) {
      const hadFocus = old.contains(document.activeElement);
      find("details", element).toggleAttribute("open", find("details", old).hasAttribute("open"));
      old.replaceWith(element);
      if (hadFocus) find("summary", element).focus({ preventScroll: true });
    }
    if (isLive) element.classList.add("is-new");
    return element;
  }

  /** @param {number} count */
  drawEnd(count) {
    const [text = "", more = ""] = NONE[this.choice];
    find("[data-orders-none]").hidden = count > 0;
    write(bound("orders-none"), text);
    write(bound("orders-none-more"), more);
    this.olderButton.hidden = count === 0 || this.next === null || (this.choice !== "" && this.next === undefined);
  }
}
