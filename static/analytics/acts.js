/** Output of the page: a CSV file, a print, a link with fixed days. */
import { formatAddress } from "./address.js";
import { rangeOf } from "./ask.js";
import { find, write } from "../ui/dom.js";

/** @param {import("./page.js").Page} page @param {{ rebuild(): void }} chart */
export function mountActs(page, chart) {
  find('[data-action="csv"]').addEventListener("click", () => saveCsv(page));
  find('[data-action="print"]').addEventListener("click", () => print());
  find('[data-action="link"]').addEventListener("click", (event) => void copyLink(page, /** @type {HTMLElement} */ (event.currentTarget)));
  printOnWhite(chart);
}

/** @param {import("./page.js").Page} page */
function saveCsv({ state, first }) {
  const { answer } = state.parts.figures;
  if (!answer) return;
  const { days, grain } = rangeOf(state);
  const metrics = first.columns.filter((name) => answer.data.some((/** @type {Figures.Row} */ row) => name in row));
  const file = new Blob([toCsv(answer.data, metrics)], { type: "text/csv;charset=utf-8" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = fileName(days, grain);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A copied link shows the same days tomorrow. @param {import("./page.js").Page} page @param {HTMLElement} button */
async function copyLink({ state }, button) {
  const { days, grain } = rangeOf(state);
  const query = formatAddress({ ...state.address, range: "", ...days, grain });
  const words = await navigator.clipboard.writeText(`${location.origin}${location.pathname}${query}`).then(() => "Copied", () => "Could not copy");
  write(button, words);
  setTimeout(() => write(button, "Copy link"), 1500);
}

/** Paper is white: the chart, a canvas, is drawn with the light colours for it. @param {{ rebuild(): void }} chart */
function printOnWhite(chart) {
  const root = document.documentElement;
  /** @type {string | undefined} */
  let theme;
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    chart.rebuild();
  });
  addEventListener("afterprint", () => {
    if (theme === undefined) delete root.dataset.theme;
    else root.dataset.theme = theme;
    chart.rebuild();
  });
}

/** Every bucket of every currency, with the exact values of the API. @param {Figures.Row[]} rows @param {string[]} metrics @returns {string} */
export function toCsv(rows, metrics) {
  const lines = rows.map((row) => [row.date, row.label, row.currency, ...metrics.map((name) => row[name])]);
  return [["date", "label", "currency", ...metrics], ...lines].map((cells) => cells.map(quoted).join(",")).join("\r\n") + "\r\n";
}

/** A cell; a spreadsheet must not read text as a formula. @param {Figures.Value | undefined} value */
function quoted(value) {
  const text = String(value ?? "");
  const safe = /^[=+@\t\r]|^-(?![\d.]+$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** @param {{ from: string, to: string }} days @param {string} grain */
function fileName({ from, to }, grain) {
  return `figures-${from}-${to}-by-${grain}.csv`;
}
