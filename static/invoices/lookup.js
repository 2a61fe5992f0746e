/** Search as you type, or sorting by a column; not both, because search results are in the order of issue. */
import { bound, find, write } from "../ui/dom.js";

/** A pause in typing, ms. */
const PAUSE_MS = 180;

/** @param {import("./list.js").ListStore} store @param {string[]} sortable the orders the server knows */
export function mountLookup(store, sortable) {
  const lookup = new Lookup(store);
  for (const name of sortable) lookup.offerSort(name);
  return lookup;
}

export class Lookup {
  /** @param {import("./list.js").ListStore} store */
  constructor(store) {
    this.store = store;
    this.input = /** @type {HTMLInputElement} */ (find("[data-search]"));
    /** @type {string | null} such as `-total_amount` */
    this.sort = null;
    /** @type {Map<string, HTMLElement>} */
    this.headings = new Map();
    this.input.addEventListener("input", () => this.search());
    find('[data-action="leave-search"]').addEventListener("click", () => this.leave());
    store.subscribe(({ search }, before) => {
      if (search.id === before?.search.id) return;
      write(bound("search-note"), this.sort ? `all issued invoices, ${describeSort(this.sort)}` : "found in all issued invoices");
      find("[data-live-note]").hidden = search.open;
      find("[data-search-note]").hidden = !search.open;
    });
    this.input.addEventListener("keydown", (event) => event.key === "Enter" && this.apply());
  }

  search() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.apply(), PAUSE_MS);
  }

  apply() {
    clearTimeout(this.timer);
    const words = this.input.value.trim();
    if (words) this.sort = null;
    /** @type {Record<string, string>} */
    const query = {};
    if (words) query.q = words;
    if (this.sort) query.sort = this.sort;
    const isSame = JSON.stringify(this.store.state.search.query) === JSON.stringify(query);
    if (this.store.state.search.open && isSame) return;
    this.store.dispatch({ type: "search", query: words || this.sort ? query : null });
    this.drawSort();
  }

  /** Returns to the live list; returns whether a search or an order was active. */
  leave() {
    const wasHere = document.activeElement === this.input;
    const wasSearching = wasHere || this.store.state.search.open;
    this.input.blur();
    this.input.value = "";
    this.sort = null;
    this.apply();
    return wasSearching;
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  /** @param {string} name of a column, as the server calls it */
  offerSort(name) {
    const heading = document.querySelector(`[data-column="${name}"]`);
    if (!(heading instanceof HTMLElement)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => this.turn(name));
    this.headings.set(name, heading);
    this.drawSort();
  }

  /** Largest first, smallest first, live again. @param {string} name */
  turn(name) {
    const orders = [`-${name}`, name, null];
    this.sort = orders[(orders.indexOf(this.sort) + 1) % orders.length] ?? null;
    this.input.value = "";
    this.apply();
  }

  drawSort() {
    for (const [name, heading] of this.headings) {
      const order = this.sort === name ? "ascending" : this.sort === `-${name}` ? "descending" : "none";
      heading.setAttribute("aria-sort", order);
      heading.dataset.order = order;
    }
  }
}

/** @type {Record<string, string>} */
const SORTS = {
  invoice_number: "by number, ascending",
  "-invoice_number": "by number, descending",
  invoice_date: "by date, oldest first",
  "-invoice_date": "by date, newest first",
  total_amount: "by total, smallest first",
  "-total_amount": "by total, largest first",
};

/** An order in words. @param {string} sort */
export function describeSort(sort) {
  return SORTS[sort] ?? "sorted";
}
