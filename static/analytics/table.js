/** The table below the chart: every bucket with all metrics of the page, the newest first, and the totals. */
import { documentsOf, metricOf } from "./ask.js";
import { makeChange } from "./cards.js";
import { bucketText, changeOf, valueText } from "./labels.js";
import { earlierOf, rowsIn, totalOf } from "./reading.js";
import { seriesOf } from "./series.js";
import { find, make, write } from "../ui/dom.js";
import { formatCount } from "../ui/format.js";

/** @typedef {import("./page.js").Page} Page @typedef {import("./series.js").Bucket} Bucket */

/** Rows that are drawn at first. */
const ROWS = 62;

/** @param {Page} page */
export function mountTable(page) {
  const table = new Table(page);
  page.store.subscribe((state, before) => {
    if (state.parts === before?.parts && state.address === before.address) return;
    if (state.address !== before?.address && state.address.metric !== before?.address.metric) table.isWhole = false;
    table.draw();
  });
  return table;
}

class Table {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.table = find('[data-testid="chart-table"]');
    this.more = find('[data-action="all-rows"]');
    this.isWhole = false;
    /** @type {{ text: string, element: HTMLElement }[]} */
    this.rows = [];
    /** @type {Map<string, Figures.Row>} of the main answer, by bucket */
    this.main = new Map();
    this.more.addEventListener("click", () => {
      this.isWhole = true;
      this.draw();
    });
    this.table.addEventListener("click", (event) => this.clicked(event));
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button[data-at]") : null;
    const pick = event.target instanceof Element ? event.target.closest("button[data-pick-metric]") : null;
    if (pick instanceof HTMLElement) this.page.go({ metric: pick.dataset.pickMetric ?? "" });
    if (button instanceof HTMLElement) this.page.go({ drill: this.page.state.address.metric, at: button.dataset.at ?? "", proof: "" });
  }

  draw() {
    const { state, currency } = this.page;
    const chosen = state.address.metric;
    const series = seriesOf(state, currency, Date.now() + state.clock);
    const others = this.metrics().filter((name) => name !== chosen);
    const rows = series.buckets.filter(({ when }) => when !== "future").reverse();
    const drawn = this.isWhole ? rows : rows.slice(0, ROWS);
    this.main = new Map(rowsIn(state.parts.figures.answer?.data, currency).map((row) => [row.date ?? "", row]));
    find("thead", this.table).replaceChildren(this.makeHead([chosen, ...others], series));
    this.drawRows(drawn.map((bucket) => this.makeRow(bucket, series, others)));
    find("tfoot", this.table).replaceChildren(...(rows.length ? [this.makeFoot([chosen, ...others], series.isCompared)] : []));
    this.more.hidden = drawn.length === rows.length;
    write(this.more, `Show all ${formatCount(rows.length)} rows`);
  }

  /** Replaces the rows that changed; a reader's focus and selection stay in the others. @param {HTMLElement[]} elements */
  drawRows(elements) {
    const fresh = elements.map((element) => ({ text: element.outerHTML, element }));
    const isSame = fresh.length === this.rows.length;
    if (!isSame) find("tbody", this.table).replaceChildren(...elements);
    this.rows = fresh.map((row, at) => {
      const before = this.rows[at];
      if (!isSame || !before || before.text !== row.text) {
        if (isSame) before?.element.replaceWith(row.element);
        return row;
      }
      return before;
    });
  }

  /** The metrics that stand in the rows of the main answer. */
  metrics() {
    const { state, first } = this.page;
    const row = rowsIn(state.parts.figures.answer?.data, this.page.currency)[0] ?? {};
    return first.columns.filter((name) => name in row);
  }

  /** @param {string[]} names @param {import("./series.js").Series} series */
  makeHead([chosen = "", ...others], { grain, isCompared }) {
    const title = (/** @type {string} */ name) => metricOf(this.page.state, name)?.title ?? name;
    const heads = [head("", capital(grain)), head("number is-chosen", title(chosen))];
    if (isCompared) heads.push(head("number", "Earlier"), head("number", "Change"));
    return make("tr", "", ...heads, ...others.map((name) => head("number", makePick(name, title(name)))));
  }

  /** @param {Bucket} bucket @param {import("./series.js").Series} series @param {string[]} others */
  makeRow({ row, value, earlier, when }, { metric, grain, isCompared }, others) {
    const label = make("th", "", bucketText(row, grain), ...(when === "now" ? [" ", make("span", "so-far", "so far")] : []));
    label.setAttribute("scope", "row");
    const unit = metric?.unit;
    const cells = [make("td", "number is-chosen", this.makeFigure(valueText(value, unit, this.page.currency), Number(value) ? (row.date ?? "") : ""))];
    if (isCompared) cells.push(make("td", "number is-soft", valueText(earlier, unit, this.page.currency)), this.makeChange(when === "past" ? value : null, earlier));
    const main = this.main.get(row.date ?? "");
    return make("tr", "", label, ...cells, ...others.map((name) => this.makeCell(main?.[name], name)));
  }

  /** @param {string} text @param {string} at */
  makeFigure(text, at) {
    if (!at || !documentsOf(this.page.state, this.page.state.address.metric)) return text;
    const button = make("button", "figure-button", text);
    button.setAttribute("type", "button");
    button.title = "Documents behind this figure";
    button.dataset.at = at;
    return button;
  }

  /** @param {Figures.Value | undefined} value @param {Figures.Value | undefined} earlier */
  makeChange(value, earlier) {
    const isBoth = Number(value) || Number(earlier);
    const change = isBoth ? changeOf(value, earlier, this.page.state.address.metric) : null;
    return make("td", "number", ...(change ? [makeChange(change)] : []));
  }

  /** @param {Figures.Value | undefined} value @param {string} name */
  makeCell(value, name) {
    return make("td", "number is-soft", valueText(value, metricOf(this.page.state, name)?.unit, this.page.currency));
  }

  /** Totals come from the server: ratios and customers never add up. @param {string[]} names @param {boolean} isCompared */
  makeFoot([chosen = "", ...others], isCompared) {
    const { state, currency } = this.page;
    const unit = metricOf(state, chosen)?.unit;
    const part = chosen.endsWith("_customers") ? state.parts.people : state.parts.figures;
    const [value, earlier] = [totalOf(part.answer?.totals, chosen, currency), earlierOf(part.answer, metricOf(state, chosen), currency)];
    const label = make("th", "", "Whole range");
    label.setAttribute("scope", "row");
    const cells = [make("td", "number is-chosen", valueText(value, unit, this.page.currency))];
    if (isCompared) cells.push(make("td", "number is-soft", valueText(earlier, unit, this.page.currency)), this.makeChange(value, earlier));
    const total = (/** @type {string} */ name) => this.makeCell(totalOf(state.parts.figures.answer?.totals, name, currency), name);
    return make("tr", "", label, ...cells, ...others.map(total));
  }
}

/** @param {string} word */
function capital(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** A heading that puts its metric into the chart. @param {string} name @param {string} title */
function makePick(name, title) {
  const button = make("button", "figure-button", title);
  button.setAttribute("type", "button");
  button.title = "Show in the chart";
  button.dataset.pickMetric = name;
  return button;
}

/** @param {string} kind @param {string | Node} content */
function head(kind, content) {
  const cell = make("th", kind, content);
  cell.setAttribute("scope", "col");
  return cell;
}
