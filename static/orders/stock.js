/** Draws the articles of the store whose stock is low; the stock is read again now and then. */
import { call } from "../ui/api.js";
import { bound, find, make, write } from "../ui/dom.js";
import { formatCount } from "../ui/format.js";

/** Stock changes with orders; it is read again at most this often, ms. */
const REREAD_MS = 30_000;
const ROWS_DRAWN = 10;

/** @typedef {{ sku: string, title: string, location: string, available: number | null }} Level */

/** @param {string} slug */
export function mountStock(slug) {
  void drawStock(slug);
  setInterval(() => document.visibilityState === "visible" && drawStock(slug), REREAD_MS);
}

/** @param {string} slug */
async function drawStock(slug) {
  try {
    /** @type {{ items: Level[] }} */
    const { items } = await call("GET", `/api/stores/${slug}/stock?low=1`);
    drawLevels(items);
  } catch (error) {
    drawRest(`The stock could not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @param {Level[]} levels */
function drawLevels(levels) {
  const table = find("[data-stock]");
  find("tbody", table).replaceChildren(...levels.slice(0, ROWS_DRAWN).map(makeLevel));
  table.hidden = levels.length === 0;
  const more = levels.length - ROWS_DRAWN;
  drawRest(levels.length === 0 ? "No article is at or below its threshold." : more > 0 ? `and ${formatCount(more)} more` : "");
}

/** @param {Level} level */
function makeLevel({ sku, title, location, available }) {
  const place = location ? [" ", make("span", "unit", location)] : [];
  const count = available === null ? "unknown" : `${formatCount(available)} left`;
  return make("tr", "", make("td", "", title || sku, " ", make("span", "unit", sku), ...place), make("td", "number", count));
}

/** @param {string} words */
function drawRest(words) {
  const rest = bound("stock-rest");
  rest.hidden = !words;
  write(rest, words);
}
