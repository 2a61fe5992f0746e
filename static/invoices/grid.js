/** Draws the list of invoices: newest on top, unchanged while the reader has scrolled down, with history below. */
import { call } from "../ui/api.js";
import { bound, find, tested, write } from "../ui/dom.js";
import { formatCount } from "../ui/format.js";
import { describeEnd, hasEarlier } from "./listend.js";
import { countRows, locate, missingPage, pageQuery } from "./pages.js";
import { keyOf, makeRow } from "./rows.js";
import { listed, listedRow } from "./list.js";
import { rowsToDraw } from "../ui/viewport.js";

/** How long a new row stays marked, ms. */
const HIGHLIGHT_MS = 1200;
/** More rows than this at once are neither marked nor animated: they are a catch-up. */
const MARKED_AT_MOST = 8;
const SLIDE_AT_MOST = 4;
const SLIDE = { duration: 240, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" };

/** @param {import("./list.js").ListStore} store */
export function mountGrid(store) {
  const grid = new Grid(store);
  store.subscribe((state, before) => grid.draw(state, before));
  return grid;
}

export class Grid {
  /** @param {import("./list.js").ListStore} store */
  constructor(store) {
    this.store = store;
    this.scroller = tested("grid");
    this.table = find("[data-table]");
    this.body = find("[data-rows]");
    this.pill = tested("new-pill");
    this.end = find("[data-end]");
    this.historyButton = find('[data-action="history"]');
    /** @type {Map<string, HTMLElement>} */
    this.elements = new Map();
    this.window = { start: 0, end: 0 };
    this.rowHeight = 36;
    this.newestSeq = store.state.lastSeq;
    this.slidAt = 0;
    /** @type {string | null} the invoice chosen by keyboard; while there is one the list holds still */
    this.chosen = null;
    /** @type {string | null} the invoice open beside the list */
    this.opened = null;
    /** @type {(number: string, invoice: Wire.Invoice | null, takesFocus?: boolean) => void} */
    this.onOpen = () => {};
    this.body.replaceChildren();
    this.listen();
  }

  listen() {
    const redraw = () => this.draw(this.store.state, this.store.state);
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.scroller.addEventListener("wheel", (event) => event.deltaY > 0 && this.reachBelow(), { passive: true });
    this.pill.addEventListener("click", () => this.toTop());
    this.historyButton.addEventListener("click", () => this.fetchMore());
    this.body.addEventListener("click", (event) => this.clicked(event));
    new ResizeObserver(() => {
      this.measure();
      redraw();
    }).observe(this.scroller);
    this.redraw = redraw;
  }

  /** Applies a row height that the style sheet has changed. */
  measure() {
    const probe = document.createElement("div");
    probe.className = "row";
    this.body.append(probe);
    this.rowHeight = probe.getBoundingClientRect().height || this.rowHeight;
    probe.remove();
  }

  scrolled() {
    const isAway = this.scroller.scrollTop > this.rowHeight / 2;
    const { following } = this.store.state;
    if (following && isAway) this.store.dispatch({ type: "hold" });
    if (!following && !this.chosen && this.scroller.scrollTop < 1) this.store.dispatch({ type: "follow" });
    this.drawSoon();
  }

  drawSoon() {
    if (this.soon) return;
    this.soon = requestAnimationFrame(() => {
      this.soon = 0;
      this.draw(this.store.state, this.store.state);
      this.reachBelow();
    });
  }

  toTop() {
    this.chosen = null;
    this.store.dispatch({ type: "search", query: null });
    this.scroller.scrollTo({ top: 0 });
    this.store.dispatch({ type: "follow" });
  }

  /** @param {import("./list.js").ListedFeed} state @param {import("./list.js").ListedFeed | null} before */
  draw(state, before) {
    if (!before) this.measure();
    if (before && (before.clearings !== state.clearings || before.search.id !== state.search.id)) this.scroller.scrollTop = 0;
    const list = listed(state);
    this.window = rowsToDraw({
      scrollTop: this.scroller.scrollTop,
      height: this.scroller.clientHeight,
      rowHeight: this.rowHeight,
      count: list.rows.length + countRows(list.pages),
    });
    this.drawRows(list, state.following, before !== null);
    this.drawEnd(state, list);
    this.drawPill(state);
    this.fetchMissing(list);
  }

  /**
   * @param {ReturnType<typeof listed>} list @param {boolean} following
   * @param {boolean} isLive whether rows not seen yet are news
   */
  drawRows(list, following, isLive) {
    const count = list.rows.length + countRows(list.pages);
    const { start, end } = this.window;
    const news = isLive ? this.markNews(list.rows) : 0;
    this.replaceRows(list, start, end);
    this.body.style.paddingTop = `${start * this.rowHeight}px`;
    this.body.style.paddingBottom = `${(count - end) * this.rowHeight}px`;
    this.table.setAttribute("aria-rowcount", list.pages.ended || !list.pages.open ? String(count + 1) : "-1");
    if (news <= MARKED_AT_MOST) for (const row of list.rows.slice(0, news)) this.highlight(this.elements.get(keyOf(row, -1)));
    if (start === 0 && following) this.slide(news);
    this.mark();
  }

  /** Marks the open row and the chosen row. */
  mark() {
    for (const element of this.elements.values()) {
      const number = element.dataset.invoiceNumber;
      element.classList.toggle("is-open", number !== undefined && number === this.opened);
      element.classList.toggle("is-chosen", number !== undefined && number === this.chosen);
    }
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const element = event.target instanceof Element ? event.target.closest(".row") : null;
    if (!(element instanceof HTMLElement) || !element.dataset.invoiceNumber) return;
    // Ignore clicks that open a link in another tab or select text.
    if (event.ctrlKey || event.metaKey || event.shiftKey || getSelection()?.type === "Range") return;
    event.preventDefault();
    this.open(element.dataset.invoiceNumber, event.detail === 0);
  }

  /** @param {string} number @param {boolean} [takesFocus] */
  open(number, takesFocus = true) {
    const at = this.find(number);
    this.onOpen(number, at === -1 ? null : (listedRow(listed(this.store.state), at)?.invoice ?? null), takesFocus);
  }

  /** The index of an invoice in the list; -1 when it is not loaded. @param {string} number */
  find(number) {
    const list = listed(this.store.state);
    for (let at = 0; at < list.rows.length + countRows(list.pages); at += 1) {
      if (listedRow(list, at)?.invoice?.invoice_number === number) return at;
    }
    return -1;
  }

  /** Chooses the next older (1) or newer (-1) row, and keeps the list still meanwhile. @param {1 | -1} step */
  choose(step) {
    this.store.dispatch({ type: "hold" });
    const list = listed(this.store.state);
    const count = list.rows.length + countRows(list.pages);
    const from = this.chosen ?? this.opened;
    const at = from === null ? Math.ceil(this.scroller.scrollTop / this.rowHeight) : this.find(from) + step;
    const invoice = listedRow(list, Math.min(Math.max(0, at), count - 1))?.invoice;
    if (!invoice) return;
    this.chosen = invoice.invoice_number;
    this.reveal(Math.min(Math.max(0, at), count - 1));
    if (this.opened !== null) this.onOpen(invoice.invoice_number, invoice, false);
  }

  /** Brings a row into sight and puts the focus on it. @param {number} at */
  reveal(at) {
    const top = at * this.rowHeight;
    const head = find(".grid-columns").offsetHeight;
    const room = this.scroller.clientHeight - head;
    const { scrollTop } = this.scroller;
    if (top < scrollTop) this.scroller.scrollTop = top;
    if (top + this.rowHeight > scrollTop + room) this.scroller.scrollTop = top + this.rowHeight - room;
    this.draw(this.store.state, this.store.state);
    const chosen = [...this.elements.values()].find((element) => element.dataset.invoiceNumber === this.chosen);
    chosen?.querySelector("a")?.focus({ preventScroll: true });
  }

  /** Clears the chosen row; returns whether there was one. */
  release() {
    const hadOne = this.chosen !== null;
    this.chosen = null;
    if (this.body.contains(document.activeElement)) this.scroller.focus({ preventScroll: true });
    if (this.scroller.scrollTop < 1) this.store.dispatch({ type: "follow" });
    this.mark();
    return hadOne;
  }

  /** How many rows on top were not drawn before. @param {Wire.Row[]} rows */
  markNews(rows) {
    const top = rows[0]?.seq ?? this.newestSeq;
    const firstOld = rows.findIndex((row) => row.seq <= this.newestSeq);
    this.newestSeq = Math.max(top, this.newestSeq);
    return firstOld === -1 ? rows.length : firstOld;
  }

  /**
   * Puts the rows start..end-1 in place, moving none that stand right.
   * @param {ReturnType<typeof listed>} list @param {number} start @param {number} end
   */
  replaceRows(list, start, end) {
    /** @type {Map<string, ReturnType<typeof listedRow>>} */
    const wanted = new Map();
    for (let at = start; at < end; at += 1) {
      const row = listedRow(list, at);
      wanted.set(keyOf(row, at), row);
    }
    for (const [key, element] of this.elements) {
      if (wanted.has(key)) continue;
      element.remove();
      this.elements.delete(key);
    }
    this.place(wanted, start);
  }

  /** @param {Map<string, ReturnType<typeof listedRow>>} wanted @param {number} start */
  place(wanted, start) {
    /** @type {Map<string, HTMLElement>} */
    const placed = new Map();
    let next = this.body.firstElementChild;
    for (const [key, row] of wanted) {
      const element = this.elements.get(key) ?? makeRow(row, this.store.state.feed);
      if (element === next) next = next.nextElementSibling;
      else this.body.insertBefore(element, next);
      const index = String(start + placed.size + 2);
      if (element.ariaRowIndex !== index) element.setAttribute("aria-rowindex", index);
      placed.set(key, element);
    }
    this.elements = placed;
  }

  /** @param {HTMLElement | undefined} element */
  highlight(element) {
    if (!element) return;
    element.classList.add("is-new");
    setTimeout(() => element.classList.remove("is-new"), HIGHLIGHT_MS);
  }

  /** Animates the rows that move down below new ones. @param {number} news */
  slide(news) {
    const now = performance.now();
    const isCalm = news > 0 && news <= SLIDE_AT_MOST && now - this.slidAt > SLIDE.duration;
    if (news > 0) this.slidAt = now;
    if (!isCalm || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const from = { transform: `translateY(${-news * this.rowHeight}px)` };
    this.body.animate([from, { transform: "none" }], SLIDE);
  }

  /** @param {import("./list.js").ListedFeed} state */
  drawPill(state) {
    this.pill.hidden = state.pendingCount === 0 || state.search.open;
    write(this.pill, `${formatCount(state.pendingCount)} new`);
  }

  /** @param {import("./list.js").ListedFeed} state @param {ReturnType<typeof listed>} list */
  drawEnd(state, { rows, pages }) {
    const isEmpty = rows.length + countRows(pages) === 0;
    const [text, hint] = pages.error === null ? describeEnd(state, pages, isEmpty) : [pages.error, ""];
    write(bound("end-text", this.end), text);
    write(bound("end-hint", this.end), hint);
    this.end.classList.toggle("is-empty", isEmpty);
    const isOffered = pages.error !== null || (!pages.open && hasEarlier(state));
    this.historyButton.hidden = !isOffered;
    write(this.historyButton, pages.error === null ? "Show earlier invoices" : "Try again");
  }

  /** Opens the history below the shown rows. */
  reachBelow() {
    const { rows, pages } = listed(this.store.state);
    if (pages.open || rows.length === 0) return;
    const below = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight;
    if (this.scroller.scrollTop > 0 && below < this.scroller.clientHeight) this.store.dispatch({ type: "history-open" });
  }

  fetchMore() {
    const { pages } = listed(this.store.state);
    this.store.dispatch(pages.open ? { type: "page-retry", id: pages.id } : { type: "history-open" });
  }

  /** @param {ReturnType<typeof listed>} list */
  fetchMissing({ rows, pages }) {
    const [from, to] = [this.window.start - rows.length, this.window.end - 1 - rows.length].map((at) => Math.max(0, at));
    const index = missingPage(pages, from ?? 0, to ?? 0);
    if (index === null) return;
    this.store.dispatch({ type: "page-start", id: pages.id, index });
    void this.fetchPage(pages, index, locate(pages, from ?? 0)?.index ?? index);
  }

  /** @param {import("./pages.js").Pages} pages @param {number} index @param {number} near the page the reader looks at */
  async fetchPage(pages, index, near) {
    const { id } = pages;
    try {
      const page = await call("GET", `/api/invoices?${pageQuery(pages, index, { feed: this.store.state.feed })}`);
      this.store.dispatch({ type: "page", id, index, page });
      this.store.dispatch({ type: "pages-drop", id, index: near });
    } catch (error) {
      this.store.dispatch({ type: "page-failed", id, index, detail: error instanceof Error ? error.message : String(error) });
    }
  }
}
