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

/**
 * The samples of the server's history. The history omits amounts that are expensive to calculate (null); those come
 * from the samples that the page has already.
 * @param {Wire.Second[]} items @param {Sample[]} samples @returns {Sample[]}
 */
export function fromHistory(items, samples) {
  const known = new Map(samples.map((sample) => [sample.at, sample]));
  return items.map((item) => {
    const at = Math.floor(Date.parse(item.at) / 1000);
    const { count = null, total = null, vat = null } = known.get(at) ?? {};
    const { issued, shown, backlog } = item;
    const amounts = item.total_amount === null ? { total, vat } : { total: Number(item.total_amount), vat: Number(item.vat_amount) };
    return { at, issued, shown, backlog, count: item.invoice_count ?? count, ...amounts };
  });
}

/** The change of totals is spread over at most this many seconds without a sample; a longer gap is left empty. */
const SPREAD_SECONDS = 3;

/**
 * Adds the second `at`, during which the totals changed from `before` to `after`. After a late timer, the change is
 * spread over the seconds that the timer skipped. Totals that fall (a purge) count as no change.
 * Returns `samples` itself when it has that second already.
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
  const added = Array.from({ length: count }, (_, index) => ({ at: at - count + 1 + index, ...sample }));
  return [...samples.slice(Math.max(0, samples.length + count - SECONDS_KEPT)), ...added];
}

/**
 * The values of a sparkline: the last `seconds` before `now` in `steps` equal steps, the newest last.
 * @param {Sample[]} samples @param {number} now Unix seconds @param {number} seconds @param {number} steps
 * @param {(group: Sample[]) => number | null} value calculates a step's value from its samples
 * @returns {(number | null)[]} null for a step without samples or without a known value
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

/** The sum, or null when a value is unknown. @param {(number | null)[]} values */
function sum(values) {
  return values.some((value) => value === null) ? null : values.reduce((/** @type {number} */ total, value) => total + (value ?? 0), 0);
}

/** How the sparkline of each card calculates the value of a step; the keys are those of the cards. @type {Record<string, (group: Sample[]) => number | null>} */
export const CARD_VALUES = {
  count: (group) => sum(group.map((sample) => sample.count ?? sample.issued)),
  total: (group) => sum(group.map((sample) => sample.total)),
  vat: (group) => sum(group.map((sample) => sample.vat)),
  average: (group) => {
    const [total, count] = [sum(group.map((sample) => sample.total)), sum(group.map((sample) => sample.count))];
    return total === null || !count ? null : total / count;
  },
};

/** The box of a sparkline: the view box of its SVG element, and how far the highest and the lowest value are from its edges. */
const BOX_WIDTH = 100;
const BOX_HEIGHT = 28;
const TOP_MARGIN = 2;
const BOTTOM_MARGIN = 1;

/**
 * The strokes of a sparkline, as points with one decimal. Each stroke is a sequence of neighbouring known values. The
 * scale has zero, and goes below it for seconds with more credit than sales.
 * @param {(number | null)[]} values @returns {[x: string, y: string][][]}
 */
function strokes(values) {
  const known = values.map((value) => value ?? 0);
  const [least, most] = [Math.min(0, ...known), Math.max(0, ...known)];
  if (least === most) return [];
  /** @type {[string, string][][]} */
  const found = [];
  values.forEach((value, at) => {
    if (value === null) return;
    const startsStroke = at === 0 || values[at - 1] === null;
    if (startsStroke) found.push([]);
    const x = (at / Math.max(1, values.length - 1)) * BOX_WIDTH;
    const y = BOX_HEIGHT - BOTTOM_MARGIN - ((value - least) / (most - least)) * (BOX_HEIGHT - BOTTOM_MARGIN - TOP_MARGIN);
    found.at(-1)?.push([x.toFixed(1), y.toFixed(1)]);
  });
  return found;
}

/** The SVG path of a sparkline's outline, with gaps for unknown values. @param {(number | null)[]} values */
export function sparkPath(values) {
  return strokes(values).map((stroke) => `M${stroke.map(([x, y]) => `${x} ${y}`).join("L")}`).join("");
}

/** The SVG path of the area between the outline and the bottom of the box. @param {(number | null)[]} values */
export function sparkArea(values) {
  return strokes(values)
    .map((stroke) => {
      const outline = stroke.map(([x, y]) => `${x} ${y}`).join("L");
      return `M${stroke[0]?.[0]} ${BOX_HEIGHT}L${outline}L${stroke.at(-1)?.[0]} ${BOX_HEIGHT}Z`;
    })
    .join("");
}

/** The chart begins this many seconds before the start of the run, so that the start is visible. */
const LEAD_SECONDS = 5;

/**
 * The columns of the chart, from the start of the run but at least the last `leastSeconds`. The start of a run is
 * ignored when it lies before the kept seconds.
 * @param {Sample[]} samples @param {number} now Unix seconds @param {number} leastSeconds
 * @param {Wire.Run | null} run
 * @returns {[number[], number[], number[], number[]]} Unix seconds; issued per second; shown per second; backlog. The
 * rates are means of `MEAN_SECONDS`.
 */
export function chartColumns(samples, now, leastSeconds, run) {
  const runStart = run ? Math.floor(Date.parse(run.started_at) / 1000) - LEAD_SECONDS : now;
  const isKept = now - runStart < SECONDS_KEPT;
  const from = Math.min(now - leastSeconds, isKept ? runStart : now);
  const drawn = samples.filter((sample) => sample.at >= from);
  return [
    drawn.map((sample) => sample.at),
    means(drawn.map((sample) => sample.issued)),
    means(drawn.map((sample) => sample.shown)),
    drawn.map((sample) => sample.backlog),
  ];
}

/**
 * The mean of each value and those before it, up to `MEAN_SECONDS` values. A rate of five per second falls into whole
 * seconds as four, five or six; the mean shows it as five.
 * @param {number[]} values
 */
function means(values) {
  return values.map((_, at) => {
    const group = values.slice(Math.max(0, at - MEAN_SECONDS + 1), at + 1);
    return group.reduce((total, value) => total + value, 0) / group.length;
  });
}
