/** Messages of the page: no sales in the range, a refused call, no answer of the server, currencies without a rate. */
import { daysOf, DEFAULT_RANGE, lastOfMonth, wholeMonths } from "./ranges.js";
import { daysText, filterText } from "./labels.js";
import { isEmpty, soldMonths } from "./reading.js";
import { isWaiting } from "./state.js";
import { bound, find, make, write } from "../ui/dom.js";
import { formatTime } from "../ui/format.js";

/** @typedef {import("./page.js").Page} Page @typedef {import("./state.js").State} State */

/** The filters that say where, not what: other days are looked for within these. */
const WHERE = ["feed", "store"];

/** @param {Page} page */
export function mountNotices(page) {
  page.store.subscribe((state, before) => {
    if (state.parts === before?.parts && state.address === before.address) return;
    drawRefusal(page, state);
    drawUnconverted(page, state);
    drawNothing(page, state);
  });
}

/** @param {Page} page @param {State} state */
function drawRefusal(page, { address, parts, today }) {
  const notice = bound("notice");
  const { error, status, answer } = parts.figures;
  notice.hidden = !error;
  if (!error) return;
  const at = answer ? ` The figures below are from ${formatTime(answer.metadata.as_of)}; trying again.` : " Trying again.";
  const reset = button("Show the last 28 days without filters", () => page.go({ range: DEFAULT_RANGE, from: "", to: "", grain: "", filters: [], convert: "", tz: "", drill: "", at: "" }));
  // Products are kept by month, for any number of documents.
  const months = () => page.go({ range: "", ...wholeMonths(daysOf(address, today)), grain: "month", compare: "none", drill: "", at: "" });
  const remedies = address.filters.some(({ dimension }) => dimension === "product") ? [" ", button("Show whole months", months)] : [];
  notice.replaceChildren(error, ...(status === 422 ? [...remedies, " ", reset] : status === 401 ? [" ", signIn()] : [at]));
}

/** @param {Page} page @param {State} state */
function drawUnconverted(page, { address, parts }) {
  const banner = bound("unconverted");
  const missing = parts.figures.answer?.metadata.unconverted ?? [];
  banner.hidden = !address.convert || !missing.length;
  if (banner.hidden) return;
  const words = `${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} left out: a day of this range has no rate to ${address.convert}. Rates are added in the `;
  const link = /** @type {HTMLAnchorElement} */ (make("a", "", "admin"));
  link.href = "/admin/metrics/rate/";
  banner.replaceChildren(words, link, ". ", button("Show each currency apart", () => page.go({ convert: "" })));
}

/** @param {Page} page @param {State} state */
function drawNothing(page, state) {
  const { figures, months } = state.parts;
  const isNothing = figures.answer !== null && !isWaiting(figures) && isEmpty(figures.answer);
  document.querySelector("main")?.classList.toggle("has-nothing", isNothing);
  const panel = find("[data-nothing]");
  panel.hidden = !isNothing;
  if (!isNothing) return;
  const { address } = state;
  write(bound("nothing-text"), `No sales in this range: ${daysText(daysOf(address, state.today))}`);
  const sold = soldMonths(months.answer);
  write(bound("nothing-hint"), hintOf(state, sold));
  const isOthers = address.filters.some(({ dimension }) => !WHERE.includes(dimension));
  const acts = [
    ...(sold && !isOthers ? [button(`Show ${daysText({ from: sold.first, to: lastOfMonth(sold.last) })}`, () => page.go({ range: "", from: sold.first, to: lastOfMonth(sold.last), grain: "" }))] : []),
    ...(address.filters.length ? [button("Clear the filters", () => page.go({ filters: [] }))] : []),
    ...(sold || address.filters.length ? [] : [button("Show the generated invoices", () => page.go({ filters: [{ dimension: "feed", members: ["demo"], isNot: false }] }))]),
  ];
  find("[data-nothing-acts]").replaceChildren(...acts);
}

/** @param {State} state @param {{ first: string, last: string } | null} sold */
function hintOf({ address, parts }, sold) {
  if (isWaiting(parts.months) || !parts.months.answer) return "Looking for other days.";
  const filters = address.filters.map(filterText).join(", ");
  const others = sold ? "There are invoices in other days." : "";
  if (filters) return `Filters: ${filters}. ${others}`;
  if (sold) return others;
  return "No invoice counts yet: connect a shop, import a file, or POST an invoice to /api/invoices. Generated invoices and demonstration stores count only when they are chosen.";
}

/** @param {string} text @param {() => void} act */
function button(text, act) {
  const element = make("button", "button is-small", text);
  element.setAttribute("type", "button");
  element.addEventListener("click", act);
  return element;
}

function signIn() {
  const link = /** @type {HTMLAnchorElement} */ (make("a", "", "Sign in again"));
  link.href = `/login/?next=${encodeURIComponent(location.pathname + location.search)}`;
  return link;
}
