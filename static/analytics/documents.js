/** The list of documents behind a figure, with their sum, which is the figure. */
import { documentsOf, metricOf } from "./ask.js";
import { valueText } from "./labels.js";
import { totalOf } from "./reading.js";
import { bucketRows, scopeText } from "./series.js";
import { call } from "../ui/api.js";
import { make } from "../ui/dom.js";
import { makeTime } from "../ui/time.js";

/** @typedef {{ page: import("./page.js").Page, body: HTMLElement, documents: Figures.Document[], onOpen(number: string): void }} Side the panel */

/** @param {Side} side @param {Figures.Documents} answer */
export function drawDocuments(side, answer) {
  const { state } = side.page;
  const unit = metricOf(state, documentsOf(state, state.address.drill))?.unit;
  const list = make("ol", "drill-rows");
  list.dataset.testid = "drill-rows";
  list.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.dataset.number) side.onOpen(button.dataset.number);
  });
  side.documents = answer.items;
  list.append(...answer.items.map((item) => makeItem(item, unit)));
  const rows = answer.items.length ? list : make("p", "note", "No document here adds to this figure.");
  side.body.replaceChildren(make("p", "side-scope", scopeText(state, side.page.currency)), makeSums(side, answer.sums, unit), rows, makeMore(side, list, answer.next, unit));
}

/** @param {Side} side @param {Figures.Documents["sums"]} sums @param {Figures.Unit | undefined} unit */
function makeSums({ page }, sums, unit) {
  const { drill, at } = page.state.address;
  const name = documentsOf(page.state, drill);
  const figure = totalOf(at ? bucketRows(page.state, page.currency) : page.state.parts.figures.answer?.totals, name, page.currency);
  const parts = sums.map(({ currency, value }) =>
    make("p", "side-sum", valueText(value, unit, currency), " ", make("span", "unit", unit === "money" ? currency : `in ${currency}`)),
  );
  const isEqual = sums.length === 1 && figure !== undefined && String(sums[0]?.value) === String(figure);
  const words = name === drill ? "The sum of all documents" : `The ${metricOf(page.state, name)?.title.toLowerCase()} of all documents`;
  return make("div", "side-sums", ...parts, make("p", isEqual ? "side-equal" : "note", isEqual ? `✓ ${words} equals the figure` : words));
}

/** @param {Figures.Document} document @param {Figures.Unit | undefined} unit */
function makeItem({ number, at, value, currency, kind }, unit) {
  const isCredit = kind === "credit_note";
  const link = make("button", "drill-number", number);
  link.setAttribute("type", "button");
  link.dataset.number = number;
  const money = unit === "money" ? [make("span", "unit", ` ${currency}`)] : [];
  const amount = make("span", isCredit ? "amount is-credit" : "amount", valueText(value, unit, currency), ...money);
  return make("li", "", link, amount, makeTime(at), make("span", "drill-kind", isCredit ? "credit note" : "invoice"));
}

/** @param {Side} side @param {HTMLElement} list @param {string | null} next @param {Figures.Unit | undefined} unit */
function makeMore(side, list, next, unit) {
  const button = make("button", "button is-small", "Show more");
  const { asked } = side.page.state.parts.side;
  let cursor = next;
  button.hidden = cursor === null;
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    try {
      /** @type {Figures.Documents} */
      const page = await call("GET", `${asked}&cursor=${cursor}`);
      side.documents = [...side.documents, ...page.items];
      list.append(...page.items.map((item) => makeItem(item, unit)));
      cursor = page.next;
      button.hidden = cursor === null;
    } catch (error) {
      button.before(make("p", "notice", error instanceof Error ? error.message : String(error)));
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
  return button;
}
