/** What the chart and the table show of an answer: the buckets of one metric, what is still going on, what is to come. Pure. */
import { metricOf, rangeOf } from "./ask.js";
import { bucketText, daysText, filterText } from "./labels.js";
import { daysOfBucket } from "./ranges.js";
import { bucketsOf, heightOf, rowsIn } from "./reading.js";

/**
 * @typedef {object} Bucket
 * @property {Figures.Row} row
 * @property {Figures.Value} value
 * @property {Figures.Value | undefined} earlier
 * @property {"past" | "now" | "future"} when
 *
 * @typedef {object} Series
 * @property {Figures.Metric | undefined} metric
 * @property {string} grain
 * @property {Bucket[]} buckets
 * @property {boolean} isCompared
 */

/** @param {import("./state.js").State} state @param {string} currency @param {number} now ms of the server's clock @returns {Series} */
export function seriesOf(state, currency, now) {
  const { address, today } = state;
  const metric = metricOf(state, address.metric);
  const part = address.metric.endsWith("_customers") ? state.parts.people : state.parts.figures;
  const grain = grainOfAnswer(part.answered) || rangeOf(state).grain;
  const found = bucketsOf(part.answer, address.metric, currency);
  // Where clocks change, an hour comes twice: then its offset is said.
  const hasOffsets = grain === "hour" && new Set(found.map(({ row }) => row.date?.slice(19))).size > 1;
  const buckets = found.map(({ row, ...rest }) => ({
    ...rest,
    row: hasOffsets ? { ...row, offset: row.date?.slice(19) ?? "" } : row,
    when: whenOf(row.date ?? "", grain, today, now),
  }));
  return { metric, grain, buckets, isCompared: buckets.some(({ earlier }) => earlier !== undefined) };
}

/** Labels follow the answer that is shown, also while the next one is on its way. @param {string} asked */
export function grainOfAnswer(asked) {
  return new URLSearchParams(asked.split("?")[1] ?? "").get("grain") ?? "";
}

/** @param {string} date @param {string} grain @param {string} today @param {number} now @returns {"past" | "now" | "future"} */
export function whenOf(date, grain, today, now) {
  if (grain === "hour") {
    const begin = Date.parse(date);
    return begin > now ? "future" : begin + 3_600_000 > now ? "now" : "past";
  }
  if (date > today) return "future";
  return daysOfBucket(date, grain, { from: "", to: "9999-12-31" }).to >= today ? "now" : "past";
}

/** More buckets than this are drawn as an area. */
export const MOST_BARS = 130;

/** The columns of the chart: place, what is over, what is still going on, the earlier period. @param {Series} series */
export function columnsOf({ buckets, isCompared }) {
  // A single bucket of an area has no width: there the last one belongs to the others.
  const over = buckets.length > MOST_BARS ? ["past", "now"] : ["past"];
  const past = buckets.map(({ value, when }) => (over.includes(when) ? heightOf(value) : null));
  const now = buckets.map(({ value, when }) => (when === "now" ? heightOf(value) : null));
  const earlier = buckets.map((bucket) => (isCompared ? heightOf(bucket.earlier) : null));
  return [buckets.map((_, at) => at), past, now, earlier];
}

/** What a list or a proof is of, in words: the days or the bucket, and the filters. @param {import("./state.js").State} state @param {string} currency */
export function scopeText(state, currency) {
  const { address } = state;
  const { days, grain } = rangeOf(state);
  const row = bucketRows(state, currency)[0] ?? { currency: null, date: address.at, label: address.at };
  return [address.at ? bucketText(row, grain) : daysText(days), ...address.filters.map(filterText)].join(" · ");
}

/** The rows of the bucket that the address names. @param {import("./state.js").State} state @param {string} currency */
export function bucketRows({ address, parts }, currency) {
  return rowsIn(parts.figures.answer?.data, currency).filter(({ date }) => date === address.at);
}

/** The bounds of the upright axis: zero is always on it. @param {(number | null)[][]} columns @returns {[number, number]} */
export function boundsOf(columns) {
  const values = columns.flat().filter((value) => value !== null);
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  return least === most ? [0, 1] : [least * 1.08, most * 1.08];
}

/** Hours of more days than this are labelled by day. */
const MOST_HOURS = 48;

/** The places of labels below the axis, so that they do not touch. @param {Bucket[]} buckets @param {string} grain @param {number} room how many fit */
export function ticksOf(buckets, grain, room) {
  const isByDay = grain === "hour" && buckets.length > MOST_HOURS;
  const places = buckets.flatMap(({ row }, at) => (isByDay && row.date?.slice(11, 13) !== "00" ? [] : [at]));
  const step = Math.max(1, Math.ceil(places.length / Math.max(1, room)));
  return places.filter((_, at) => at % step === 0);
}
