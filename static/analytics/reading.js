/** Reads answers: the currencies in them, the rows of one currency, totals beside those of the earlier period. Pure. */

import { compareInstants } from "../streaming/feed.js";

/**
 * The currencies of an answer with their totals, in the order of their codes.
 * @param {Figures.Answer | null} answer @returns {Figures.Row[]}
 */
export function currencyTotals(answer) {
  return (answer?.totals ?? []).filter((row) => row.currency !== null);
}

/**
 * The currency that money is shown in: the chosen one, else that of the stores, else the first in the answer.
 * @param {Figures.Answer | null} answer @param {string} chosen @param {string} own that of the stores
 */
export function shownCurrency(answer, chosen, own) {
  const present = currencyTotals(answer).map((row) => row.currency ?? "");
  if (chosen) return chosen;
  return present.includes(own) ? own : (present[0] ?? own);
}

/** The rows of one currency; of figures without one, all. @param {Figures.Row[] | undefined} rows @param {string} currency */
export function rowsIn(rows, currency) {
  return (rows ?? []).filter((row) => row.currency === null || row.currency === currency);
}

/** Total of a metric in one currency. @param {Figures.Row[] | undefined} totals @param {string} metric @param {string} currency @returns {Figures.Value | undefined} */
export function totalOf(totals, metric, currency) {
  return rowsIn(totals, currency).find((row) => metric in row)?.[metric];
}

/**
 * Total of a metric in the earlier period: what nothing was sold of has no row there, and is 0.
 * @param {Figures.Answer | null} answer @param {Figures.Metric | undefined} metric @param {string} currency @returns {Figures.Value | undefined}
 */
export function earlierOf(answer, metric, currency) {
  if (!answer?.comparison || !metric) return undefined;
  const found = totalOf(answer.comparison.totals, metric.name, currency);
  return found === undefined && metric.additive ? "0" : found;
}

/**
 * The buckets of a metric, each beside that of the earlier period in the same place.
 * @param {Figures.Answer | null} answer @param {string} metric @param {string} currency
 * @returns {{ row: Figures.Row, value: Figures.Value, earlier: Figures.Value | undefined }[]}
 */
export function bucketsOf(answer, metric, currency) {
  const [rows, before] = [answer?.data, answer?.comparison?.data].map((data) => rowsIn(data, currency).filter((row) => metric in row));
  const earlierAt = earlierBuckets(answer, before ?? [], rows?.length ?? 0, metric);
  return (rows ?? []).map((row, at) => ({ row, value: row[metric] ?? null, earlier: earlierAt(at) }));
}

/**
 * The earlier value of a place: undefined where the periods are not compared, or have another number of buckets, as months
 * may; null where nothing was sold.
 * @param {Figures.Answer | null} answer @param {Figures.Row[]} before @param {number} count @param {string} metric
 * @returns {(at: number) => Figures.Value | undefined}
 */
function earlierBuckets(answer, before, count, metric) {
  if (!answer?.comparison) return () => undefined;
  if (!before.length) return () => null;
  return before.length === count ? (at) => before[at]?.[metric] : () => undefined;
}

/** A value as the height of a drawing; never shown as a number. @param {Figures.Value | undefined} value */
export function heightOf(value) {
  return value === null || value === undefined ? null : Number(value);
}

/** Whether every document that was issued is in an answer. @param {Figures.Proof} proof */
export function isComplete({ complete_until, as_of }) {
  return compareInstants(complete_until, as_of) >= 0;
}

/** While sales come in, the newest are always on their way; figures are behind when they wait for longer than this, ms. */
const BEHIND_MS = 5000;

/** @param {Figures.Proof} proof */
export function isBehind({ complete_until, as_of }) {
  return Date.parse(as_of) - Date.parse(complete_until) > BEHIND_MS;
}

/** Whether nothing was sold in what an answer shows: no invoice, no credit note. @param {Figures.Answer | null} answer */
export function isEmpty(answer) {
  return (answer?.totals ?? []).every((row) =>
    Object.entries(row).every(([name, value]) => name === "currency" || !Number(value)),
  );
}

/**
 * The members of a breakdown, the largest first, with the earlier value where the periods are compared.
 * @param {Figures.Answer | null} answer @param {string} dimension @param {string} metric @param {string} currency
 */
export function membersOf(answer, dimension, metric, currency) {
  const before = new Map(rowsIn(answer?.comparison?.totals, currency).map((row) => [row[dimension], row[metric]]));
  return rowsIn(answer?.totals, currency)
    .map((row) => ({ member: String(row[dimension]), value: row[metric] ?? null, earlier: before.get(row[dimension]) }))
    .sort((one, other) => (heightOf(other.value) ?? 0) - (heightOf(one.value) ?? 0));
}

/** The first and the last month with an invoice; null when there is none. @param {Figures.Answer | null} answer */
export function soldMonths(answer) {
  const months = (answer?.data ?? []).filter((row) => Number(row.transactions) > 0).map((row) => row.date ?? "");
  return months.length ? { first: months[0] ?? "", last: months.at(-1) ?? "" } : null;
}
