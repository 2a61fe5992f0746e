/**
 * The last seconds of a feed, for sparklines and the chart. Pure.
 *
 * Whole seconds come from the server's history at the start and after each absence; otherwise each second is the
 * difference of two samples of the numbers on screen. Only drawings use these values, never the numbers themselves.
 */

import { countAll, figuresIn } from "./currencies.js";

/** One hour: the limit of the server's history. */
export const SECONDS_KEPT = 3600;

/** The chart's rates are means of this many seconds. */
export const MEAN_SECONDS = 5;

/**
 * @typedef {object} Sample one whole second
 * @property {number} at Unix seconds of the server's clock
 * @property {number} issued
 * @property {number} shown
 * @property {number} backlog at its end
 * @property {number | null} count of invoices in the shown currency issued in it and not purged since; null where unknown
 * @property {number | null} total in the shown currency, like vat
 * @property {number | null} vat
 *
 * @typedef {object} Reading the figures on screen at a moment
 * @property {number} issued in all currencies
 * @property {number} count in the shown currency, like total and vat
 * @property {number} lastSeq
 * @property {number} backlog
 * @property {number} total
 * @property {number} vat
 */

/** @param {import("./feed.js").Feed} state @returns {Reading} */
export function readFigures({ stats, currency, status, lastSeq }) {
  const figures = figuresIn(stats, currency);
  return {
    issued: countAll(stats),
    count: figures.invoice_count,
    lastSeq,
    backlog: status.display.backlog,
    total: Number(figures.total_amount),
    vat: Number(figures.vat_amount),
  };
}

/** The seconds from the server; amounts that it omits are kept from earlier samples. @param {Wire.Second[]} items @param {Sample[]} seen @returns {Sample[]} */
export function fromHistory(items, seen) {
  const known = new Map(seen.map((sample) => [sample.at, sample]));
  return items.map((item) => {
    const at = Math.floor(Date.parse(item.at) / 1000);
    const { count = null, total = null, vat = null } = known.get(at) ?? {};
    const { issued, shown, backlog } = item;
    const amounts = item.total_amount === null ? { total, vat } : { total: Number(item.total_amount), vat: Number(item.vat_amount) };
    return { at, issued, shown, backlog, count: item.invoice_count ?? count, ...amounts };
  });
}

/** A late timer may skip at most this many seconds; a longer gap is left empty. */
const SPREAD_SECONDS = 3;

/**
 * The seconds up to `at`, from the difference of two samples, spread over the seconds that a late timer skipped;
 * numbers that fall because of a purge count as zero. Returns the same samples when that second exists already.
 * @param {Sample[]} samples @param {number} at @param {Reading} before @param {Reading} after @returns {Sample[]}
 */
export function addSecond(samples, at, before, after) {
  const last = samples.at(-1);
  if (last && last.at >= at) return samples;
  const gap = last ? at - last.at : 1;
  const count = gap <= SPREAD_SECONDS ? gap : 1;
  const rise = (/** @type {keyof Reading} */ key) => Math.max(0, after[key] - before[key]) / count;
  const sample = {
    issued: rise("issued"),
    count: rise("count"),
    shown: rise("lastSeq"),
    backlog: after.backlog,
    total: rise("total"),
    vat: rise("vat"),
  };
  const fresh = Array.from({ length: count }, (_, turn) => ({ at: at - count + 1 + turn, ...sample }));
  return [...samples.slice(Math.max(0, samples.length + count - SECONDS_KEPT)), ...fresh];
}

/**
 * A line for a sparkline: one value a step of several seconds, the last one on the right edge.
 * @param {Sample[]} samples @param {number} now @param {number} seconds how far back @param {number} steps
 * @param {(group: Sample[]) => number | null} value of the samples of a step; null where there is none
 * @returns {(number | null)[]}
 */
export function condense(samples, now, seconds, steps, value) {
  const width = seconds / steps;
  /** @type {Sample[][]} */
  const groups = Array.from({ length: steps }, () => []);
  for (const sample of samples) {
    const step = Math.floor((sample.at - (now - seconds)) / width);
    groups[step]?.push(sample);
  }
  return groups.map((group) => (group.length ? value(group) : null));
}

/** @param {(number | null)[]} values */
function sum(values) {
  return values.some((value) => value === null) ? null : values.reduce((/** @type {number} */ all, value) => all + (value ?? 0), 0);
}

/** What each card's sparkline shows of a step. @type {Record<string, (group: Sample[]) => number | null>} */
export const CARD_VALUES = {
  count: (group) => sum(group.map((sample) => sample.count ?? sample.issued)),
  total: (group) => sum(group.map((sample) => sample.total)),
  vat: (group) => sum(group.map((sample) => sample.vat)),
  average: (group) => {
    const [total, count] = [sum(group.map((sample) => sample.total)), sum(group.map((sample) => sample.count))];
    return total === null || !count ? null : total / count;
  },
};

/**
 * The strokes of a sparkline in a box of 100 by 28, each a sequence of neighbouring known values.
 * @param {(number | null)[]} values @returns {[x: string, y: string][][]}
 */
function strokes(values) {
  const most = Math.max(...values.map((value) => value ?? 0));
  if (most <= 0) return [];
  /** @type {[string, string][][]} */
  const all = [];
  values.forEach((value, at) => {
    if (value === null) return;
    const isGap = at === 0 || values[at - 1] === null;
    if (isGap) all.push([]);
    all.at(-1)?.push([((at / Math.max(1, values.length - 1)) * 100).toFixed(1), (27 - (value / most) * 25).toFixed(1)]);
  });
  return all;
}

/** The outline of a sparkline, with gaps for unknown values. @param {(number | null)[]} values */
export function sparkPath(values) {
  return strokes(values).map((stroke) => `M${stroke.map(([x, y]) => `${x} ${y}`).join("L")}`).join("");
}

/** The area below the outline. @param {(number | null)[]} values */
export function sparkArea(values) {
  return strokes(values)
    .map((stroke) => `M${stroke[0]?.[0]} 28L${stroke.map(([x, y]) => `${x} ${y}`).join("L")}L${stroke.at(-1)?.[0]} 28Z`)
    .join("");
}

/**
 * The columns of the chart: from the start of the run, or the last minutes, whichever is longer.
 * @param {Sample[]} samples @param {number} now @param {number} least seconds
 * @param {Wire.Run | null} run
 * @returns {[number[], number[], number[], number[]]} at, issued and shown a second (means of `MEAN_SECONDS`), backlog
 */
export function chartColumns(samples, now, least, run) {
  const runStart = run ? Math.floor(Date.parse(run.started_at) / 1000) - 5 : now;
  const isNear = now - runStart < SECONDS_KEPT;
  const from = Math.min(now - least, isNear ? runStart : now);
  const drawn = samples.filter((sample) => sample.at >= from);
  return [
    drawn.map((sample) => sample.at),
    means(drawn.map((sample) => sample.issued)),
    means(drawn.map((sample) => sample.shown)),
    drawn.map((sample) => sample.backlog),
  ];
}

/** Each value with those before it, averaged: five a second fall into whole seconds as four, five or six. @param {number[]} values */
function means(values) {
  return values.map((_, at) => {
    const group = values.slice(Math.max(0, at - MEAN_SECONDS + 1), at + 1);
    return group.reduce((all, value) => all + value, 0) / group.length;
  });
}
