/** What a panel is about, in words: the days or the bucket, and the filters. */
import { rangeOf } from "./ask.js";
import { bucketText, daysText, filterText } from "./labels.js";
import { rowsIn } from "./reading.js";
import { make } from "../ui/dom.js";

/** @param {import("./page.js").Page} page */
export function makeScope(page) {
  const { state } = page;
  const { address } = state;
  const { days, grain } = rangeOf(state);
  const row = bucketRows(page)[0] ?? { currency: null, date: address.at, label: address.at };
  const when = address.at ? bucketText(row, grain) : daysText(days);
  return make("p", "side-scope", [when, ...address.filters.map(filterText)].join(" · "));
}

/** The rows of the bucket that the address names. @param {import("./page.js").Page} page */
export function bucketRows({ state, currency }) {
  return rowsIn(state.parts.figures.answer?.data, currency).filter(({ date }) => date === state.address.at);
}
