/** Draws the cards: figure, change, line, and what the figure is based on. A card is chosen for the chart by its title. */
import { documentsOf, metricOf, rangeOf, whyNot } from "./ask.js";
import { changeOf, heldText, valueText } from "./labels.js";
import { bucketsOf, currencyTotals, earlierOf, heightOf, isBehind, totalOf } from "./reading.js";
import { grainOfAnswer, scopeText, whenOf } from "./series.js";
import { isWaiting } from "./state.js";
import { sparkArea, sparkPath } from "../streaming/seconds.js";
import { bound, find, make, write } from "../ui/dom.js";
import { formatTime } from "../ui/format.js";

/** @typedef {import("./page.js").Page} Page @typedef {import("./state.js").State} State */

const MARK_MS = 1400;
/** The most characters that a figure has at its full size. */
const LEAST_CHARS = 9;

/** @param {Page} page */
export function mountCards(page) {
  const cards = [...document.querySelectorAll("[data-metric]")].map((element) => new Card(page, /** @type {HTMLElement} */ (element)));
  page.store.subscribe((state, before) => {
    if (state.parts === before?.parts && state.address === before.address) return;
    for (const card of cards) card.draw(state);
    const longest = Math.max(LEAST_CHARS, ...cards.map((card) => card.text.length));
    for (const card of cards) card.figure.style.setProperty("--chars", String(longest));
    announce(page, cards[0]?.text ?? "", state.parts.figures.answered !== before?.parts.figures.answered);
  });
}

/** The first figure in the tab's title, and for a screen reader when it was asked for. @param {Page} page @param {string} text @param {boolean} isAsked */
function announce({ state, currency }, text, isAsked) {
  if (!text) return;
  document.title = `${text} ${currency} · Revenue · invoicedash`;
  if (isAsked) write(bound("announcer"), `Revenue ${text} ${currency}, ${scopeText({ ...state, address: { ...state.address, at: "" } }, currency)}`);
}

class Card {
  /** @param {Page} page @param {HTMLElement} element */
  constructor(page, element) {
    this.page = page;
    this.element = element;
    this.name = element.dataset.metric ?? "";
    this.text = "";
    /** @type {{ answered: string, text: string } | null} */
    this.marked = null;
    const part = (/** @type {string} */ name) => find(`[data-card="${name}"]`, element);
    this.unit = part("unit");
    this.figure = part("figure");
    this.change = part("change");
    this.proof = part("proof");
    /** @type {SVGElement} */
    this.spark = find('[data-card="spark"]', element);
    this.pick = find('[data-action="pick"]', element);
    this.pick.addEventListener("click", () => page.go({ metric: this.name }));
    this.proofButton = find('[data-action="proof"]', element);
    this.proofButton.addEventListener("click", () => page.go({ proof: this.name, drill: "", at: "" }));
  }

  /** @param {State} state */
  draw(state) {
    const metric = metricOf(state, this.name);
    const part = this.name.endsWith("_customers") ? state.parts.people : state.parts.figures;
    /** @type {Figures.Answer | null} */
    const answer = part.answer;
    const { currency } = this.page;
    const why = metric ? whyNot(metric, state.address, rangeOf(state).grain) : "";
    const value = why ? null : totalOf(answer?.totals, this.name, currency);
    this.element.classList.toggle("is-waiting", isWaiting(part) || Boolean(part.error));
    this.pick.setAttribute("aria-pressed", String(state.address.metric === this.name));
    const isBySale = this.name === "refunds" && state.address.dated === "sale";
    write(this.unit, metric?.unit === "money" ? `${currency}${isBySale ? " by sale date" : ""}` : scopeOf(state, this.name));
    if (answer || why) this.drawFigure(valueText(value, metric?.unit, currency), documentsOf(state, this.name) !== "" && !why);
    this.mark(part.answered);
    this.drawChange(state, answer, value, why);
    // What is still going on would look like a fall.
    const over = bucketsOf(answer, this.name, currency).filter(({ row }) => whenOf(row.date ?? "", grainOfAnswer(part.answered), state.today, Date.now() + state.clock) === "past");
    this.drawLine(why ? [] : over.map(({ value }) => heightOf(value)));
    this.proofButton.style.visibility = answer && !why ? "" : "hidden";
    if (answer) this.drawProof(answer.metadata);
  }

  /** Highlights a figure that changed while the question stayed the same. @param {string} answered */
  mark(answered) {
    const isNews = this.marked?.answered === answered && this.marked.text !== this.text;
    this.marked = { answered, text: this.text };
    if (!isNews) return;
    this.figure.classList.add("is-new");
    setTimeout(() => this.figure.classList.remove("is-new"), MARK_MS);
  }

  /** @param {string} text @param {boolean} hasDocuments */
  drawFigure(text, hasDocuments) {
    this.text = text;
    const wanted = hasDocuments ? "BUTTON" : "SPAN";
    if (this.figure.firstElementChild?.tagName !== wanted || this.figure.firstElementChild.className === "waiting") {
      this.figure.replaceChildren(hasDocuments ? this.makeButton() : make("span", ""));
    }
    write(this.figure.firstElementChild ?? this.figure, text);
  }

  makeButton() {
    const button = make("button", "figure-button");
    button.setAttribute("type", "button");
    button.title = "Documents behind this figure";
    button.addEventListener("click", () => this.page.go({ drill: this.name, at: "", proof: "" }));
    return button;
  }

  /** @param {State} state @param {Figures.Answer | null} answer @param {Figures.Value | undefined} value @param {string} why */
  drawChange(state, answer, value, why) {
    // It may be cut off on a narrow card.
    this.change.title = why;
    if (why) return this.change.replaceChildren(why);
    const earlier = earlierOf(answer, metricOf(state, this.name), this.page.currency);
    const change = changeOf(value, earlier, this.name);
    if (!change) return this.change.replaceChildren("\u00a0");
    const from = Number(earlier) === 0 ? "" : `from ${valueText(earlier, metricOf(state, this.name)?.unit, this.page.currency)}`;
    this.change.replaceChildren(makeChange(change), " ", make("span", "card-from", from));
  }

  /** @param {(number | null)[]} values */
  drawLine(values) {
    const box = this.spark;
    const line = [sparkArea(values), sparkPath(values)].join("|");
    if (box.dataset.line === line) return;
    box.dataset.line = line;
    box.replaceChildren(path("spark-area", sparkArea(values)), path("", sparkPath(values)));
  }

  /** @param {Figures.Proof} proof */
  drawProof(proof) {
    const [isLate, held] = [isBehind(proof), heldText(proof.held)];
    write(this.proof, `${isLate ? "◔ behind since" : "✓ complete to"} ${formatTime(proof.complete_until)}${held ? ` · ${held}` : ""}`);
    this.proof.dataset.state = held ? "held" : isLate ? "behind" : "whole";
  }
}

/** @param {NonNullable<ReturnType<typeof changeOf>>} change */
export function makeChange({ text, way, isGood }) {
  const arrow = { up: "▲", down: "▼", same: "" }[way];
  const words = { up: "up", down: "down", same: "" }[way];
  const element = make("span", "change", make("span", "unseen", words ? `${words} ` : ""), make("span", "", `${arrow} ${text}`.trim()));
  element.dataset.good = isGood === null ? "" : isGood ? "yes" : "no";
  return element;
}

/** What a figure is of besides; people are counted over all currencies. @param {State} state @param {string} name */
function scopeOf(state, name) {
  return name.endsWith("_customers") && currencyTotals(state.parts.figures.answer).length > 1 ? "all currencies" : "";
}

/** @param {string} kind @param {string} line */
function path(kind, line) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", "path");
  if (kind) element.setAttribute("class", kind);
  element.setAttribute("d", line);
  return element;
}
