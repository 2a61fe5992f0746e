/** The chart of one metric over time: bars, the earlier period as a dashed line, a click for documents, a drag to zoom. */
import { documentsOf } from "./ask.js";
import { bucketText, changeOf, daysText, valueText } from "./labels.js";
import { daysOfBucket } from "./ranges.js";
import { describeAxes, describeValues } from "./plot.js";
import { isWaiting } from "./state.js";
import { boundsOf, columnsOf, MOST_BARS, seriesOf } from "./series.js";
import { bound, find, make, write } from "../ui/dom.js";
import { colour, loadPlot } from "../ui/plot.js";

/** @typedef {import("./page.js").Page} Page @typedef {import("./series.js").Series} Series */

/** A drag over fewer pixels is a click. */
const LEAST_DRAG = 12;

/** @param {Page} page */
export function mountChart(page) {
  const chart = new Chart(page);
  page.store.subscribe((state, before) => {
    if (state.parts !== before?.parts || state.address !== before.address) chart.draw();
  });
  const redraw = () => chart.rebuild();
  addEventListener("invoicedash:restyled", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  return chart;
}

class Chart {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.panel = find("[data-chart]");
    this.box = find("[data-chart-box]");
    this.tip = find("[data-chart-tip]");
    /** @type {Series} */
    this.series = { metric: undefined, grain: "day", buckets: [], isCompared: false };
    /** @type {uPlot | null} */
    this.plot = null;
    this.drawn = "";
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(this.box);
    loadPlot(this.panel.dataset.chart ?? "").then(
      () => this.draw(),
      () => write(this.box, "The code of the chart is not installed; `npm ci` installs it. The table below has all figures."),
    );
  }

  size() {
    return { width: Math.max(200, this.box.clientWidth), height: Math.max(120, this.box.clientHeight) };
  }

  draw() {
    const { page } = this;
    this.series = seriesOf(page.state, page.currency, Date.now() + page.state.clock);
    const part = page.state.address.metric.endsWith("_customers") ? page.state.parts.people : page.state.parts.figures;
    this.panel.classList.toggle("is-waiting", isWaiting(part) || Boolean(part.error));
    this.drawWords();
    if (typeof uPlot === "undefined") return;
    const { buckets, isCompared, grain } = this.series;
    const shape = [buckets.length, grain, buckets[0]?.row.date, isCompared, page.state.address.metric, page.currency].join(" ");
    if (this.plot && shape === this.drawn) return this.plot.setData(/** @type {any} */ (columnsOf(this.series)));
    this.drawn = shape;
    this.rebuild();
  }

  rebuild() {
    if (typeof uPlot === "undefined") return;
    this.plot?.destroy();
    this.tip.hidden = true;
    this.plot = new uPlot(this.describe(), /** @type {any} */ (columnsOf(this.series)), this.box);
    this.plot.over.addEventListener("click", () => this.open(this.plot?.cursor.idx ?? null));
    this.plot.over.addEventListener("mouseleave", () => (this.tip.hidden = true));
  }

  drawWords() {
    const { metric, grain, buckets, isCompared } = this.series;
    const { page } = this;
    write(bound("chart-title"), `${metric?.title ?? "Figure"} by ${grain}`);
    write(bound("chart-unit"), metric?.unit === "money" ? page.currency : "");
    /** @type {Figures.Answer | null} */
    const answer = page.state.parts.figures.answer;
    write(bound("legend-past"), answer ? daysText(answer.metadata.range) : "");
    bound("legend-now").hidden = buckets.length > MOST_BARS || buckets.every(({ when }) => when !== "now");
    bound("legend-earlier").hidden = !isCompared;
    if (answer?.comparison) write(bound("legend-earlier"), daysText(answer.comparison.range));
    const best = buckets.reduce((most, each) => (Number(each.value) > Number(most?.value ?? -Infinity) ? each : most), buckets[0]);
    const words = best ? `The highest is ${valueText(best.value, metric?.unit, page.currency)}, ${bucketText(best.row, grain)}. The table below has all figures.` : "";
    write(bound("chart-words"), words);
  }

  /** @returns {uPlot.Options} */
  describe() {
    const { buckets, isCompared } = this.series;
    const count = buckets.length;
    const isBars = count <= MOST_BARS;
    return {
      ...this.size(),
      padding: [12, 8, 0, 0],
      legend: { show: false },
      cursor: { y: false, x: !isBars, points: { show: false }, drag: { x: true, y: false, setScale: false }, dataIdx: (u, _, idx) => this.place(u, idx) },
      scales: { x: { time: false, range: () => [-0.5, Math.max(1, count) - 0.5] }, y: { range: (u) => boundsOf(/** @type {any} */ (u.data.slice(1))) } },
      axes: describeAxes(this.series),
      series: [
        {},
        describeValues(isBars, isBars ? "--chart-fill" : "--accent-wash"),
        describeValues(isBars, "--chart-pale"),
        { show: isCompared, stroke: colour("--ink-soft"), width: 1.5, dash: [5, 4], points: { show: count === 1 } },
      ],
      hooks: { setCursor: [(u) => this.point(u)], setSelect: [(u) => this.zoom(u)] },
    };
  }

  /** The bucket whose slot the pointer is in. @param {uPlot} plot @param {number} idx */
  place(plot, idx) {
    const left = plot.cursor.left ?? -1;
    return left < 0 ? idx : Math.min(this.series.buckets.length - 1, Math.max(0, Math.round(plot.posToVal(left, "x"))));
  }

  /** @param {uPlot} plot */
  point(plot) {
    const left = plot.cursor.left ?? -1;
    const at = left < 0 ? -1 : this.place(plot, 0);
    const bucket = this.series.buckets[at];
    this.tip.hidden = !bucket;
    if (!bucket) return;
    this.tip.replaceChildren(...this.describeBucket(bucket));
    const room = this.box.clientWidth - this.tip.offsetWidth - 8;
    const x = plot.valToPos(at, "x") + 64;
    this.tip.style.transform = `translate(${Math.max(8, Math.min(room, x > room ? x - this.tip.offsetWidth - 28 : x))}px, 12px)`;
  }

  /** @param {import("./series.js").Bucket} bucket */
  describeBucket({ row, value, earlier, when }) {
    const { metric, grain, isCompared } = this.series;
    const unit = metric?.unit;
    const lines = [make("b", "", `${bucketText(row, grain)}${when === "now" ? ", so far" : ""}`)];
    if (when !== "future") lines.push(make("span", "", `${valueText(value, unit, this.page.currency)} ${unit === "money" ? this.page.currency : ""}`.trim()));
    if (isCompared) {
      const change = when === "past" ? changeOf(value, earlier, metric?.name ?? "") : null;
      const sign = { up: "▲", down: "▼", same: "" }[change?.way ?? "same"];
      lines.push(make("span", "tip-earlier", `earlier ${valueText(earlier, unit, this.page.currency)}${change ? `  ${sign} ${change.text}` : ""}`));
    }
    return lines;
  }

  /** Lists the documents of a bucket. @param {number | null} idx */
  open(idx) {
    const bucket = this.series.buckets[idx === null || !this.plot ? -1 : this.place(this.plot, idx)];
    const { page } = this;
    if (!bucket || bucket.when === "future" || !documentsOf(page.state, page.state.address.metric)) return;
    page.go({ drill: page.state.address.metric, at: bucket.row.date ?? "", proof: "" });
  }

  /** @param {uPlot} plot */
  zoom(plot) {
    const { left, width } = plot.select;
    if (width < LEAST_DRAG) return;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    const { buckets, grain } = this.series;
    const [first, last] = [left, left + width].map((x) => buckets[Math.min(buckets.length - 1, Math.max(0, Math.round(plot.posToVal(x, "x"))))]);
    const whole = { from: "", to: this.page.state.today };
    const days = [first, last].map((bucket) => daysOfBucket(bucket?.row.date ?? "", grain, whole));
    if (days[0] && days[1]) this.page.go({ range: "", from: days[0].from, to: days[1].to, grain: "", drill: "", at: "" });
  }
}
