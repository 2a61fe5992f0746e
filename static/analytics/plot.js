/** How the chart of a metric looks: its axes, and the bars or the area of its values. */
import { shortNumber, tickText } from "./labels.js";
import { ticksOf } from "./series.js";
import { axisFont, colour } from "../ui/plot.js";

/** Steps of an axis that counts. */
const WHOLE_STEPS = [1, 10, 100, 1000, 1e4, 1e5, 1e6].flatMap((ten) => [ten, 2 * ten, 5 * ten]);

/** @param {boolean} isBars @param {string} fill */
export function describeValues(isBars, fill) {
  const bars = isBars ? { paths: uPlot.paths.bars?.({ size: [0.72, 72], radius: 0.08 }) } : {};
  return { ...bars, stroke: colour("--accent"), fill: colour(fill), width: isBars ? 0 : 1.5, points: { show: false } };
}

/** @param {import("./series.js").Series} series @returns {uPlot.Options["axes"]} */
export function describeAxes({ metric, buckets, grain }) {
  const axis = { stroke: colour("--ink-soft"), font: axisFont(), ticks: { show: false } };
  const textAt = (/** @type {number} */ at) => tickText(buckets[at]?.row ?? { currency: null }, grain);
  return [
    { ...axis, size: 26, grid: { show: false }, splits: (u) => ticksOf(buckets, grain, u.width / 84), values: (_, places) => places.map(textAt) },
    {
      ...axis,
      size: 52,
      grid: { stroke: colour("--line"), width: 1 },
      ...(metric?.unit === "count" ? { incrs: WHOLE_STEPS } : {}),
      values: (_, ticks) => ticks.map((tick) => shortNumber(tick)),
    },
  ];
}
