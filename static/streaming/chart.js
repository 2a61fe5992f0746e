/** The chart of issued and shown a second and the backlog, over the run. uPlot is fetched when it is first opened. */
import { bound, find, remember, write } from "../ui/dom.js";
import { formatCount, formatRate, formatTime } from "../ui/format.js";
import { axisFont, colour, loadPlot } from "../ui/plot.js";
import { chartColumns } from "./seconds.js";

/** The chart shows at least this many seconds. */
const LEAST_SECONDS = 300;

/** @param {import("./feed.js").FeedStore} store @param {import("./timeline.js").Timeline} timeline */
export function mountChart(store, timeline) {
  const chart = new Chart(store, timeline);
  timeline.subscribe(() => chart.draw());
  addEventListener("invoicedash:restyled", () => chart.rebuild());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => chart.rebuild());
}

class Chart {
  /** @param {import("./feed.js").FeedStore} store @param {import("./timeline.js").Timeline} timeline */
  constructor(store, timeline) {
    this.store = store;
    this.timeline = timeline;
    this.panel = find("[data-chart]");
    this.box = find("[data-chart-box]", this.panel);
    this.button = find('[data-action="chart"]', this.panel);
    /** @type {uPlot | null} */
    this.plot = null;
    this.isOpen = getComputedStyle(find("#chart-box")).display !== "none";
    this.button.addEventListener("click", () => this.toggle());
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(this.box);
    void this.show();
  }

  toggle() {
    this.isOpen = !this.isOpen;
    const choice = this.isOpen ? "open" : "closed";
    document.documentElement.dataset.chart = choice;
    remember("chart", choice);
    void this.show();
  }

  async show() {
    this.button.setAttribute("aria-expanded", String(this.isOpen));
    if (!this.isOpen || this.plot) return;
    try {
      await loadPlot(this.panel.dataset.chart ?? "");
      this.rebuild();
    } catch {
      write(this.box, "The code of the chart is not installed; `npm ci` installs it.");
    }
  }

  rebuild() {
    if (!this.isOpen || typeof uPlot === "undefined") return;
    this.plot?.destroy();
    this.box.replaceChildren();
    this.plot = new uPlot(describePlot(this.size()), this.columns(), this.box);
  }

  columns() {
    return chartColumns(this.timeline.samples, this.timeline.now, LEAST_SECONDS, this.store.state.status.run);
  }

  size() {
    return { width: Math.max(200, this.box.clientWidth), height: Math.max(80, this.box.clientHeight) };
  }

  draw() {
    if (!this.isOpen || !this.plot) return;
    const columns = this.columns();
    this.plot.setData(columns);
    bound("chart-rest", this.panel).hidden = columns.slice(1).some((column) => column.some((value) => value > 0));
    const [issued, shown, backlog] = columns.slice(1).map((column) => column.at(-1) ?? 0);
    const words = `Issued at ${formatRate(issued ?? 0)}, shown at ${formatRate(shown ?? 0)}, ${formatCount(backlog ?? 0)} queued.`;
    write(bound("chart-words", this.panel), words);
  }
}

/** @param {{ width: number, height: number }} size @returns {uPlot.Options} */
function describePlot(size) {
  const ink = colour("--ink-soft");
  const grid = { stroke: colour("--line"), width: 1 };
  const axis = { stroke: ink, font: axisFont(), grid, ticks: { show: false } };
  const line = (/** @type {string} */ label, /** @type {string} */ token, /** @type {string} */ scale) => ({
    label,
    scale,
    stroke: colour(token),
    width: 1.5,
    points: { show: false },
  });
  return {
    ...size,
    legend: { show: false },
    cursor: { y: false, points: { size: 6 } },
    scales: { rate: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] }, backlog: { range: (_, __, most) => [0, Math.max(10, most * 1.1)] } },
    axes: [
      { ...axis, size: 24, space: 90, values: (_, ticks) => ticks.map(clockOf) },
      { ...axis, scale: "rate", size: 40, values: (_, ticks) => ticks.map((tick) => `${tick}/s`) },
      { ...axis, scale: "backlog", side: 1, size: 48, grid: { show: false }, values: (_, ticks) => ticks.map((tick) => formatCount(tick)) },
    ],
    series: [{}, line("Issued", "--issued", "rate"), line("Shown", "--shown", "rate"), { ...line("Backlog", "--backlog", "backlog"), dash: [6, 3] }],
  };
}

/** @param {number} at Unix seconds */
function clockOf(at) {
  return formatTime(new Date(at * 1000).toISOString());
}
