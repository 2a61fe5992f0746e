/** The side panel: the documents behind a figure, or how the figure comes about. Its address is part of the page's. */
import { documentsOf, metricOf, rangeOf } from "./ask.js";
import { bucketText, daysText, filterText, valueText } from "./labels.js";
import { rowsIn, totalOf } from "./reading.js";
import { describeStanding, fact } from "./standing.js";
import { call } from "../ui/api.js";
import { bound, find, make, write } from "../ui/dom.js";
import { makeTime } from "../ui/time.js";

/** @typedef {import("./page.js").Page} Page */

/** @param {Page} page @param {(number: string) => void} onOpen called with the document that the reader chooses */
export function mountSide(page, onOpen) {
  const side = new Side(page, onOpen);
  page.store.subscribe((state, before) => {
    if (state.parts.side !== before?.parts.side || state.address !== before.address) side.draw();
  });
  return side;
}

class Side {
  /** @param {Page} page @param {(number: string) => void} onOpen */
  constructor(page, onOpen) {
    this.page = page;
    this.onOpen = onOpen;
    this.panel = find("[data-side]");
    this.body = find("[data-side-body]");
    /** @type {Figures.Document[]} */
    this.documents = [];
    /** @type {string | null} */
    this.next = null;
    /** @type {unknown} the answer that is drawn */
    this.drawn = null;
    this.key = "";
    /** @type {Element | null} where the reader was before */
    this.cameFrom = null;
    find('[data-action="side-close"]').addEventListener("click", () => this.close());
    this.body.addEventListener("click", (event) => this.clicked(event));
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  close() {
    this.page.go({ drill: "", at: "", proof: "" });
  }

  draw() {
    const { address, parts } = this.page.state;
    const name = address.drill || address.proof;
    const key = [name, address.drill ? "documents" : "proof", address.at].join(" ");
    if (!name) return this.hide();
    const part = parts.side;
    if (this.key !== key || !this.isOpen) this.open(key);
    const title = metricOf(this.page.state, name)?.title ?? name;
    write(bound("side-title"), address.drill ? `Documents behind ${title.toLowerCase()}` : `How ${title.toLowerCase()} comes about`);
    if (part.error) return this.body.replaceChildren(make("p", "notice", part.error));
    if (part.asked !== part.answered || !part.answer) return this.say("Loading…");
    if (part.answer === this.drawn) return;
    this.drawn = part.answer;
    if (address.drill) this.drawDocuments(part.answer);
    else this.drawProof(part.answer, name);
  }

  /** @param {string} key */
  open(key) {
    const wasOpen = this.isOpen;
    this.key = key;
    this.drawn = null;
    this.panel.hidden = false;
    if (wasOpen) return;
    this.cameFrom = document.activeElement;
    bound("side-title").focus({ preventScroll: true });
  }

  hide() {
    if (!this.isOpen) return;
    const hadFocus = this.panel.contains(document.activeElement) || document.activeElement === document.body;
    this.panel.hidden = true;
    this.key = "";
    if (hadFocus && this.cameFrom instanceof HTMLElement && this.cameFrom.isConnected) this.cameFrom.focus();
  }

  /** @param {string} words */
  say(words) {
    if (!this.body.querySelector(".note")) this.body.replaceChildren(make("p", "note", words));
  }

  /** @param {Figures.Documents} answer */
  drawDocuments({ items, sums, next }) {
    this.documents = items;
    this.next = next;
    const list = make("ol", "drill-rows");
    list.dataset.testid = "drill-rows";
    list.append(...items.map((item) => this.makeItem(item)));
    const more = make("button", "button is-small", "Show more");
    more.dataset.action = "more";
    more.hidden = next === null;
    this.body.replaceChildren(this.makeScope(), this.makeSum(sums), ...(items.length ? [list] : [make("p", "note", "No document here adds to this figure.")]), more);
  }

  /** What the list is of: days, filters. */
  makeScope() {
    const { state } = this.page;
    const { address } = state;
    const { days, grain } = rangeOf(state);
    const row = address.at ? rowsIn(state.parts.figures.answer?.data, this.page.currency).find(({ date }) => date === address.at) : undefined;
    const when = address.at ? bucketText(row ?? { currency: null, date: address.at, label: address.at }, grain) : daysText(days);
    return make("p", "side-scope", [when, ...address.filters.map(filterText)].join(" · "));
  }

  /** @param {Figures.Documents["sums"]} sums */
  makeSum(sums) {
    const { state, currency } = this.page;
    const { drill, at } = state.address;
    const name = documentsOf(state, drill);
    const unit = metricOf(state, name)?.unit;
    const rows = at ? rowsIn(state.parts.figures.answer?.data, currency).filter(({ date }) => date === at) : state.parts.figures.answer?.totals;
    const figure = totalOf(rows, name, currency);
    const parts = sums.map(({ currency: each, value }) => make("p", "side-sum", valueText(value, unit), " ", make("span", "unit", unit === "money" ? each : `documents in ${each}`)));
    const isEqual = sums.length === 1 && figure !== undefined && String(sums[0]?.value) === String(figure);
    const words = `The sum of all documents here${name === drill ? "" : `, ${metricOf(state, name)?.title.toLowerCase()}`}`;
    const verdict = make("p", isEqual ? "side-equal" : "note", isEqual ? "✓ The sum of all documents equals the figure" : words);
    return make("div", "side-sums", ...parts, verdict);
  }

  /** @param {Figures.Document} item */
  makeItem({ number, at, value, currency, kind }) {
    const unit = metricOf(this.page.state, documentsOf(this.page.state, this.page.state.address.drill))?.unit;
    const link = make("button", "drill-number", number);
    link.setAttribute("type", "button");
    link.dataset.number = number;
    const amount = make("span", kind === "credit_note" ? "amount is-credit" : "amount", valueText(value, unit), ...(unit === "money" ? [make("span", "unit", ` ${currency}`)] : []));
    return make("li", "", link, amount, makeTime(at), make("span", "drill-kind", kind === "credit_note" ? "credit note" : "invoice"));
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    if (button.dataset.number) this.onOpen(button.dataset.number);
    if (button.dataset.action === "more") void this.showMore(button);
  }

  /** @param {HTMLButtonElement} button */
  async showMore(button) {
    const { asked } = this.page.state.parts.side;
    button.setAttribute("aria-busy", "true");
    try {
      const page = await call("GET", `${asked}&cursor=${this.next}`);
      if (asked !== this.page.state.parts.side.asked) return;
      this.documents = [...this.documents, ...page.items];
      this.next = page.next;
      find(".drill-rows", this.body).append(...page.items.map((/** @type {Figures.Document} */ item) => this.makeItem(item)));
      button.hidden = page.next === null;
    } catch (error) {
      button.before(make("p", "notice", error instanceof Error ? error.message : String(error)));
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  /** The document of the list that lies one further than another. @param {string | null} number @param {1 | -1} step */
  neighbour(number, step) {
    const at = this.documents.findIndex((item) => item.number === number);
    return this.documents[at === -1 ? 0 : at + step]?.number ?? null;
  }

  /** @param {Figures.Explained} answer @param {string} name */
  drawProof({ metrics, buckets, documents, metadata }, name) {
    const { state, currency } = this.page;
    const metric = metricOf(state, name);
    const figure = totalOf(state.parts[name.endsWith("_customers") ? "people" : "figures"].answer?.totals, name, currency);
    const sql = metrics.flatMap((each) => each.sql).map((text) => make("pre", "sql", text));
    const facts = make("dl", "facts-list", fact("Buckets", String(buckets)), fact("Documents", `${documents.toLocaleString()} in these days`), ...describeStanding(metadata).slice(1));
    const rows = make("button", "button is-small", "Documents behind it");
    rows.addEventListener("click", () => this.page.go({ drill: name, at: "", proof: "" }));
    rows.hidden = !documentsOf(state, name);
    this.body.replaceChildren(
      this.makeScope(),
      make("p", "side-sum", valueText(figure, metric?.unit), " ", make("span", "unit", metric?.unit === "money" ? currency : "")),
      make("p", "side-says", `${metrics[0]?.says ?? ""}.`),
      rows,
      facts,
      make("details", "side-sql", make("summary", "", "SQL that reads it"), ...sql),
    );
  }
}
